// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A model's graph after the checks that need no knowledge of operators.
#ifndef SALIENCY_IMPORT_GRAPH_H
#define SALIENCY_IMPORT_GRAPH_H

#include "dialect/import/Reporter.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/SmallVector.h"
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
  llvm::SmallVector<bool> isPart;
  /// Values that a node of the network or its outputs read.
  llvm::StringSet<> used;
};

/// Calls `visit` with every value that `node` reads, also in the graphs of its attributes.
void forEachRead(const onnx::NodeProto &node, llvm::function_ref<void(llvm::StringRef)> visit);

/// By node: whether one of `outputs` needs it.
llvm::SmallVector<bool> findParts(const onnx::GraphProto &graph,
                                  llvm::ArrayRef<std::string> outputs);

/// Brings `model` into the form that is imported, and checks it. Establishes: one opset that is
/// known; no functions (they are inlined); value names unique (single assignment), nodes in
/// topological order, every value defined before it is used; no loops, sparse tensors or foreign
/// domains; one input, at least one output. The network is what its outputs need; all other nodes
/// are checked for names and order alone.
mlir::FailureOr<OnnxGraph> prepareGraph(onnx::ModelProto &model, Reporter &reporter,
                                        const ImportOptions &options);

} // namespace saliency

#endif // SALIENCY_IMPORT_GRAPH_H
