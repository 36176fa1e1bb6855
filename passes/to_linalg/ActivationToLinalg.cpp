// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Activations. The functions themselves are rows of dialect/ops/Activation.td, which say what they
// are of one number; here they are put over tensors.
#include "dialect/ops/Formula.h"
#include "passes/to_linalg/Nest.h"

using namespace mlir;
using namespace saliency;
using saliency::formula::Formula;

namespace {

/// %y = saliency.gelu %x : (tensor<1x8xf32>) -> tensor<1x8xf32>
/// -->
/// %y = linalg.generic ins(%x) outs(%empty) {
/// ^bb0(%in: f32, %out: f32):
///   arith and math ops that FormulaOpInterface::buildScalar makes of %in
///   linalg.yield %value : f32
/// }
struct FunctionLowering final : OpInterfaceConversionPattern<FormulaOpInterface> {
  explicit FunctionLowering(const LoweringContext &context)
      : OpInterfaceConversionPattern(context.types, context.mlir), context(context) {}

  LogicalResult matchAndRewrite(FormulaOpInterface op, ArrayRef<Value> adapted,
                                ConversionPatternRewriter &rewriter) const override {
    rewriter.replaceOp(
        op, elementwise(
                rewriter, op.getLoc(), context, logicalShape(op->getResult(0)),
                ElementwiseOperand(op->getOperand(0), adapted[0]), rewriter.getF32Type(),
                [&](ImplicitLocOpBuilder &b, ValueRange x) { return op.buildScalar(b, x[0]); }));
    return success();
  }

  const LoweringContext &context;
};

/// saliency.prelu %x, %slope -> linalg.generic { x > 0 ? x : slope x }.
struct PReluLowering final : Lowering<PReluOp> {
  using Lowering::Lowering;
  LogicalResult matchAndRewrite(PReluOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    ElementwiseOperand operands[] = {{op.getX(), adaptor.getX()},
                                     {op.getSlope(), adaptor.getSlope()}};
    rewriter.replaceOp(op, elementwise(rewriter, op.getLoc(), context, op.getType().getShape(),
                                       operands, rewriter.getF32Type(),
                                       [](ImplicitLocOpBuilder &b, ValueRange values) {
                                         Formula x{&b, values[0]}, slope{&b, values[1]};
                                         return choose(x > 0, x, slope * x).value;
                                       }));
    return success();
  }
};

/// saliency.threshold %x, %low, %high -> linalg.generic { min(max(x, low), high) }, bounds read by
/// channel.
struct ThresholdLowering final : Lowering<ThresholdOp> {
  using Lowering::Lowering;
  LogicalResult matchAndRewrite(ThresholdOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    ArrayRef<int64_t> shape = op.getType().getShape();
    SmallVector<AffineExpr> dims = context.layout.dims(context.mlir, shape.size());
    rewriter.replaceOp(op, Nest(rewriter, op.getLoc(), context, shape.size())
                               .read(adaptor.getX(), dims)
                               .readRaw(adaptor.getLow(), dims[1])
                               .readRaw(adaptor.getHigh(), dims[1])
                               .write(emptyTensor(rewriter, op.getLoc(), context, shape), dims)
                               .buildOne([](ImplicitLocOpBuilder &b, ValueRange values) {
                                 return limit(Formula{&b, values[0]}, Formula{&b, values[1]},
                                              Formula{&b, values[2]})
                                     .value;
                               }));
    return success();
  }
};

} // namespace

void saliency::populateActivationPatterns(RewritePatternSet &patterns,
                                          const LoweringContext &context) {
  addLowerings<FunctionLowering, PReluLowering, ThresholdLowering>(patterns, context);
}
