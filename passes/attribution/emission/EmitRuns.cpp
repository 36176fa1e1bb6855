// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What one run of a repetition reads: its number and point, its draws, masks and table entries.
#include "passes/attribution/emission/Emitters.h"

#include "dialect/ops/Builders.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "passes/rules/language/Quadrature.h"

using namespace mlir;
using namespace saliency;
using rules::Node;
using rules::NodeKind;

/// A float as N x 1.
static Value perSample(Scope &s, Value scalar) {
  SmallVector<int64_t> shape = {shapeOf(s.place().image)[0], 1};
  Value empty = s.make<tensor::EmptyOp>(shape, s.builder().getF32Type());
  return s.make<linalg::FillOp>(scalar, empty);
}

/// The run's entry of a table made at compile time.
static FailureOr<Term> quadrature(Scope &s, const Node &node) {
  const rules::Parameter &parameter = s.method.getTable().parameters[node.index];
  int64_t count = *s.read(&RunPlace::run)->fixedCount;
  rules::QuadratureRule rule =
      rules::quadrature(parameter.options[size_t(s.method.getNumber(node.index))], unsigned(count));
  SmallVector<float> entries(
      llvm::map_range(node.kind == NodeKind::QuadratureNode ? rule.nodes : rule.weights,
                      [](double entry) { return static_cast<float>(entry); }));
  auto values =
      DenseElementsAttr::get(f32Tensor(s.builder().getContext(), count), ArrayRef<float>(entries));
  Value table = s.make<arith::ConstantOp>(values);
  return Term{perSample(s, s.make<tensor::ExtractOp>(table, s.read(&RunPlace::run)->number))};
}

static FailureOr<Term> draw(Scope &s, const Node &node) {
  FailureOr<double> seed = s.number(node.a);
  if (failed(seed))
    return failure();
  bool normal = node.kind == NodeKind::Normal;
  SmallVector<int64_t> shape = {1, 1};
  if (normal)
    shape.assign(shapeOf(s.place().image));
  shape[0] =
      1; // the same for every sample, so that an explanation does not depend on its neighbours
  auto distribution = DistributionAttr::get(s.builder().getContext(),
                                            normal ? Distribution::Normal : Distribution::Uniform);
  Value entries = s.make<DrawOp>(s.read(&RunPlace::run)->number, distribution,
                                 s.builder().getI64IntegerAttr(static_cast<int64_t>(*seed)),
                                 s.builder().getI64IntegerAttr(node.index), s.list(shape));
  shape[0] = shapeOf(s.place().image)[0];
  return Term{buildBroadcast(s.builder(), s.loc(), entries, shape)};
}

static FailureOr<Term> givenImage(Scope &s, const Node &node) {
  Location loc = s.loc();
  RankedTensorType type = saliency::tensorType(s.place().image);
  Value images = s.sources.callTensor(node.index);
  Value zero = arith::ConstantIndexOp::create(s.builder(), loc, 0);
  Value count = tensor::DimOp::create(s.builder(), loc, images, 0);
  Value none = arith::CmpIOp::create(s.builder(), loc, arith::CmpIPredicate::eq, count, zero);
  LogicalResult result = success();
  auto pick = scf::IfOp::create(
      s.builder(), loc, none,
      [&](OpBuilder &b, Location loc) {
        Scope::Nested nested(s, b);
        FailureOr<Term> otherwise = s.term(node.a);
        result = otherwise;
        Value value = failed(result) ? s.place().image : s.tensor(*otherwise, type.getShape());
        scf::YieldOp::create(b, loc, value);
      },
      [&](OpBuilder &b, Location loc) {
        size_t rank = type.getRank();
        SmallVector<OpFoldResult> offsets(rank, b.getIndexAttr(0)), steps(rank, b.getIndexAttr(1)),
            sizes;
        SmallVector<int64_t> shape(type.getShape());
        shape[0] = 1;
        offsets[0] =
            arith::RemUIOp::create(b, loc, s.read(&RunPlace::run)->number, count).getResult();
        for (int64_t extent : shape)
          sizes.push_back(b.getIndexAttr(extent));
        Value image = tensor::ExtractSliceOp::create(b, loc, f32Tensor(b.getContext(), shape),
                                                     images, offsets, sizes, steps);
        scf::YieldOp::create(b, loc, buildBroadcast(b, loc, image, type.getShape()));
      });
  if (failed(result))
    return failure();
  return Term{pick.getResult(0)};
}

static FailureOr<Term> runMask(Scope &s, const Node &node) {
  FailureOr<double> first = s.number(node.a), second = s.number(node.b);
  FailureOr<double> seed = node.c == rules::kNone ? FailureOr<double>(0.0) : s.number(node.c);
  if (failed(first) || failed(second) || failed(seed))
    return failure();
  rules::Extent extent =
      node.kind == NodeKind::GridMask ? rules::Extent::Input : rules::Extent(node.index);
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
  if (node.kind == NodeKind::WindowCount) {
    int64_t windows = 1;
    for (int64_t size : ArrayRef(shape).drop_front(2))
      windows *= WindowMaskOp::countWindows(size, static_cast<int64_t>(*first),
                                            static_cast<int64_t>(*second));
    return Term{nullptr, static_cast<double>(windows)};
  }
  shape[0] = shape[1] = 1;
  auto shapeAttr = s.list(shape);
  auto integer = [&](double value) {
    return s.builder().getI64IntegerAttr(static_cast<int64_t>(value));
  };
  Location loc = s.loc();
  Value number = s.read(&RunPlace::run)->number, mask;
  if (node.kind == NodeKind::WindowMask)
    mask = WindowMaskOp::create(s.builder(), loc, number, integer(*first), integer(*second),
                                shapeAttr);
  else
    mask = GridMaskOp::create(s.builder(), loc, number, integer(*first),
                              s.builder().getF64FloatAttr(*second), integer(*seed), shapeAttr);
  shape[0] = shapeOf(s.place().image)[0];
  return Term{buildBroadcast(s.builder(), loc, mask, shape)};
}

/// One-hot of the run's number over the target layer's channels.
static FailureOr<Term> channelMask(Scope &s) {
  Location loc = s.loc();
  ArrayRef<int64_t> layer = shapeOf(s.read(&WholePlace::layerValue));
  Value number = arith::IndexCastOp::create(s.builder(), loc, s.builder().getI64Type(),
                                            s.read(&RunPlace::run)->number);
  Value empty =
      tensor::EmptyOp::create(s.builder(), loc, layer.take_front(1), s.builder().getI64Type());
  Value index = s.make<linalg::FillOp>(number, empty);
  Value oneHot = OneHotOp::create(s.builder(), loc, index, s.builder().getI64IntegerAttr(layer[1]));
  SmallVector<int64_t> shape(layer.size(), 1);
  shape[0] = layer[0], shape[1] = layer[1];
  return Term{ReshapeOp::create(s.builder(), loc, oneHot, s.list(shape))};
}

FailureOr<Term> saliency::emitOfRun(Scope &s, const Node &node) {
  const Run *run = s.read(&RunPlace::run);
  auto known = [&](Value value) -> FailureOr<Term> {
    if (!value)
      return s.error("a rule reads what its place offers, found '" +
                     Twine(StringRef(rules::nameOf(node.kind))) + "' outside a run");
    return Term{value};
  };
  bool counts = node.kind == NodeKind::WindowCount || node.kind == NodeKind::ChannelCount;
  if (!counts && (!run || (rules::ofOneRun(node.kind) && !run->number)))
    return known(nullptr);
  auto asFloat = [&](Value index) {
    Value integer = s.make<arith::IndexCastOp>(s.builder().getI32Type(), index);
    return perSample(s, s.make<arith::SIToFPOp>(s.builder().getF32Type(), integer));
  };
  switch (node.kind) {
  case NodeKind::Point:
    return known(run->point);
  case NodeKind::PointLogits:
    return known(run->logits);
  case NodeKind::PointLayer:
    return known(run->layer);
  case NodeKind::RunNumber:
    return Term{asFloat(run->number)};
  case NodeKind::RunCount:
    return run->fixedCount ? Term{nullptr, static_cast<double>(*run->fixedCount)}
                           : Term{asFloat(run->count)};
  case NodeKind::QuadratureNode:
  case NodeKind::QuadratureWeight:
    return quadrature(s, node);
  case NodeKind::Normal:
  case NodeKind::Uniform:
    return draw(s, node);
  case NodeKind::GivenImage:
    return givenImage(s, node);
  case NodeKind::WindowMask:
  case NodeKind::GridMask:
  case NodeKind::WindowCount:
    return runMask(s, node);
  case NodeKind::ChannelMask:
    return channelMask(s);
  case NodeKind::ChannelCount:
    return s.read(&WholePlace::layerValue)
               ? FailureOr<Term>(Term{
                     nullptr, static_cast<double>(shapeOf(s.read(&WholePlace::layerValue))[1])})
               : known(nullptr);
  default:
    return s.error("a sum over runs does not stand inside another");
  }
}
