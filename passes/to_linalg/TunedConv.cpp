// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Convolutions and their adjoints with output features as contiguous lanes.
#include "passes/to_linalg/PackedWeights.h"
#include "passes/to_linalg/Windows.h"

using namespace mlir;
using namespace saliency;

/// From this many output features the lanes of one cell fill a vector; below, lanes have to run
/// over neighbouring cells.
static constexpr int64_t kFewFeatures = 8;

/// Tried before the natural forms.
static constexpr unsigned kTunedBenefit = 2;

namespace {

/// Numbers the loops of a nest in the order in which they are taken.
class LoopDims {
public:
  explicit LoopDims(MLIRContext *context) : context(context) {}
  AffineExpr take() { return getAffineDimExpr(count++, context); }
  SmallVector<AffineExpr> take(size_t dims) {
    SmallVector<AffineExpr> taken;
    while (taken.size() != dims)
      taken.push_back(take());
    return taken;
  }
  unsigned count = 0;

private:
  MLIRContext *context;
};

/// The cells of a convolution's data under its windows, when the data is already padded.
struct Sliding {
  ArrayRef<int64_t> strides, dilations;
  SmallVector<AffineExpr> cells(IndexExprs output, IndexExprs kernel) const {
    SmallVector<AffineExpr> cells;
    for (size_t axis = 0; axis != strides.size(); ++axis)
      cells.push_back(output[axis] * strides[axis] + kernel[axis] * dilations[axis]);
    return cells;
  }
};

/// out[n, o, (g ko) lanes + ki] += x[n, o s + k d, g C + c] w[g, ko, k, c, ki]; without groups
/// there is no g, depthwise weights are w[k, g].
FailureOr<Value> convolve(OpBuilder &builder, Location loc, const LoweringContext &context, Value x,
                          const KernelSet &set, const Sliding &sliding, Value init) {
  size_t spatial = set.kernel.size();
  LoopDims dims(context.mlir);
  AffineExpr n = dims.take(), zero = getAffineConstantExpr(0, context.mlir);
  SmallVector<AffineExpr> carried, output, kernel, weightIndex;
  SmallVector<PackedAxis> axes;
  if (set.perSample)
    weightIndex.push_back(n);
  auto read = [&](PackedAxis axis, AffineExpr dim) {
    axes.push_back(std::move(axis));
    weightIndex.push_back(dim);
  };
  auto readKernel = [&] {
    for (size_t axis = 0; axis != spatial; ++axis)
      read(set.kernelAxis(axis), kernel[axis]);
  };
  AffineExpr inputFeature, outputFeature;
  if (set.isDepthwise()) {
    output = dims.take(spatial);
    kernel = dims.take(spatial);
    inputFeature = outputFeature = dims.take();
    readKernel();
    read(set.groupAxis(), inputFeature);
    carried = kernel;
  } else {
    int64_t lanes = panelLanes(set.outputs);
    AffineExpr g = set.groups > 1 ? dims.take() : zero, panel = dims.take();
    output = dims.take(spatial);
    kernel = dims.take(spatial);
    AffineExpr c = dims.take(), lane = dims.take();
    if (set.groups > 1)
      read(set.groupAxis(), g);
    read(set.panelAxis(lanes), panel);
    readKernel();
    read(set.inputAxis(), c);
    read(set.laneAxis(lanes), lane);
    inputFeature = g * set.inputs + c;
    outputFeature = g * set.outputs + panel * lanes + lane;
    carried = indexOf(c, kernel);
  }
  FailureOr<Value> weights = set.pack(builder, loc, context, axes);
  if (failed(weights))
    return failure();
  return Nest(builder, loc, context, dims.count)
      .read(x, indexOf({n, inputFeature}, sliding.cells(output, kernel)))
      .readRaw(*weights, weightIndex)
      .write(init, indexOf({n, outputFeature}, output))
      .reduce(carried)
      .buildMultiplyAdd(/*contraction=*/true);
}

/// saliency.conv with one kernel set for all samples -> convolve over the padded data, starting at
/// the bias.
struct TunedConvLowering final : Lowering<ConvOp> {
  explicit TunedConvLowering(const LoweringContext &context) : Lowering(context, kTunedBenefit) {}
  LogicalResult matchAndRewrite(ConvOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    WindowAttr window = op.getWindow();
    KernelSet set(op.getWeight(), adaptor.getWeight(), window, op.getGroups(), /*adjoint=*/false,
                  /*turned=*/false);
    if (set.perSample)
      return rewriter.notifyMatchFailure(op,
                                         "per-sample weights have their outputs as lanes already");
    Location loc = op.getLoc();
    ArrayRef<int64_t> shape = op.getType().getShape();
    Value x = PaddedData(window, logicalShape(op.getX()), shape)
                  .pad(rewriter, loc, context, adaptor.getX());
    Value init = initialOutput(rewriter, loc, context, adaptor.getBias(), shape);
    FailureOr<Value> y = convolve(rewriter, loc, context, x, set,
                                  {window.getStrides(), window.getDilations()}, init);
    if (failed(y))
      return failure();
    rewriter.replaceOp(op, *y);
    return success();
  }
};

/// saliency.conv_adjoint in one of three forms.
struct TunedConvAdjointLowering final : Lowering<ConvAdjointOp> {
  explicit TunedConvAdjointLowering(const LoweringContext &context)
      : Lowering(context, kTunedBenefit) {}
  LogicalResult matchAndRewrite(ConvAdjointOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    WindowAttr window = op.getWindow();
    auto isOne = [](int64_t extent) { return extent == 1; };
    bool unitStrides = llvm::all_of(window.getStrides(), isOne),
         unitKernel = llvm::all_of(window.getKernel(), isOne);
    bool turned = unitStrides || unitKernel;
    KernelSet set(op.getWeight(), adaptor.getWeight(), window, op.getGroups(), /*adjoint=*/true,
                  turned);
    if (turned && !set.isDepthwise() && set.outputs < kFewFeatures && !unitKernel) {
      set = KernelSet(op.getWeight(), adaptor.getWeight(), window, op.getGroups(), true, false);
      turned = false;
    }
    PaddedData data(window, op.getType().getShape(), logicalShape(op.getR()));
    FailureOr<Value> x = !turned       ? scatter(rewriter, op, adaptor.getR(), set, data)
                         : unitStrides ? gather(rewriter, op, adaptor.getR(), set, data)
                                       : spread(rewriter, op, adaptor.getR(), set, data);
    if (failed(x))
      return failure();
    rewriter.replaceOp(op, *x);
    return success();
  }

private:
  /// Unit strides: the convolution of r with the turned kernel. A cell's first window lies span - 1
  /// - low before it.
  FailureOr<Value> gather(OpBuilder &builder, ConvAdjointOp op, Value r, const KernelSet &set,
                          const PaddedData &data) const {
    WindowAttr window = op.getWindow();
    ArrayRef<int64_t> shape = logicalShape(op.getR());
    SmallVector<int64_t> low(shape.size(), 0), high(shape.size(), 0), ones(window.getRank(), 1);
    for (size_t axis = 0; axis != window.getRank(); ++axis) {
      low[axis + 2] = window.getSpan(axis) - 1 - window.getLow()[axis];
      high[axis + 2] =
          data.shape[axis + 2] + window.getSpan(axis) - 1 - low[axis + 2] - shape[axis + 2];
    }
    Value bordered = padded(builder, op.getLoc(), context, r, shape, low, high);
    Value init = filledTensor(builder, op.getLoc(), context, data.shape, 0.0);
    return convolve(builder, op.getLoc(), context, bordered, set, {ones, window.getDilations()},
                    init);
  }

  /// A kernel of one cell with strides: the product per window, set down at every stride-th cell.
  FailureOr<Value> spread(OpBuilder &builder, ConvAdjointOp op, Value r, const KernelSet &set,
                          const PaddedData &data) const {
    WindowAttr window = op.getWindow();
    SmallVector<int64_t> compact(logicalShape(op.getR())), origin(compact.size(), 0),
        strides = {1, 1}, ones(window.getRank(), 1);
    compact[1] = data.shape[1];
    llvm::append_range(strides, window.getStrides());
    Value init = filledTensor(builder, op.getLoc(), context, compact, 0.0);
    FailureOr<Value> product = convolve(builder, op.getLoc(), context, r, set, {ones, ones}, init);
    if (failed(product))
      return failure();
    Value image = filledTensor(builder, op.getLoc(), context, data.extents, 0.0);
    image = inserted(builder, op.getLoc(), context, *product, image, origin, compact, strides);
    return data.crop(builder, op.getLoc(), context, image);
  }

  /// Otherwise: image[n, o s + k d, g C + c] += r[n, o, g M + m] w[g, k.., m, k, c] into the padded
  /// image. The last kernel axis stands beside c: where it is not dilated, both are one run of
  /// lanes in the image.
  FailureOr<Value> scatter(OpBuilder &builder, ConvAdjointOp op, Value r, const KernelSet &set,
                           const PaddedData &data) const {
    WindowAttr window = op.getWindow();
    size_t spatial = window.getRank();
    LoopDims dims(context.mlir);
    AffineExpr n = dims.take(),
               g = set.groups > 1 ? dims.take() : getAffineConstantExpr(0, context.mlir);
    SmallVector<AffineExpr> output = dims.take(spatial), kernel = dims.take(spatial - 1), index;
    AffineExpr m = dims.take();
    kernel.push_back(dims.take());
    AffineExpr c = dims.take();

    SmallVector<PackedAxis> axes;
    auto read = [&](PackedAxis axis, AffineExpr dim) {
      axes.push_back(std::move(axis));
      index.push_back(dim);
    };
    if (set.perSample)
      index.push_back(n);
    if (set.groups > 1 && !set.isDepthwise())
      read(set.groupAxis(), g);
    for (size_t axis = 0; axis + 1 != spatial; ++axis)
      read(set.kernelAxis(axis), kernel[axis]);
    read(set.inputAxis(), m);
    read(set.kernelAxis(spatial - 1), kernel.back());
    if (set.isDepthwise())
      read(set.groupAxis(), g);
    read(set.outputAxis(), c);
    FailureOr<Value> weights = set.pack(builder, op.getLoc(), context, axes);
    if (failed(weights))
      return failure();
    SmallVector<AffineExpr> carried = indexOf(m, output);
    llvm::append_range(carried, kernel);
    Value image = Nest(builder, op.getLoc(), context, dims.count)
                      .read(r, indexOf({n, g * set.inputs + m}, output))
                      .readRaw(*weights, index)
                      .write(filledTensor(builder, op.getLoc(), context, data.extents, 0.0),
                             indexOf({n, g * set.outputs + c}, cellsUnder(window, output, kernel)))
                      .reduce(carried)
                      .buildMultiplyAdd(/*contraction=*/true);
    return data.crop(builder, op.getLoc(), context, image);
  }
};

} // namespace

void saliency::populateTunedConvPatterns(RewritePatternSet &patterns,
                                         const LoweringContext &context) {
  addLowerings<TunedConvLowering, TunedConvAdjointLowering>(patterns, context);
}
