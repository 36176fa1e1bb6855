// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What becomes of the sum of relevance where a row serves one layer: the class that the row
// declares, made precise by the parameters' values and by what the layer is (spec: formulas e.7).
#ifndef SALIENCY_RULES_SETTINGS_CONSERVATION_H
#define SALIENCY_RULES_SETTINGS_CONSERVATION_H

#include "passes/rules/settings/Settings.h"

namespace saliency::rules {

/// Stabilisers up to this are guards against division by zero: a class holds "up to the guards".
inline constexpr double kLargestGuard = 1e-6;

/// What a class depends on of the layer at hand.
struct LayerFacts {
  bool hasBias = false; // its output has a part that no input contributes: a bias, a norm's shift
  bool biasIsFolded = false; // ... which stood in a batch norm that was folded into it
  bool addsEntries = false;  // a rearrangement that puts constants around its input
};

struct RowConservation {
  Conservation conservation{};
  bool bias = false;     // Leaks: the bias's share is lost
  double stabiliser = 0; // Leaks: its share is lost, where it is more than a guard

  /// As a sentence's end: "loses the share of the bias".
  std::string text() const;
};

/// The row's class at such a layer. A class that holds without bias or stabiliser is `Leaks` where
/// a denominator has one, and a row that declares `Leaks` keeps the sum where none has.
RowConservation conservationAt(const MethodTable &table, const Settings &settings, const Row &row,
                               const LayerFacts &layer);

/// Of an op that takes its ordinary derivative.
RowConservation conservationOfDerivative(Capability capability, const LayerFacts &layer);

/// Orders classes from those that keep the sum in every case to "no law".
unsigned weakness(Conservation conservation);
/// Whether the sum is kept, in every case or under a condition on the values.
bool keepsSum(Conservation conservation);

} // namespace saliency::rules

#endif // SALIENCY_RULES_SETTINGS_CONSERVATION_H
