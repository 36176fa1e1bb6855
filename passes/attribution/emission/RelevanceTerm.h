// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef SALIENCY_ATTRIBUTION_EMISSION_RELEVANCETERM_H
#define SALIENCY_ATTRIBUTION_EMISSION_RELEVANCETERM_H

#include "mlir/IR/Value.h"
#include "passes/rules/language/Tape.h"
#include "llvm/ADT/SmallVector.h"

#include <optional>

namespace saliency {

/// A row seen from the *units*, the entries, of its op's output (see EmitTerms.cpp). What it gives
/// to an operand adds up to the sum of value * weight over its terms and units: `value` is what the
/// row makes of the units' relevance, `weight` how much of that the operand's entries get together.
struct RelevanceTerm {
  rules::NodeId node;
  bool ofOperand = false; // the value depends on which operand is at hand
  mlir::Value value, weight;
  /// Of a quotient; null otherwise, the last one also where the denominator reads no bias.
  mlir::Value numerator, denominator, denominatorWithoutBias;
  bool isStabilised = false;
};
using RelevanceTerms = llvm::SmallVector<RelevanceTerm, 4>;

} // namespace saliency

#endif // SALIENCY_ATTRIBUTION_EMISSION_RELEVANCETERM_H
