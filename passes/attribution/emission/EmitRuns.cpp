// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The emit reader, continued: what one run of a repetition reads.
#include "passes/attribution/emission/EmitExpression.h"

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
Value ExpressionEmitter::perSample(Value scalar) {
  SmallVector<int64_t> shape = {shapeOf(context->image)[0], 1};
  Value empty = tensor::EmptyOp::create(*builder, context->loc, shape, builder->getF32Type());
  return linalg::FillOp::create(*builder, context->loc, scalar, empty).getResult(0);
}

FailureOr<ExpressionEmitter::Term> ExpressionEmitter::ofRun(const Node &node) {
  const Run *run = context->run;
  auto known = [&](Value value) -> FailureOr<Term> {
    if (!value)
      return error("a rule reads what its place offers, found '" +
                   Twine(StringRef(rules::nameOf(node.kind))) + "' outside a run");
    return Term{value};
  };
  bool counts = node.kind == NodeKind::WindowCount || node.kind == NodeKind::ChannelCount;
  if (!counts && (!run || (rules::ofOneRun(node.kind) && !run->number)))
    return known(nullptr);
  auto asFloat = [&](Value index) {
    Value integer =
        arith::IndexCastOp::create(*builder, context->loc, builder->getI32Type(), index);
    return perSample(
        arith::SIToFPOp::create(*builder, context->loc, builder->getF32Type(), integer));
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
    return quadrature(node);
  case NodeKind::Normal:
  case NodeKind::Uniform:
    return draw(node);
  case NodeKind::GivenImage:
    return givenImage(node);
  case NodeKind::WindowMask:
  case NodeKind::GridMask:
  case NodeKind::WindowCount:
    return runMask(node);
  case NodeKind::ChannelMask:
    return channelMask();
  case NodeKind::ChannelCount:
    return context->layerValue ? FailureOr<Term>(Term{
                                     nullptr, static_cast<double>(shapeOf(context->layerValue)[1])})
                               : known(nullptr);
  default:
    return error("a sum over runs does not stand inside another");
  }
}

/// The run's entry of a table made at compile time.
FailureOr<ExpressionEmitter::Term> ExpressionEmitter::quadrature(const Node &node) {
  const rules::Parameter &parameter = method.getTable().parameters[node.index];
  int64_t count = *context->run->fixedCount;
  rules::QuadratureRule rule =
      rules::quadrature(parameter.options[size_t(method.getNumber(node.index))], unsigned(count));
  SmallVector<float> entries(
      llvm::map_range(node.kind == NodeKind::QuadratureNode ? rule.nodes : rule.weights,
                      [](double entry) { return static_cast<float>(entry); }));
  auto values =
      DenseElementsAttr::get(f32Tensor(builder->getContext(), count), ArrayRef<float>(entries));
  Value table = arith::ConstantOp::create(*builder, context->loc, values);
  return Term{
      perSample(tensor::ExtractOp::create(*builder, context->loc, table, context->run->number))};
}

FailureOr<ExpressionEmitter::Term> ExpressionEmitter::draw(const Node &node) {
  FailureOr<double> seed = number(node.a);
  if (failed(seed))
    return failure();
  bool normal = node.kind == NodeKind::Normal;
  SmallVector<int64_t> shape = {1, 1};
  if (normal)
    shape.assign(shapeOf(context->image));
  shape[0] =
      1; // the same for every sample, so that an explanation does not depend on its neighbours
  auto distribution = DistributionAttr::get(builder->getContext(),
                                            normal ? Distribution::Normal : Distribution::Uniform);
  Value entries =
      DrawOp::create(*builder, context->loc, context->run->number, distribution,
                     builder->getI64IntegerAttr(static_cast<int64_t>(*seed)),
                     builder->getI64IntegerAttr(node.index), builder->getDenseI64ArrayAttr(shape));
  shape[0] = shapeOf(context->image)[0];
  return Term{buildBroadcast(*builder, context->loc, entries, shape)};
}

FailureOr<ExpressionEmitter::Term> ExpressionEmitter::givenImage(const Node &node) {
  Location loc = context->loc;
  RankedTensorType type = saliency::tensorType(context->image);
  Value images = sources.callTensor(node.index);
  Value zero = arith::ConstantIndexOp::create(*builder, loc, 0);
  Value count = tensor::DimOp::create(*builder, loc, images, 0);
  Value none = arith::CmpIOp::create(*builder, loc, arith::CmpIPredicate::eq, count, zero);
  Memo outside = memo;
  OpBuilder *outer = builder;
  LogicalResult result = success();
  auto pick = scf::IfOp::create(
      *builder, loc, none,
      [&](OpBuilder &b, Location loc) {
        builder = &b;
        FailureOr<Term> otherwise = term(node.a);
        result = otherwise;
        Value value = failed(result) ? context->image : tensor(*otherwise, type.getShape());
        scf::YieldOp::create(b, loc, value);
      },
      [&](OpBuilder &b, Location loc) {
        size_t rank = type.getRank();
        SmallVector<OpFoldResult> offsets(rank, b.getIndexAttr(0)), steps(rank, b.getIndexAttr(1)),
            sizes;
        SmallVector<int64_t> shape(type.getShape());
        shape[0] = 1;
        offsets[0] = arith::RemUIOp::create(b, loc, context->run->number, count).getResult();
        for (int64_t extent : shape)
          sizes.push_back(b.getIndexAttr(extent));
        Value image = tensor::ExtractSliceOp::create(b, loc, f32Tensor(b.getContext(), shape),
                                                     images, offsets, sizes, steps);
        scf::YieldOp::create(b, loc, buildBroadcast(b, loc, image, type.getShape()));
      });
  builder = outer;
  memo = std::move(outside);
  if (failed(result))
    return failure();
  return Term{pick.getResult(0)};
}

FailureOr<ExpressionEmitter::Term> ExpressionEmitter::runMask(const Node &node) {
  FailureOr<double> first = number(node.a), second = number(node.b);
  FailureOr<double> seed = node.c == rules::kNone ? FailureOr<double>(0.0) : number(node.c);
  if (failed(first) || failed(second) || failed(seed))
    return failure();
  rules::Extent extent =
      node.kind == NodeKind::GridMask ? rules::Extent::Input : rules::Extent(node.index);
  SmallVector<int64_t> shape(
      shapeOf(extent == rules::Extent::Layer ? context->layerValue : context->image));
  if (extent == rules::Extent::Patches) {
    FailureOr<TokenGrid> grid = tokenGrid();
    if (failed(grid))
      return failure();
    shape.assign({1, 1, grid->rows, grid->columns});
  }
  if (shape.size() < 3)
    return error("a mask has spatial axes, found " + shapeText(shape));
  if (node.kind == NodeKind::WindowCount) {
    int64_t windows = 1;
    for (int64_t size : ArrayRef(shape).drop_front(2))
      windows *= WindowMaskOp::countWindows(size, static_cast<int64_t>(*first),
                                            static_cast<int64_t>(*second));
    return Term{nullptr, static_cast<double>(windows)};
  }
  shape[0] = shape[1] = 1;
  auto shapeAttr = builder->getDenseI64ArrayAttr(shape);
  auto integer = [&](double value) {
    return builder->getI64IntegerAttr(static_cast<int64_t>(value));
  };
  Location loc = context->loc;
  Value number = context->run->number, mask;
  if (node.kind == NodeKind::WindowMask)
    mask =
        WindowMaskOp::create(*builder, loc, number, integer(*first), integer(*second), shapeAttr);
  else
    mask = GridMaskOp::create(*builder, loc, number, integer(*first),
                              builder->getF64FloatAttr(*second), integer(*seed), shapeAttr);
  shape[0] = shapeOf(context->image)[0];
  return Term{buildBroadcast(*builder, loc, mask, shape)};
}

/// One-hot of the run's number over the target layer's channels.
FailureOr<ExpressionEmitter::Term> ExpressionEmitter::channelMask() {
  Location loc = context->loc;
  ArrayRef<int64_t> layer = shapeOf(context->layerValue);
  Value number =
      arith::IndexCastOp::create(*builder, loc, builder->getI64Type(), context->run->number);
  Value empty = tensor::EmptyOp::create(*builder, loc, layer.take_front(1), builder->getI64Type());
  Value index = linalg::FillOp::create(*builder, loc, number, empty).getResult(0);
  Value oneHot = OneHotOp::create(*builder, loc, index, builder->getI64IntegerAttr(layer[1]));
  SmallVector<int64_t> shape(layer.size(), 1);
  shape[0] = layer[0], shape[1] = layer[1];
  return Term{ReshapeOp::create(*builder, loc, oneHot, builder->getDenseI64ArrayAttr(shape))};
}
