// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The enums that the rule language and the dialect both have, since neither knows the other: how a
// quotient behaves near zero, and how a map is resized. Each value is asserted to be the other's.
#ifndef SALIENCY_ATTRIBUTION_EMISSION_SHAREDENUMS_H
#define SALIENCY_ATTRIBUTION_EMISSION_SHAREDENUMS_H

#include "dialect/SaliencyDialect.h"
#include "passes/rules/language/Tape.h"

namespace saliency {

#define SALIENCY_SAME(type, value)                                                                 \
  static_assert(uint32_t(rules::type::value) == uint32_t(type::value),                             \
                "rules::" #type "::" #value " has the number of the dialect's")
SALIENCY_SAME(Division, Plain);
SALIENCY_SAME(Division, Stab);
SALIENCY_SAME(Division, StabClip);
SALIENCY_SAME(Division, StabRms);
SALIENCY_SAME(Division, ZeroSafe);
SALIENCY_SAME(Division, ZeroBump);
SALIENCY_SAME(Division, Plus);
SALIENCY_SAME(Division, PlusMasked);
SALIENCY_SAME(ResizeMode, Nearest);
SALIENCY_SAME(ResizeMode, HalfPixel);
SALIENCY_SAME(ResizeMode, AlignCorners);
SALIENCY_SAME(ResizeMode, Cubic);
#undef SALIENCY_SAME

static_assert(unsigned(rules::Division::Chosen) == getMaxEnumValForDivision() + 1,
              "every division but the one that a parameter chooses is the dialect's");
static_assert(unsigned(rules::ResizeMode::Cubic) == getMaxEnumValForResizeMode(),
              "every mode is the dialect's");

/// The dialect's word for a division (not Chosen, see BoundMethod::getDivision) or a mode.
inline Division dialectDivision(rules::Division division) {
  return static_cast<Division>(division);
}
inline ResizeMode dialectMode(rules::ResizeMode mode) { return static_cast<ResizeMode>(mode); }

} // namespace saliency

#endif // SALIENCY_ATTRIBUTION_EMISSION_SHAREDENUMS_H
