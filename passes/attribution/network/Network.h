// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A network as attribution sees it: which values carry relevance, what its ops can do
// (Network.cpp), where its named places are (NetworkPlaces.cpp).
#ifndef SALIENCY_ATTRIBUTION_NETWORK_NETWORK_H
#define SALIENCY_ATTRIBUTION_NETWORK_NETWORK_H

#include "dialect/SaliencyDialect.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/IRMapping.h"
#include "passes/rules/language/MethodTable.h"
#include "llvm/ADT/DenseSet.h"

namespace saliency {

/// Contract 1: `module` has a function `forward`, whose ops are layers and constants and whose
/// values are static float32 tensors of 1 to 2^31 entries. Reports what is not so.
mlir::FailureOr<mlir::func::FuncOp> checkNetwork(mlir::ModuleOp module);

/// The most specific capability of a layer.
rules::Capability capabilityOf(LayerOpInterface op);

/// A linear map other than an average pool.
inline bool isWeighted(mlir::Operation *op) { return static_cast<bool>(weightedMap(op)); }

class Network {
public:
  /// Reads `forward`, whose first output is N x classes (see exposeLogits); reports another number
  /// of inputs, an output that does not depend on the input, and another number of samples.
  static mlir::FailureOr<Network> of(mlir::func::FuncOp forward);

  /// The same of a copy that only checks read; quiet, since attribution itself reports what it
  /// fails at.
  static mlir::FailureOr<Network> ofCopy(mlir::func::FuncOp copy);

  mlir::Value getInput() const { return input; }
  /// The class scores: N x classes.
  mlir::Value getLogits() const { return logits; }

  /// The network once more at `builder`'s place, evaluated with others in place of some values
  /// (pairs: value, its replacement): the ops that depend on them are cloned, all others shared.
  /// The first one replaced becomes the input of the new network; `values` tells what became of
  /// each value.
  mlir::FailureOr<Network> rerun(mlir::OpBuilder &builder,
                                 llvm::ArrayRef<std::pair<mlir::Value, mlir::Value>> replaced,
                                 mlir::IRMapping &values) const;

  /// Whether `value` depends on the input.
  bool carriesRelevance(mlir::Value value) const { return dependent.contains(value); }
  /// Operand numbers of `op` through which relevance flows.
  llvm::SmallVector<unsigned> dataOperands(LayerOpInterface op) const;

  /// A linear map whose data comes from the input through elementwise, padding, reshaping or
  /// normalisation ops only.
  bool isFirstLayer(mlir::Operation *op) const { return firstLayers.contains(op); }
  /// Whether `op` is at a place that `condition` (any but an option) describes, negation aside.
  bool holds(const rules::Condition &condition, LayerOpInterface op) const;
  /// The activations that a step records, in the order of execution.
  llvm::SmallVector<mlir::Value> recorded(const rules::MethodTable &step) const;
  /// The map whose entries, in order, are the data of a dense layer; null where it is not one.
  static mlir::Value flattenedMap(mlir::Operation *dense);
  /// A linear map from which the logits are reached without another one: the classifier, or a
  /// detector's last layer before each map.
  bool isLastLinear(mlir::Operation *op) const { return lastLinear.contains(op); }

  /// The value that ONNX calls `name`, or null.
  mlir::Value findValue(llvm::StringRef name) const;
  /// From the logits back past the classifier, then past pools, reshapes and every 1x1 map, the
  /// first map of the input's rank; null where there is none. Where several last linear maps give
  /// the scores, a detector's heads, the classifier begins behind what all of them are made of.
  mlir::Value findTargetLayer() const;

  /// The last map of each resolution on the way to `target`: what a pool or strided layer makes
  /// coarser; then `target`.
  llvm::SmallVector<mlir::Value> lastOfEachResolution(mlir::Value target) const;

  /// The maps of class scores that the logits pool, samples x classes x spatial, first to last;
  /// none where the network has no such maps.
  llvm::SmallVector<mlir::Value> findClassMaps() const;

  /// A softmax whose result a bilinear op takes, perhaps after it was rearranged.
  static bool isAttention(mlir::Operation *op);
  /// The softmax layers whose result a bilinear op takes, first to last.
  llvm::SmallVector<mlir::Operation *> findAttention() const;
  /// What the last attention layer's block adds its result to: samples x tokens x features; null
  /// where there is none.
  mlir::Value findTokenLayer() const;
  /// Rows and columns of the first map of `count` positions: the image's patches. None where there
  /// is no such map.
  std::optional<std::pair<int64_t, int64_t>> findPatchGrid(int64_t count) const;

private:
  void findLastLinear();
  /// The last value that every way from the input to `values` passes through.
  mlir::Value findBottleneck(llvm::ArrayRef<mlir::Value> values) const;

  mlir::Value input, logits;
  llvm::DenseSet<mlir::Value> dependent;
  llvm::DenseSet<mlir::Operation *> firstLayers, lastLinear;
};

/// Makes the class scores before a final softmax, as N x classes, the first output of `forward`:
/// methods start there, never at probabilities. Reports an output of another shape.
mlir::LogicalResult exposeLogits(mlir::func::FuncOp forward);

/// The ONNX name of `value`, or "".
llvm::StringRef valueName(mlir::Value value);

} // namespace saliency

#endif // SALIENCY_ATTRIBUTION_NETWORK_NETWORK_H
