// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Layer norms that exporters spell out.
#include "passes/Counter.h"
#include "passes/transforms/SpelledArithmetic.h"

#include "dialect/ops/Builders.h"

using namespace mlir;
using namespace saliency;

namespace {

/// A layer norm over the axes of `x` from `axis` on.
Operation *buildLayerNorm(PatternRewriter &rewriter, Location loc, Value x, Value gamma, Value beta,
                          int64_t axis, float epsilon) {
  return LayerNormOp::create(rewriter, loc, x, gamma, beta, rewriter.getI64IntegerAttr(axis),
                             rewriter.getF32FloatAttr(epsilon));
}

///   %d = saliency.sub %x, %mean                   %mean: of x over its last axes (TrailingMean)
///   %s = saliency.mul %d, %d                      or pow 2
///   %v = mean of %s over the same axes
///   %a = saliency.add %v, %epsilon
///   %r = saliency.sqrt %a                         or pow 1/2
///   %y = saliency.div %d, %r
/// -->
///   %y = saliency.layer_norm %x, %ones, %zeros
///
/// 1. The numerator is x less its mean over its last axes.
/// 2. The denominator is the root of a sum with a number, epsilon.
/// 3. The other summand is the mean, over the same axes, of the numerator's square.
/// 4. The norm takes the quotient's place; AbsorbParameter gives it its parameters.
struct RecogniseLayerNorm final : OpRewritePattern<DivOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(DivOp op, PatternRewriter &rewriter) const override {
    auto centred = op.getA().getDefiningOp<SubOp>();
    if (!centred)
      return failure();
    TrailingMean mean(centred.getB());
    if (!mean.x || mean.x != centred.getA())
      return failure();

    Value deviation = rootOf(op.getB());
    MergeOpInterface sum = deviation ? asSum(deviation.getDefiningOp()) : MergeOpInterface();
    if (!sum)
      return failure();
    std::optional<double> epsilon;
    Value variance =
        otherOperand(sum, [&](Value operand) { return bool(epsilon = numberOf(operand)); });
    if (!variance)
      return failure();

    TrailingMean squares(variance);
    if (!squares.x || squares.axis != mean.axis || !Product(squares.x).isPower(centred, 2, 1))
      return failure();

    ArrayRef<int64_t> axes = shapeOf(mean.x).drop_front(mean.axis);
    Value ones = buildNumbers(rewriter, op.getLoc(), axes, 1);
    Value zeros = buildNumbers(rewriter, op.getLoc(), axes, 0);
    replaceBySpelled(rewriter, op,
                     buildLayerNorm(rewriter, op.getLoc(), mean.x, ones, zeros, mean.axis,
                                    static_cast<float>(*epsilon)));
    count(kRecogniseLayers, "layer norms recognised", 1);
    return success();
  }

private:
  /// What `value` is the square root of.
  static Value rootOf(Value value) {
    if (auto sqrt = value.getDefiningOp<SqrtOp>())
      return sqrt.getX();
    return exponentOf(value) == 0.5 ? value.getDefiningOp()->getOperand(0) : Value();
  }
};

///   %n = saliency.layer_norm %x, %ones, %zeros
///   %m = saliency.mul %n, %gamma                  constants along the normalised axes
///   %y = saliency.add %m, %beta
/// -->
///   %y = saliency.layer_norm %x, %gamma, %beta    in two steps, one for each constant
///
/// 1. One operand of a product or a sum is a norm that is its alone. The norm's shift is still 0,
///    and for a product its scale is still 1.
/// 2. The other operand is a constant that varies along the normalised axes alone.
/// 3. A norm with the constant for its scale or shift takes the op's place.
struct AbsorbParameter final : OpInterfaceRewritePattern<MergeOpInterface> {
  using OpInterfaceRewritePattern::OpInterfaceRewritePattern;

  LogicalResult matchAndRewrite(MergeOpInterface op, PatternRewriter &rewriter) const override {
    bool scales = bool(asProduct(op));
    if (!scales && !asSum(op))
      return failure();
    LayerNormOpInterface norm;
    Value constant = otherOperand(op, [&](Value operand) {
      return bool(norm = operand.getDefiningOp<LayerNormOpInterface>());
    });
    if (!constant || !norm->hasOneUse() ||
        op->getResult(0).getType() != norm->getResult(0).getType())
      return failure();
    Value gamma = norm.getGamma(), beta = norm.getBeta();
    if (numberOf(beta) != 0.0 || (scales && numberOf(gamma) != 1.0))
      return failure();

    Value parameter = asParameter(rewriter, norm, constant);
    if (!parameter)
      return failure();

    (scales ? gamma : beta) = parameter;
    int64_t axis = cast<LayerOpInterface>(norm.getOperation()).getFeatureAxes().front();
    replaceBySpelled(rewriter, op,
                     buildLayerNorm(rewriter, op.getLoc(), norm->getOperand(0), gamma, beta, axis,
                                    norm.getEpsilon().convertToFloat()));
    return success();
  }

private:
  /// `constant` as a parameter of `norm`; null where it varies along other axes.
  static Value asParameter(PatternRewriter &rewriter, LayerNormOpInterface norm, Value constant) {
    ArrayRef<int64_t> own = shapeOf(constant), axes = shapeOf(norm.getGamma());
    if (!constant.getDefiningOp<ConstantOp>() || own.size() > shapeOf(norm->getOperand(0)).size())
      return nullptr;
    while (own.size() > axes.size() && own.front() == 1)
      own = own.drop_front();
    if (own != axes)
      return nullptr;
    return own.size() == shapeOf(constant).size() ? constant
                                                  : buildConstantLike(rewriter, constant, axes);
  }
};

} // namespace

void saliency::addLayerNormPatterns(RewritePatternSet &patterns) {
  patterns.add<RecogniseLayerNorm, AbsorbParameter>(patterns.getContext());
}
