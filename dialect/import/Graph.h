// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A model's graph after the checks that need no knowledge of operators.
#ifndef SALIENCY_IMPORT_GRAPH_H
#define SALIENCY_IMPORT_GRAPH_H

#include "dialect/import/Reporter.h"
#include "llvm/ADT/StringSet.h"

namespace saliency {

struct OnnxGraph {
  const onnx::GraphProto *proto = nullptr;
  /// Version of the default operator set.
  int64_t opset = 0;
  /// The one input that is no initializer.
  const onnx::ValueInfoProto *input = nullptr;
  /// Names of the values that the network returns.
  llvm::SmallVector<std::string> outputs;
  /// By node: whether it is part of the network.
  std::vector<bool> isPart;
  /// Values that a node of the network or its outputs read.
  llvm::StringSet<> used;
};

/// Establishes: one opset from 7 to 22; value names unique (single assignment), nodes in
/// topological order, every value defined before it is used; no functions, subgraphs, sparse
/// tensors or foreign domains; one input, at least one output. Where `outputs` names other values
/// to return, the network is what these need; the other nodes are checked for names and order
/// alone.
mlir::FailureOr<OnnxGraph> validateGraph(const onnx::ModelProto &model, Reporter &reporter,
                                         llvm::ArrayRef<std::string> outputs = {});

} // namespace saliency

#endif // SALIENCY_IMPORT_GRAPH_H
