// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What one run of a repetition reads: its number and point, its draws, masks and table entries.
#include "passes/attribution/emission/Emitters.h"

#include "dialect/LoopOps.h"
#include "dialect/ops/Builders.h"
#include "passes/rules/language/Quadrature.h"

using namespace mlir;
using namespace saliency;
using rules::Node;
using rules::RunWord;

/// A float as N x 1.
static Value perSample(Scope &s, Value scalar) {
  return s.make<FillOp>(f32Tensor(s.builder().getContext(), {shapeOf(s.place().image)[0], 1}),
                        scalar);
}

/// An index as a float, N x 1.
static Value indexPerSample(Scope &s, Value index) {
  Value integer = s.make<arith::IndexCastOp>(s.builder().getI32Type(), index);
  return perSample(s, s.make<arith::SIToFPOp>(s.builder().getF32Type(), integer));
}

static LogicalResult reportOutside(Scope &s, const Node &node) {
  return s.error("a rule reads what its place offers, found '" +
                 Twine(StringRef(rules::nameOf(node.kind))) + "' outside a run");
}

/// The run at hand; reports a place outside one.
static FailureOr<const Run *> runAtHand(Scope &s, const Node &node) {
  const Run *run = s.read(&RunPlace::run);
  if (!run || !run->number)
    return reportOutside(s, node);
  return run;
}

static FailureOr<Term> emitPart(Scope &s, const Node &node, Value Run::*part) {
  FailureOr<const Run *> run = runAtHand(s, node);
  if (failed(run))
    return failure();
  if (!((*run)->*part))
    return reportOutside(s, node);
  return Term{(*run)->*part};
}

static FailureOr<Term> emitRunNumber(Scope &s, const Node &node) {
  FailureOr<const Run *> run = runAtHand(s, node);
  if (failed(run))
    return failure();
  return Term{indexPerSample(s, (*run)->number)};
}

/// Also behind the runs, where their number is still known.
static FailureOr<Term> emitRunCount(Scope &s, const Node &node) {
  const Run *run = s.read(&RunPlace::run);
  if (!run)
    return reportOutside(s, node);
  if (run->fixedCount)
    return Term{nullptr, static_cast<double>(*run->fixedCount)};
  return Term{indexPerSample(s, run->count)};
}

/// The run's entry of a table made at compile time: its node, or its weight.
static FailureOr<Term> emitQuadrature(Scope &s, const Node &node,
                                      std::vector<double> rules::QuadratureRule::*entries) {
  FailureOr<const Run *> run = runAtHand(s, node);
  if (failed(run))
    return failure();
  const rules::Parameter &parameter = s.table().parameters[node.index];
  int64_t count = *(*run)->fixedCount;
  rules::QuadratureRule rule =
      rules::quadrature(parameter.options[size_t(s.method.getNumber(node.index))], unsigned(count));
  SmallVector<float> values(
      llvm::map_range(rule.*entries, [](double entry) { return static_cast<float>(entry); }));
  return Term{perSample(s, s.make<TableEntryOp>(s.builder().getF32Type(), (*run)->number,
                                                s.builder().getDenseF32ArrayAttr(values)))};
}

/// Normal numbers in the input's shape, or one uniform number a sample; the same for every sample,
/// so that an explanation does not depend on its neighbours.
static FailureOr<Term> emitDraw(Scope &s, const Node &node, Distribution distribution) {
  FailureOr<const Run *> run = runAtHand(s, node);
  if (failed(run))
    return failure();
  FailureOr<double> seed = s.number(node.a);
  if (failed(seed))
    return failure();
  SmallVector<int64_t> shape = {1, 1};
  if (distribution == Distribution::Normal)
    shape.assign(shapeOf(s.place().image));
  shape[0] = 1;
  Value entries =
      s.make<DrawOp>((*run)->number, DistributionAttr::get(s.builder().getContext(), distribution),
                     s.builder().getI64IntegerAttr(static_cast<int64_t>(*seed)),
                     s.builder().getI64IntegerAttr(node.index), s.list(shape));
  shape[0] = shapeOf(s.place().image)[0];
  return Term{buildBroadcast(s.builder(), s.loc(), entries, shape)};
}

/// The images that a call gives, one a run and from the first again where there are more runs;
/// where it gives none, an expression.
static FailureOr<Term> emitGivenImage(Scope &s, const Node &node) {
  FailureOr<const Run *> run = runAtHand(s, node);
  if (failed(run))
    return failure();
  Location loc = s.loc();
  RankedTensorType type = saliency::tensorType(s.place().image);
  Value images = s.sources.callTensor(node.index);
  Value count = s.make<CountGivenOp>(images);
  LogicalResult result = success();
  Value image = IfGivenOp::create(
      s.builder(), loc, type, images,
      [&](OpBuilder &b) -> Value {
        Value number = arith::RemUIOp::create(b, loc, (*run)->number, count);
        return buildBroadcast(b, loc, GivenEntryOp::create(b, loc, images, number),
                              type.getShape());
      },
      [&](OpBuilder &b) -> Value {
        Scope::Nested nested(s, b);
        FailureOr<Term> otherwise = s.term(node.a);
        result = otherwise;
        return failed(result) ? s.place().image : s.tensor(*otherwise, type.getShape());
      });
  if (failed(result))
    return failure();
  return Term{image};
}

/// The shape of what a mask covers.
static FailureOr<SmallVector<int64_t>> shapeOfMasked(Scope &s, rules::Extent extent) {
  SmallVector<int64_t> shape(
      shapeOf(extent == rules::Extent::Layer ? s.read(&WholePlace::layerValue) : s.place().image));
  if (extent == rules::Extent::Patches) {
    FailureOr<TokenGrid> grid = findTokenGrid(s);
    if (failed(grid))
      return failure();
    shape.assign({1, 1, grid->rows, grid->columns});
  }
  if (shape.size() < 3)
    return s.error("a mask has spatial axes, found " + shapeText(shape));
  return shape;
}

namespace {

/// Windows of `size` cells along each spatial axis of `shape`, `step` cells apart.
struct Windows {
  int64_t size, step;
  SmallVector<int64_t> shape;

  static FailureOr<Windows> of(Scope &s, const Node &node) {
    FailureOr<double> size = s.number(node.a), step = s.number(node.b);
    if (failed(size) || failed(step))
      return failure();
    FailureOr<SmallVector<int64_t>> shape = shapeOfMasked(s, rules::Extent(node.index));
    if (failed(shape))
      return failure();
    return Windows{static_cast<int64_t>(*size), static_cast<int64_t>(*step), std::move(*shape)};
  }
};

} // namespace

static FailureOr<Term> emitWindowCount(Scope &s, const Node &node) {
  FailureOr<Windows> of = Windows::of(s, node);
  if (failed(of))
    return failure();
  int64_t windows = 1;
  for (int64_t extent : ArrayRef(of->shape).drop_front(2))
    windows *= WindowMaskOp::countWindows(extent, of->size, of->step);
  return Term{nullptr, static_cast<double>(windows)};
}

/// A mask of one sample and channel, `make` of its shape, for every sample.
static Term forSamples(Scope &s, SmallVector<int64_t> shape,
                       function_ref<Value(DenseI64ArrayAttr)> make) {
  shape[0] = shape[1] = 1;
  Value mask = make(s.list(shape));
  shape[0] = shapeOf(s.place().image)[0];
  return Term{buildBroadcast(s.builder(), s.loc(), mask, shape)};
}

static IntegerAttr integer(Scope &s, double value) {
  return s.builder().getI64IntegerAttr(static_cast<int64_t>(value));
}

static FailureOr<Term> emitWindowMask(Scope &s, const Node &node) {
  FailureOr<const Run *> run = runAtHand(s, node);
  if (failed(run))
    return failure();
  FailureOr<Windows> of = Windows::of(s, node);
  if (failed(of))
    return failure();
  return forSamples(s, of->shape, [&](DenseI64ArrayAttr extents) {
    Builder &b = s.builder();
    return s.make<WindowMaskOp>((*run)->number, b.getI64IntegerAttr(of->size),
                                b.getI64IntegerAttr(of->step), extents);
  });
}

static FailureOr<Term> emitGridMask(Scope &s, const Node &node) {
  FailureOr<const Run *> run = runAtHand(s, node);
  if (failed(run))
    return failure();
  FailureOr<double> cells = s.number(node.a), probability = s.number(node.b),
                    seed = s.numberOrZero(node.c);
  if (failed(cells) || failed(probability) || failed(seed))
    return failure();
  FailureOr<SmallVector<int64_t>> shape = shapeOfMasked(s, rules::Extent::Input);
  if (failed(shape))
    return failure();
  return forSamples(s, *shape, [&](DenseI64ArrayAttr extents) {
    return s.make<GridMaskOp>((*run)->number, integer(s, *cells),
                              s.builder().getF64FloatAttr(*probability), integer(s, *seed),
                              extents);
  });
}

/// One-hot of the run's number over the target layer's channels.
static FailureOr<Term> emitChannelMask(Scope &s, const Node &node) {
  FailureOr<const Run *> run = runAtHand(s, node);
  if (failed(run))
    return failure();
  ArrayRef<int64_t> layer = shapeOf(s.read(&WholePlace::layerValue));
  Value number = s.make<arith::IndexCastOp>(s.builder().getI64Type(), (*run)->number);
  Value index =
      s.make<FillOp>(RankedTensorType::get(layer.take_front(1), s.builder().getI64Type()), number);
  Value oneHot = s.make<OneHotOp>(index, s.builder().getI64IntegerAttr(layer[1]));
  SmallVector<int64_t> shape(layer.size(), 1);
  shape[0] = layer[0], shape[1] = layer[1];
  return Term{s.reshape(oneHot, shape)};
}

static FailureOr<Term> emitChannelCount(Scope &s, const Node &node) {
  Value layer = s.read(&WholePlace::layerValue);
  if (!layer)
    return reportOutside(s, node);
  return Term{nullptr, static_cast<double>(shapeOf(layer)[1])};
}

/// A sum over the runs is known behind them (RunPlace::sums), and nowhere else.
static FailureOr<Term> emitOverRuns(Scope &s, const Node &node) {
  if (!s.read(&RunPlace::run))
    return reportOutside(s, node);
  return s.error("a sum over runs does not stand inside another");
}

FailureOr<Term> saliency::emitOfRuns(Scope &s, const Node &node) {
  switch (RunWord(node.kind)) {
  case RunWord::Point:
    return emitPart(s, node, &Run::point);
  case RunWord::PointLogits:
    return emitPart(s, node, &Run::logits);
  case RunWord::PointLayer:
    return emitPart(s, node, &Run::layer);
  case RunWord::RunNumber:
    return emitRunNumber(s, node);
  case RunWord::RunCount:
    return emitRunCount(s, node);
  case RunWord::QuadratureNode:
    return emitQuadrature(s, node, &rules::QuadratureRule::nodes);
  case RunWord::QuadratureWeight:
    return emitQuadrature(s, node, &rules::QuadratureRule::weights);
  case RunWord::Normal:
    return emitDraw(s, node, Distribution::Normal);
  case RunWord::Uniform:
    return emitDraw(s, node, Distribution::Uniform);
  case RunWord::GivenImage:
    return emitGivenImage(s, node);
  case RunWord::WindowMask:
    return emitWindowMask(s, node);
  case RunWord::WindowCount:
    return emitWindowCount(s, node);
  case RunWord::GridMask:
    return emitGridMask(s, node);
  case RunWord::ChannelMask:
    return emitChannelMask(s, node);
  case RunWord::ChannelCount:
    return emitChannelCount(s, node);
  case RunWord::RunSum:
  case RunWord::RunVariance:
  case RunWord::RunSoftmaxMean:
    return emitOverRuns(s, node);
  }
  llvm_unreachable("every word of runs is emitted");
}
