// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Where a method's way through a network starts and ends. The relevance that a method carries back
// begins with its seed, at the class scores or at the target layer, and is read at the network's
// input or at the target layer. The target layer is the value at which a method looks: by default
// the last map with spatial axes before the classifier (see Network::findTargetLayer).
#ifndef SALIENCY_ATTRIBUTION_BINDING_STARTANDEND_H
#define SALIENCY_ATTRIBUTION_BINDING_STARTANDEND_H

#include "passes/attribution/binding/BoundMethod.h"

namespace saliency {

/// The target layer of a method on a network, null where it reads none; built at the end of
/// `function` where it is a mean of class maps. Reports a name that is no value, and a network
/// without such a layer.
mlir::FailureOr<mlir::Value> targetLayerOf(mlir::func::FuncOp function, const Network &network,
                                           const BoundMethod &method);

/// A network as a method reads it: with its class scores, and with the method's target layer.
struct NetworkAndLayer {
  Network network;
  mlir::Value layer; // null where the method reads none
};
/// Reads `forward`, after making its class scores its first output (see exposeLogits). Reports what
/// stands in the way of either.
mlir::FailureOr<NetworkAndLayer> readNetwork(mlir::func::FuncOp forward, const BoundMethod &method);

/// The seed of a stream under the method's parameters (stream 0 is the relevance); null where it
/// has none.
const rules::Seed *seedOf(const BoundMethod &method, unsigned stream);

/// The value on which a seed is put, and where the method reads what arrived; `layer` is the target
/// layer.
mlir::Value startOf(const rules::Seed &seed, const Network &network, mlir::Value layer);
mlir::Value endOf(const BoundMethod &method, const Network &network, mlir::Value layer);

/// The value at which streams of a method meet; null where its name is no value.
mlir::Value placeOf(const rules::Meeting &meeting, const BoundMethod &method,
                    const Network &network);

} // namespace saliency

#endif // SALIENCY_ATTRIBUTION_BINDING_STARTANDEND_H
