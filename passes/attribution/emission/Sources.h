// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The questions of an expression that its place does not answer.
#ifndef SALIENCY_ATTRIBUTION_EMISSION_SOURCES_H
#define SALIENCY_ATTRIBUTION_EMISSION_SOURCES_H

#include "passes/attribution/emission/Place.h"
#include "llvm/ADT/STLFunctionalExtras.h"

namespace saliency {

/// Answers what an expression asks of the network beyond the op at hand.
class ExpressionSources {
public:
  virtual ~ExpressionSources() = default;
  /// Gradient of <logits, weights> at the target layer or at the input.
  virtual mlir::FailureOr<mlir::Value> gradient(mlir::OpBuilder &builder, mlir::Value weights,
                                                bool atLayer) = 0;
  /// The target layer's value where the network's input is `input`.
  virtual mlir::FailureOr<mlir::Value> layerAt(mlir::OpBuilder &builder, mlir::Value input) = 0;
  /// Sum of `body` over the classes of per-call tensor `tensor` that are not the target; `body`
  /// gets a class's one-hot.
  virtual mlir::FailureOr<mlir::Value> sumOverClasses(
      mlir::OpBuilder &builder, mlir::Location loc, unsigned tensor, mlir::RankedTensorType type,
      llvm::function_ref<mlir::FailureOr<mlir::Value>(mlir::OpBuilder &, mlir::Value oneHot)>
          body) = 0;
  /// How many classes sumOverClasses adds up: N x 1.
  virtual mlir::FailureOr<mlir::Value> countClasses(mlir::OpBuilder &builder, mlir::Location loc,
                                                    unsigned tensor) = 0;
  /// The attention layers, first to last.
  virtual llvm::SmallVector<AtOp, 0> attention() = 0;
  /// The target layer at the network's own input, also in a run.
  virtual mlir::Value layerAtInput() = 0;
  /// Rows and columns of the image's patches, which are `count`.
  virtual std::optional<std::pair<int64_t, int64_t>> patchGrid(int64_t count) = 0;
  /// What adds to `value` and what takes from it on the way from the reference input.
  virtual std::pair<mlir::Value, mlir::Value> changeParts(mlir::OpBuilder &builder,
                                                          mlir::Value value) = 0;
  /// Per-call tensor `tensor` as the call gives it; its first extent is 0 where it does not.
  virtual mlir::Value callTensor(unsigned tensor) = 0;
};

} // namespace saliency

#endif // SALIENCY_ATTRIBUTION_EMISSION_SOURCES_H
