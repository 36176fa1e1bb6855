// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Facts of single layers that binding a method to a network asks for.
#ifndef SALIENCY_ATTRIBUTION_BINDING_LAYERFACTS_H
#define SALIENCY_ATTRIBUTION_BINDING_LAYERFACTS_H

#include "dialect/SaliencyDialect.h"
#include "passes/rules/settings/Conservation.h"

namespace saliency {

/// What the conservation class of a rule depends on of the layer that it serves.
rules::LayerFacts factsOf(LayerOpInterface layer);

/// The axis of a value's channels: the first one that the layer combines which makes the value.
int64_t channelAxis(mlir::Value value);

} // namespace saliency

#endif // SALIENCY_ATTRIBUTION_BINDING_LAYERFACTS_H
