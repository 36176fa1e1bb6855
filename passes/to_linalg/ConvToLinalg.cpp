// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Convolutions in their natural form: out[n, m, o] += x[n, c, o s + k d] w[m, c, k], its adjoint as
// the scatter of the same products, its correlation. With groups, channel axes are split into
// groups x channels of a group.
#include "passes/to_linalg/Windows.h"

using namespace mlir;
using namespace saliency;

namespace {

/// The iteration space that the three products of one convolution share, and their operands in it.
class ConvSpace {
public:
  ConvSpace(OpBuilder &builder, Location loc, const LoweringContext &context, WindowAttr window,
            int64_t groups)
      : builder(builder), loc(loc), context(context), window(window), groups(groups) {
    auto take = [&] { return getAffineDimExpr(loops++, context.mlir); };
    n = take();
    if (groups > 1)
      g = take();
    m = take();
    for (size_t axis = 0; axis != window.getRank(); ++axis)
      output.push_back(take());
    c = take();
    for (size_t axis = 0; axis != window.getRank(); ++axis)
      kernel.push_back(take());
  }

  struct Operand {
    Value value;
    SmallVector<AffineExpr> index; // physical
  };
  /// x or an image of its extents, at the cells under the window.
  Operand data(Value value) const {
    return grouped(value, indexOf({n, c}, cellsUnder(window, output, kernel)), 1);
  }
  /// r or the result.
  Operand outputs(Value value) const { return grouped(value, indexOf({n, m}, output), 1); }
  Operand weights(Value value, bool perSample) const {
    return perSample ? grouped(value, indexOf({n, m, c}, kernel), 1)
                     : grouped(value, indexOf({m, c}, kernel), 0);
  }

  /// into += a * b, with the sum over `carried`; has the type that `into` had before its channels
  /// were split.
  Value multiplyAdd(const Operand &a, const Operand &b, Value init, const Operand &into,
                    IndexExprs carried) const {
    Value sum = Nest(builder, loc, context, loops)
                    .readRaw(a.value, a.index)
                    .readRaw(b.value, b.index)
                    .writeRaw(into.value, into.index)
                    .reduce(carried)
                    .buildMultiplyAdd(context.isTuned());
    return reshaped(builder, loc, sum, logicalShape(init));
  }

  AffineExpr n, g, m, c;
  SmallVector<AffineExpr> output, kernel;

private:
  /// With groups, the channels on logical axis `axis` become groups x channels.
  Operand grouped(Value value, ArrayRef<AffineExpr> logical, size_t axis) const {
    Operand operand{value, context.layout.toPhysical(logical)};
    if (groups == 1)
      return operand;
    size_t position = context.layout.physicalAxis(logical.size(), axis);
    SmallVector<int64_t> shape(logicalShape(value));
    shape[position] /= groups;
    shape.insert(shape.begin() + position, groups);
    operand.index.insert(operand.index.begin() + position, g);
    operand.value = reshaped(builder, loc, value, shape);
    return operand;
  }

  OpBuilder &builder;
  Location loc;
  const LoweringContext &context;
  WindowAttr window;
  int64_t groups;
  unsigned loops = 0;
};

bool isPerSample(Value weight, WindowAttr window) {
  return logicalShape(weight).size() == window.getRank() + 3;
}

/// saliency.conv -> tensor.pad, linalg.generic { out += x * w } starting at the bias.
struct ConvLowering final : Lowering<ConvOp> {
  using Lowering::Lowering;
  LogicalResult matchAndRewrite(ConvOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    Location loc = op.getLoc();
    ArrayRef<int64_t> shape = op.getType().getShape();
    ConvSpace space(rewriter, loc, context, op.getWindow(), op.getGroups());
    Value x = PaddedData(op.getWindow(), logicalShape(op.getX()), shape)
                  .pad(rewriter, loc, context, adaptor.getX());
    Value init = initialOutput(rewriter, loc, context, adaptor.getBias(), shape);
    Value y = space.multiplyAdd(
        space.data(x),
        space.weights(adaptor.getWeight(), isPerSample(op.getWeight(), op.getWindow())), init,
        space.outputs(init), indexOf({space.c}, space.kernel));
    rewriter.replaceOp(op, y);
    return success();
  }
};

/// saliency.conv_adjoint -> linalg.generic { image += w * r } into the padded image, whose border
/// is cut off.
struct ConvAdjointLowering final : Lowering<ConvAdjointOp> {
  using Lowering::Lowering;
  LogicalResult matchAndRewrite(ConvAdjointOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    Location loc = op.getLoc();
    ConvSpace space(rewriter, loc, context, op.getWindow(), op.getGroups());
    PaddedData data(op.getWindow(), op.getType().getShape(), logicalShape(op.getR()));
    Value init = filledTensor(rewriter, loc, context, data.extents, 0.0);
    SmallVector<AffineExpr> carried = indexOf({space.m}, space.output);
    llvm::append_range(carried, space.kernel);
    Value image = space.multiplyAdd(
        space.weights(adaptor.getWeight(), isPerSample(op.getWeight(), op.getWindow())),
        space.outputs(adaptor.getR()), init, space.data(init), carried);
    rewriter.replaceOp(op, data.crop(rewriter, loc, context, image));
    return success();
  }
};

/// saliency.conv_correlate -> tensor.pad, linalg.generic { w += x * r }.
struct ConvCorrelateLowering final : Lowering<ConvCorrelateOp> {
  using Lowering::Lowering;
  LogicalResult matchAndRewrite(ConvCorrelateOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    Location loc = op.getLoc();
    ConvSpace space(rewriter, loc, context, op.getWindow(), op.getGroups());
    Value x = PaddedData(op.getWindow(), logicalShape(op.getX()), logicalShape(op.getR()))
                  .pad(rewriter, loc, context, adaptor.getX());
    Value init = filledTensor(rewriter, loc, context, op.getType().getShape(), 0.0);
    rewriter.replaceOp(op, space.multiplyAdd(space.data(x), space.outputs(adaptor.getR()), init,
                                             space.weights(init, true), space.output));
    return success();
  }
};

} // namespace

Value saliency::initialOutput(OpBuilder &builder, Location loc, const LoweringContext &context,
                              Value bias, ArrayRef<int64_t> shape) {
  if (!bias)
    return filledTensor(builder, loc, context, shape, 0.0);
  SmallVector<AffineExpr> dims = context.layout.dims(context.mlir, shape.size());
  SmallVector<AffineExpr> index = {dims[1]};
  if (logicalShape(bias).size() > 1) { // one entry per position
    index = dims;
    index.front() = getAffineConstantExpr(0, context.mlir);
  }
  return Nest(builder, loc, context, shape.size())
      .read(bias, index)
      .write(emptyTensor(builder, loc, context, shape), dims)
      .buildOne([](ImplicitLocOpBuilder &, ValueRange values) { return values[0]; });
}

void saliency::populateConvPatterns(RewritePatternSet &patterns, const LoweringContext &context) {
  addLowerings<ConvLowering, ConvAdjointLowering, ConvCorrelateLowering>(patterns, context);
}
