// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A row turned around: what each unit of the output gives away; explained in EmitTerms.cpp.
#ifndef SALIENCY_ATTRIBUTION_EMISSION_EMITTERMS_H
#define SALIENCY_ATTRIBUTION_EMISSION_EMITTERMS_H

#include "passes/attribution/emission/RelevanceTerm.h"
#include "passes/attribution/emission/Scope.h"

namespace saliency {

/// A row's result, emitted just before in this scope at an AtOp, by the units of the op's output;
/// none where a part of it has no such form.
mlir::FailureOr<std::optional<RelevanceTerms>> emitTerms(Scope &scope, rules::NodeId id);

} // namespace saliency

#endif // SALIENCY_ATTRIBUTION_EMISSION_EMITTERMS_H
