// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Layers that exporters spell out by arithmetic become one op again. Here: biases of linear maps,
// and constants that are subtracted; RecogniseLayerNorm.cpp and RecogniseActivations.cpp have the
// rest. SpelledArithmetic.h reads the arithmetic.
#include "passes/transforms/Passes.h"

#include "dialect/ops/Builders.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"
#include "passes/Counter.h"
#include "passes/transforms/SpelledArithmetic.h"

namespace saliency {
#define GEN_PASS_DEF_RECOGNISELAYERSPASS
#include "passes/transforms/Passes.h.inc"
} // namespace saliency

using namespace mlir;
using namespace saliency;

namespace {

///   %y = saliency.gemm %x, %w                  no bias yet; any linear map with weights
///   %z = saliency.add %y, %c                   %c: one number per output feature, 1 elsewhere
/// -->
///   %z = saliency.gemm %x, %w, %c
///
/// 1. One operand of a sum is a linear map that is its alone, has no bias and has the sum's shape.
/// 2. The other one is a constant that varies along the map's features alone.
/// 3. The map with the constant for its bias, one entry a feature, takes the sum's place.
struct AbsorbBias final : OpInterfaceRewritePattern<MergeOpInterface> {
  using OpInterfaceRewritePattern::OpInterfaceRewritePattern;

  LogicalResult matchAndRewrite(MergeOpInterface op, PatternRewriter &rewriter) const override {
    if (!asSum(op))
      return failure();
    LinearMapOpInterface map;
    Value constant = otherOperand(
        op, [&](Value operand) { return bool(map = weightedMap(operand.getDefiningOp())); });
    if (!constant || !constant.getDefiningOp<ConstantOp>() || map.getLinearBias() ||
        !map->hasOneUse() || op->getResult(0).getType() != map->getResult(0).getType())
      return failure();

    ArrayRef<int64_t> shape = shapeOf(map->getResult(0));
    int64_t features = cast<LayerOpInterface>(map.getOperation()).getFeatureAxes().front();
    if (!isBias(shapeOf(constant), shape, features))
      return failure();
    if (shapeOf(constant).size() != 1)
      constant = buildConstantLike(rewriter, constant, {shape[features]});
    if (!constant)
      return failure();

    replaceBySpelled(rewriter, op,
                     map.buildWithWeights(rewriter, op.getLoc(), map.getLinearWeight(), constant));
    count(kRecogniseLayers, "biases recognised", 1);
    return success();
  }

private:
  /// Whether a constant of shape `own` that is broadcast to `shape` has one entry for each feature.
  static bool isBias(ArrayRef<int64_t> own, ArrayRef<int64_t> shape, int64_t features) {
    auto missing = static_cast<int64_t>(shape.size() - own.size());
    if (own.empty() || missing > features)
      return false;
    return llvm::all_of(llvm::enumerate(own), [&](auto entry) {
      bool isFeature = static_cast<int64_t>(entry.index()) + missing == features;
      return entry.value() == (isFeature ? shape[features] : 1);
    });
  }
};

///   %y = saliency.sub %x, %c
/// -->
///   %y = saliency.add %x, %minus_c
///
/// Every method that has a rule for sums has one for this sum.
struct SubtractConstant final : OpRewritePattern<SubOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(SubOp op, PatternRewriter &rewriter) const override {
    Value negated = buildConstantLike(rewriter, op.getB(), shapeOf(op.getB()),
                                      [](float entry) { return -entry; });
    if (!negated)
      return failure();
    replaceBySpelled(rewriter, op, AddOp::create(rewriter, op.getLoc(), op.getA(), negated));
    return success();
  }
};

struct RecogniseLayersPass : saliency::impl::RecogniseLayersPassBase<RecogniseLayersPass> {
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    addLayerNormPatterns(patterns);
    addActivationPatterns(patterns);
    patterns.add<AbsorbBias, SubtractConstant>(&getContext());
    for (StringRef what : {"layer norms recognised", "activations recognised", "biases recognised"})
      count(kRecogniseLayers, what, 0);
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns))))
      return signalPassFailure();
  }
};

} // namespace
