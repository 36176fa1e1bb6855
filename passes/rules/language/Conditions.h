// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The words for places: when a row, recording or refinement applies.
#ifndef SALIENCY_RULES_LANGUAGE_CONDITIONS_H
#define SALIENCY_RULES_LANGUAGE_CONDITIONS_H

#include "passes/rules/language/Entries.h"

namespace saliency::rules {

inline constexpr Condition firstLayer{ConditionKind::FirstLayer};
inline constexpr Condition lastLinear{ConditionKind::LastLinear};
inline constexpr Condition depthwise{ConditionKind::Depthwise};
/// A convolution padded by its kernel's extent less one, TensorFlow's SAME: at stride 1 the output
/// has the input's extent.
inline constexpr Condition samePadding{ConditionKind::SamePadding};
/// A dense layer whose data is a flattened map (directly, or behind a dropout).
inline constexpr Condition flattenedMap{ConditionKind::FlattenedMap};
inline constexpr Condition strided{ConditionKind::Strided};
inline constexpr Condition hasBias{ConditionKind::HasBias};
/// A finish whose map a step refines: as coarse as it is.
inline constexpr Condition beforeStep{ConditionKind::BeforeStep};
/// The activation at hand has more columns than the map of a step so far.
inline constexpr Condition enlarges{ConditionKind::Enlarges};
/// A merge with constants: one operand alone depends on the network's input.
inline constexpr Condition byConstant{ConditionKind::ByConstant};
/// A convolution whose kernel extent along its first spatial axis is `extent`.
constexpr Condition kernel(int64_t extent) {
  return {.kind = ConditionKind::KernelIs, .value = extent};
}
/// An op whose data a layer of this kind gives, directly or through batch norm and what rearranges.
constexpr Condition follows(Capability layer) {
  return {.kind = ConditionKind::Follows, .value = int64_t(layer)};
}
constexpr Condition operator!(Condition condition) {
  condition.negated = !condition.negated;
  return condition;
}

} // namespace saliency::rules

#endif // SALIENCY_RULES_LANGUAGE_CONDITIONS_H
