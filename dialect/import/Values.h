// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What is known of every ONNX value while the graph is walked: an SSA value, or a constant of the
// importer.
#ifndef SALIENCY_IMPORT_VALUES_H
#define SALIENCY_IMPORT_VALUES_H

#include "dialect/import/Graph.h"
#include "dialect/import/HostTensor.h"
#include "dialect/import/TensorReader.h"
#include "mlir/IR/Builders.h"

#include <functional>

namespace saliency {

struct Operand {
  /// The SSA value; of a constant, null until an op needs it.
  mlir::Value value;
  std::optional<HostTensor> constant;

  bool isConstant() const { return constant.has_value(); }
  llvm::ArrayRef<int64_t> getShape() const {
    return constant ? constant->getShape()
                    : llvm::cast<mlir::RankedTensorType>(value.getType()).getShape();
  }
};

/// What the handlers of all nodes of one import share.
struct ImportState {
  const OnnxGraph &graph;
  Reporter &reporter;
  mlir::OpBuilder &builder;
  TensorSource source;
  /// Bytes that constant folding may still produce.
  int64_t foldingBudget;
  llvm::StringMap<Operand> values;
  /// Imports the nodes of a graph inside a node in its place, behind what is imported so far.
  std::function<mlir::LogicalResult(const onnx::GraphProto &)> importSubgraph;
};

/// A saliency.constant of a float32 tensor. Up to 16 entries, or one repeated, are stored in the
/// attribute; more become a dense resource that shares the tensor's memory. `name`: key of the
/// resource and, where `isOnnxValue`, `onnx.value`.
mlir::Value buildConstant(mlir::OpBuilder &builder, mlir::Location loc, const HostTensor &tensor,
                          llvm::StringRef name, bool isOnnxValue);

} // namespace saliency

#endif // SALIENCY_IMPORT_VALUES_H
