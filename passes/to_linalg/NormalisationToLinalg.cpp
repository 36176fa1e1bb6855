// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Batch and layer normalisation, softmax.
#include "dialect/ops/Builders.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "passes/to_linalg/ConstantRelay.h"
#include "passes/to_linalg/Reductions.h"

#include <cmath>

using namespace mlir;
using namespace saliency;

namespace {

/// Entry `channel` of a per-channel parameter.
double entry(const FloatElements &elements, int64_t channel) {
  return elements.begin()[elements.isSplat() ? 0 : channel];
}

/// gamma / sqrt(variance + epsilon) as a constant, or null where one of them is none.
ElementsAttr constantScale(BatchNormOp op) {
  ElementsAttr gamma = constantOf(op.getGamma()), variance = constantOf(op.getVariance());
  if (!gamma || !variance)
    return nullptr;
  FloatElements scales(gamma), variances(variance);
  if (scales.begin() == scales.end() || variances.begin() == variances.end())
    return nullptr;
  SmallVector<float> values;
  for (int64_t channel = 0, channels = logicalShape(op.getX())[1]; channel != channels; ++channel)
    values.push_back(entry(scales, channel) /
                     std::sqrt(entry(variances, channel) + op.getEpsilon().convertToDouble()));
  return DenseElementsAttr::get(cast<RankedTensorType>(gamma.getShapedType()), ArrayRef(values));
}

/// saliency.batch_norm -> linalg.generic { (x - mean) scale + beta }, scale a constant where the
/// parameters are. Subtracting first keeps the formula's rounding (x scale - mean scale cancels
/// where |mean| is large).
struct BatchNormLowering final : Lowering<BatchNormOp> {
  using Lowering::Lowering;
  LogicalResult matchAndRewrite(BatchNormOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    Location loc = op.getLoc();
    ArrayRef<int64_t> shape = op.getType().getShape();
    SmallVector<AffineExpr> dims = context.layout.dims(context.mlir, shape.size());
    Nest nest(rewriter, loc, context, shape.size());
    nest.read(adaptor.getX(), dims);
    nest.readRaw(adaptor.getMean(), dims[1]).readRaw(adaptor.getBeta(), dims[1]);
    ElementsAttr scale = constantScale(op);
    if (scale)
      nest.readRaw(arith::ConstantOp::create(rewriter, loc, cast<TypedAttr>(scale)), dims[1]);
    else
      nest.readRaw(adaptor.getGamma(), dims[1]).readRaw(adaptor.getVariance(), dims[1]);
    nest.write(emptyTensor(rewriter, loc, context, shape), dims);
    rewriter.replaceOp(op, nest.buildOne([&](ImplicitLocOpBuilder &b, ValueRange values) -> Value {
      Value factor = values[3];
      if (!scale) {
        Value epsilon = floatScalar(b, loc, op.getEpsilon().convertToDouble());
        factor = arith::DivFOp::create(
            b, factor, math::SqrtOp::create(b, arith::AddFOp::create(b, values[4], epsilon)));
      }
      Value centred = arith::SubFOp::create(b, values[0], values[1]);
      return arith::AddFOp::create(b, arith::MulFOp::create(b, centred, factor), values[2]);
    }));
    return success();
  }
};

/// saliency.layer_norm -> mean, x - mean, mean of its square, then (x - mean) / sqrt(variance +
/// epsilon) gamma + beta.
struct LayerNormLowering final : Lowering<LayerNormOp> {
  using Lowering::Lowering;
  LogicalResult matchAndRewrite(LayerNormOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    Location loc = op.getLoc();
    ArrayRef<int64_t> shape = op.getType().getShape();
    SmallVector<int64_t> kept(shape), positions;
    for (int64_t axis : op.getFeatureAxes()) {
      kept[axis] = 1;
      positions.push_back(context.layout.physicalAxis(shape.size(), axis));
    }
    auto mean = [&](Value x) {
      Value reduced = reduceAxes(rewriter, loc, context, x, positions, Reduction::Mean);
      return ElementwiseOperand(reshaped(rewriter, loc, reduced, context.layout.toPhysical(kept)),
                                kept);
    };
    Type f32 = rewriter.getF32Type();
    auto map = [&](ArrayRef<ElementwiseOperand> operands, auto body) {
      return elementwise(rewriter, loc, context, shape, operands, f32, body);
    };
    Value centred = map({ElementwiseOperand(adaptor.getX(), shape), mean(adaptor.getX())},
                        [](ImplicitLocOpBuilder &b, ValueRange v) -> Value {
                          return arith::SubFOp::create(b, v[0], v[1]);
                        });
    ElementwiseOperand deviation(centred, shape);
    Value squares = map({deviation}, [](ImplicitLocOpBuilder &b, ValueRange v) -> Value {
      return arith::MulFOp::create(b, v[0], v[0]);
    });
    double epsilon = op.getEpsilon().convertToDouble();
    rewriter.replaceOp(
        op, map({deviation, mean(squares), ElementwiseOperand(op.getGamma(), adaptor.getGamma()),
                 ElementwiseOperand(op.getBeta(), adaptor.getBeta())},
                [&](ImplicitLocOpBuilder &b, ValueRange v) -> Value {
                  Value variance = arith::AddFOp::create(b, v[1], floatScalar(b, loc, epsilon));
                  Value scaled = arith::DivFOp::create(b, v[0], math::SqrtOp::create(b, variance));
                  return arith::AddFOp::create(b, arith::MulFOp::create(b, scaled, v[2]), v[3]);
                }));
    return success();
  }
};

/// saliency.softmax -> maximum along the axis, exp(x - maximum), their sum, quotient.
struct SoftmaxLowering final : Lowering<SoftmaxOp> {
  using Lowering::Lowering;
  LogicalResult matchAndRewrite(SoftmaxOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    Location loc = op.getLoc();
    ArrayRef<int64_t> shape = op.getType().getShape();
    int64_t axis = op.getAxis() < 0 ? op.getAxis() + shape.size() : op.getAxis();
    int64_t position = context.layout.physicalAxis(shape.size(), axis);
    SmallVector<int64_t> kept(shape);
    kept[axis] = 1;
    auto reduce = [&](Value x, Reduction kind) {
      Value reduced = reduceAxes(rewriter, loc, context, x, position, kind);
      return ElementwiseOperand(reshaped(rewriter, loc, reduced, context.layout.toPhysical(kept)),
                                kept);
    };
    Type f32 = rewriter.getF32Type();
    ElementwiseOperand x(adaptor.getX(), shape);
    Value powers =
        elementwise(rewriter, loc, context, shape, {x, reduce(adaptor.getX(), Reduction::Max)}, f32,
                    [](ImplicitLocOpBuilder &b, ValueRange values) -> Value {
                      return math::ExpOp::create(b, arith::SubFOp::create(b, values[0], values[1]));
                    });
    rewriter.replaceOp(
        op, elementwise(rewriter, loc, context, shape,
                        {ElementwiseOperand(powers, shape), reduce(powers, Reduction::Sum)}, f32,
                        [](ImplicitLocOpBuilder &b, ValueRange values) -> Value {
                          return arith::DivFOp::create(b, values[0], values[1]);
                        }));
    return success();
  }
};

} // namespace

void saliency::populateNormalisationPatterns(RewritePatternSet &patterns,
                                             const LoweringContext &context) {
  addLowerings<BatchNormLowering, LayerNormLowering, SoftmaxLowering>(patterns, context);
}
