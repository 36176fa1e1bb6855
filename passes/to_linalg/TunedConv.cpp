// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Convolutions and their adjoints with output features as contiguous lanes.
#include "passes/to_linalg/PackedWeights.h"
#include "passes/to_linalg/Windows.h"

#include "llvm/Support/Debug.h"
#include "llvm/Support/MathExtras.h"

#include <numeric>

#define DEBUG_TYPE "saliency-lower-to-linalg"

using namespace mlir;
using namespace saliency;

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
  size_t spatial = set.rank();
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
    int64_t lanes = context.panels.lanesFor(set.outputs);
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
    KernelSet set(op.getWeight(), adaptor.getWeight(), window, op.getGroups(), /*adjoint=*/false);
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

/// What one phase of a strided adjoint reads and writes along one axis.
///
/// Cell u of the padded data lies under cell k of window o where u = o s + k d. All cells of one
/// phase, u = phase + s p, meet the same kernel cells: those with k d = phase (mod s), every s /
/// g-th one, g the greatest common divisor of s and d. So along a phase the adjoint is a
/// convolution of unit stride: cell p gathers kernel cell first + t s / g from window p - base - t
/// d / g. As stride 3, kernel 5 (and no dilation or padding):
///
///   u       0   1   2   3   4   5   6        phase 0: k = 0, 3   u = 0, 3, 6 ...
///   o = 0   k0  k1  k2  k3  k4               phase 1: k = 1, 4   u = 1, 4 ...
///   o = 1               k0  k1  k2  k3       phase 2: k = 2      u = 2, 5 ...
struct PhaseAxis {
  /// Phase `phase` of axis `axis` of the windows; `low` cells of padding stand before the `extent`
  /// cells of the data, and there are `windows` windows.
  PhaseAxis(WindowAttr window, size_t axis, int64_t phase, int64_t low, int64_t extent,
            int64_t windows);

  /// Whether a window covers some cell of the phase; the gradient of the others is zero.
  bool isCovered() const { return taps.count != 0 && count != 0; }

  KernelTaps taps = {0, 0, 0};   // the last one first: windows are read forwards
  int64_t dilation = 1;          // between the windows of neighbouring taps
  int64_t offset, count;         // the phase's cells among the data's own
  int64_t before = 0, after = 0; // windows to add in front and behind; negative: to leave out
};

PhaseAxis::PhaseAxis(WindowAttr window, size_t axis, int64_t phase, int64_t low, int64_t extent,
                     int64_t windows) {
  int64_t kernel = window.getKernel()[axis], stride = window.getStrides()[axis],
          dilate = window.getDilations()[axis];
  int64_t first =
      llvm::divideCeil(std::max<int64_t>(low - phase, 0), stride); // least p in the data
  offset = phase + stride * first - low;
  count = offset < extent ? (extent - 1 - offset) / stride + 1 : 0;

  int64_t least = 0;
  while (least != kernel && least * dilate % stride != phase)
    ++least;
  if (least == kernel || count == 0)
    return;
  int64_t common = std::gcd(stride, dilate), step = stride / common,
          taken = (kernel - 1 - least) / step + 1, base = (least * dilate - phase) / stride;
  dilation = dilate / common;
  int64_t earliest = first - base - (taken - 1) * dilation, latest = first + count - 1 - base;
  if (latest < 0 || earliest >= windows)
    return;
  taps = {least + (taken - 1) * step, -step, taken};
  before = -earliest;
  after = latest - (windows - 1);
}

/// The phases of one axis whose cells some window covers.
struct AxisPhases {
  AxisPhases(WindowAttr window, size_t axis, ArrayRef<int64_t> shape, ArrayRef<int64_t> windows) {
    for (int64_t number = 0; number != window.getStrides()[axis]; ++number) {
      PhaseAxis phase(window, axis, number, window.getLow()[axis], shape[axis + 2],
                      windows[axis + 2]);
      everyCell &= phase.isCovered() || phase.count == 0;
      if (!phase.isCovered())
        continue;
      before = covered.empty() ? phase.before : std::max(before, phase.before);
      after = covered.empty() ? phase.after : std::max(after, phase.after);
      covered.push_back(phase);
    }
  }

  SmallVector<PhaseAxis> covered;
  int64_t before = 0, after = 0; // as in PhaseAxis, of the phase that asks for most
  bool everyCell = true;         // is a cell of some covered phase
};

/// saliency.conv_adjoint -> the sum that every cell of the data gathers, where there are features
/// enough to fill the lanes of one cell; otherwise a scatter.
struct TunedConvAdjointLowering final : Lowering<ConvAdjointOp> {
  explicit TunedConvAdjointLowering(const LoweringContext &context)
      : Lowering(context, kTunedBenefit) {}
  LogicalResult matchAndRewrite(ConvAdjointOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    WindowAttr window = op.getWindow();
    KernelSet set(op.getWeight(), adaptor.getWeight(), window, op.getGroups(), /*adjoint=*/true);
    bool unitKernel = llvm::all_of(window.getKernel(), [](int64_t extent) { return extent == 1; });
    bool fillsLanes = set.isDepthwise() || set.outputs >= context.panels.fewFeatures || unitKernel;
    LLVM_DEBUG(llvm::dbgs() << "adjoint of " << set.outputs << " features of a group, kernel "
                            << window.getKernel().size() << "-D, "
                            << (fillsLanes ? "gathers by phase" : "scatters") << ": " << op.getLoc()
                            << '\n');
    FailureOr<Value> x = fillsLanes ? gather(rewriter, op, adaptor.getR(), set)
                                    : scatter(rewriter, op, adaptor.getR(), set);
    if (failed(x))
      return failure();
    rewriter.replaceOp(op, *x);
    return success();
  }

private:
  /// One convolution of r for each phase of the strides (see PhaseAxis):
  ///
  ///   image[n, offset + s p, c] = sum over t, m of r[n, p - base - t d / g, m] w[m, c, k(t)]
  ///
  /// 1. r gets as many windows of zeros at its ends as the widest phase asks for, once for all.
  /// 2. A phase's kernel cells are packed last first, so that windows are read forwards, and it
  ///    reads its own part of the bordered r.
  /// 3. The phase's result is set down at every s-th cell; where one phase has all cells, as with
  ///    unit strides, it is the image.
  /// 4. The image starts at zeros only where some cell lies under no window: with a kernel of one
  ///    cell and strides of two, three cells of four.
  /// Every cell is written by one phase, in an order that the layer alone decides.
  FailureOr<Value> gather(OpBuilder &builder, ConvAdjointOp op, Value r,
                          const KernelSet &set) const {
    WindowAttr window = op.getWindow();
    ArrayRef<int64_t> shape = op.getType().getShape(), windows = logicalShape(op.getR());
    SmallVector<AxisPhases> phases;
    SmallVector<int64_t> low(2, 0), high(2, 0);
    int64_t combinations = 1;
    bool everyCell = true;
    for (size_t axis = 0; axis != window.getRank(); ++axis) {
      const AxisPhases &ofAxis = phases.emplace_back(window, axis, shape, windows);
      combinations *= ofAxis.covered.size();
      everyCell &= ofAxis.everyCell;
      low.push_back(ofAxis.before);
      high.push_back(ofAxis.after);
    }
    if (combinations == 0)
      return filledTensor(builder, op.getLoc(), context, shape, 0.0);

    Value bordered = padded(builder, op.getLoc(), context, r, windows, low, high);
    Value image = everyCell ? emptyTensor(builder, op.getLoc(), context, shape)
                            : filledTensor(builder, op.getLoc(), context, shape, 0.0);
    for (int64_t number = 0; number != combinations; ++number) {
      SmallVector<PhaseAxis> axes;
      SmallVector<int64_t> first(2, 0), read(windows.take_front(2)), ones(windows.size(), 1);
      int64_t rest = number;
      for (auto [axis, ofAxis] : llvm::enumerate(phases)) {
        const PhaseAxis &phase = axes.emplace_back(ofAxis.covered[rest % ofAxis.covered.size()]);
        rest /= ofAxis.covered.size();
        first.push_back(low[axis + 2] - phase.before);
        read.push_back(windows[axis + 2] + phase.before + phase.after);
      }
      Value part = sliced(builder, op.getLoc(), context, bordered, first, read, ones);
      FailureOr<Value> cells = gatherPhase(builder, op, part, set, axes);
      if (failed(cells))
        return failure();
      if (combinations == 1 && everyCell)
        return cells;
      SmallVector<int64_t> offsets(2, 0), strides(2, 1), sizes(shape.take_front(2));
      for (auto [axis, stride] : llvm::zip_equal(axes, window.getStrides())) {
        offsets.push_back(axis.offset);
        sizes.push_back(axis.count);
        strides.push_back(stride);
      }
      image = inserted(builder, op.getLoc(), context, *cells, image, offsets, sizes, strides);
    }
    return image;
  }

  /// The cells of one phase, from the windows that they read.
  FailureOr<Value> gatherPhase(OpBuilder &builder, ConvAdjointOp op, Value part,
                               const KernelSet &set, ArrayRef<PhaseAxis> axes) const {
    SmallVector<int64_t> sizes(op.getType().getShape().take_front(2)), ones(axes.size(), 1),
        dilations;
    SmallVector<KernelTaps> taps;
    for (const PhaseAxis &axis : axes) {
      sizes.push_back(axis.count);
      dilations.push_back(axis.dilation);
      taps.push_back(axis.taps);
    }
    Value init = filledTensor(builder, op.getLoc(), context, sizes, 0.0);
    return convolve(builder, op.getLoc(), context, part, set.with(taps), {ones, dilations}, init);
  }

  /// image[n, o s + k d, g C + c] += r[n, o, g M + m] w[g, k.., m, k, c] into the padded image. The
  /// last kernel axis stands beside c: where it is not dilated, both are one run of lanes in the
  /// image. Neighbouring windows share cells, so the contraction's schedule keeps their order.
  FailureOr<Value> scatter(OpBuilder &builder, ConvAdjointOp op, Value r,
                           const KernelSet &set) const {
    WindowAttr window = op.getWindow();
    PaddedData data(window, op.getType().getShape(), logicalShape(op.getR()));
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
