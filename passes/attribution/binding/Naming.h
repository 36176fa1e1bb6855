// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What a user calls the nodes and values of a network, in composites, reports and messages.
#ifndef SALIENCY_ATTRIBUTION_BINDING_NAMING_H
#define SALIENCY_ATTRIBUTION_BINDING_NAMING_H

#include "passes/attribution/network/Network.h"

namespace saliency {

/// The ONNX name of a node, or its kind.
std::string nodeName(mlir::Operation *op);

/// What a user calls a value: its ONNX name, or that of its node.
std::string placeName(mlir::Value value);

/// The names that a ValueNames parameter lists, separated by commas.
llvm::SmallVector<llvm::StringRef> namesOf(llvm::StringRef list);

} // namespace saliency

#endif // SALIENCY_ATTRIBUTION_BINDING_NAMING_H
