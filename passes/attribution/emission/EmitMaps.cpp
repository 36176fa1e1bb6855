// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The emit reader, continued: what reads a map's positions, windows and borders.
#include "passes/attribution/emission/EmitExpression.h"

#include "dialect/ops/Builders.h"
#include "passes/attribution/network/Network.h"
#include "passes/attribution/walk/ReverseWalk.h"

using namespace mlir;
using namespace saliency;
using rules::Node;
using rules::NodeKind;

FailureOr<ExpressionEmitter::Term> ExpressionEmitter::entries(const Node &node) {
  FailureOr<Term> a = term(node.a);
  if (failed(a))
    return failure();
  if (a->isNumber())
    return error("entries are counted of a tensor, found a number");
  return Term{nullptr, double(ShapedType::getNumElements(shapeOf(a->value).drop_front()))};
}

FailureOr<ExpressionEmitter::Term> ExpressionEmitter::resize(const Node &node) {
  FailureOr<Term> map = term(node.a);
  if (failed(map))
    return failure();
  ArrayRef<int64_t> positions = shapeOf(context->image).drop_front(2);
  if (map->isNumber() || shapeOf(map->value).size() != positions.size() + 2)
    return error("a map is resized to an input with as many spatial axes (" +
                 Twine(positions.size()) + ")");
  static_assert(unsigned(rules::ResizeMode::Cubic) == unsigned(ResizeMode::Cubic),
                "one numbering of modes");
  auto mode = ResizeModeAttr::get(builder->getContext(), static_cast<ResizeMode>(node.index));
  return Term{ResizeOp::create(*builder, context->loc, map->value, mode,
                               builder->getDenseI64ArrayAttr(positions))};
}

/// What was collected, as one map.
FailureOr<ExpressionEmitter::Term> ExpressionEmitter::fuse(const Node &node) {
  if (context->collected.empty())
    return error(
        "a map of collected maps stands behind the way on which they are collected, found none");
  auto fusion = rules::Fusion(node.index);
  Location loc = context->loc;
  Value fused = context->collected.front();
  for (Value map : ArrayRef(context->collected).drop_front())
    fused = fusion == rules::Fusion::Product
                ? arith::MulFOp::create(*builder, loc, fused, map).getResult()
            : fusion == rules::Fusion::Max
                ? arith::MaximumFOp::create(*builder, loc, fused, map).getResult()
                : arith::AddFOp::create(*builder, loc, fused, map).getResult();
  if (fusion != rules::Fusion::Mean)
    return Term{fused};
  Value share = buildSplat(*builder, loc, shapeOf(fused),
                           1.0 / static_cast<double>(context->collected.size()));
  return Term{arith::MulFOp::create(*builder, loc, fused, share)};
}

/// One factor per spatial axis, 1 x 1 x .. extent .. x 1: together smaller than the mask.
FailureOr<ExpressionEmitter::Term> ExpressionEmitter::interior() {
  ArrayRef<int64_t> output = shapeOf(context->y);
  Value mask;
  for (size_t axis = 2; axis < output.size(); ++axis) {
    SmallVector<int64_t> shape(output.size(), 1);
    shape[axis] = output[axis];
    SmallVector<float> inside(output[axis], 1);
    inside.front() = inside.back() = 0;
    auto values =
        DenseElementsAttr::get(f32Tensor(builder->getContext(), shape), ArrayRef<float>(inside));
    Value factor = buildBroadcast(*builder, context->loc,
                                  ConstantOp::create(*builder, context->loc, values), output);
    mask = mask ? arith::MulFOp::create(*builder, context->loc, mask, factor) : factor;
  }
  return mask ? FailureOr<Term>(Term{mask}) : FailureOr<Term>(Term{nullptr, 1});
}

/// One-hot of the channel, and of the position where there is one, as constants that broadcast.
FailureOr<ExpressionEmitter::Term> ExpressionEmitter::neuron(const Node &node) {
  FailureOr<double> channel = number(node.a), position = number(node.b);
  if (failed(channel) || failed(position))
    return failure();
  ArrayRef<int64_t> layer = shapeOf(context->layerValue);
  int64_t axis = channelAxis(context->layerValue), channels = layer[axis];
  int64_t positions = ShapedType::getNumElements(layer.drop_front()) / channels;
  if (*channel >= channels || *position >= positions)
    return error("a neuron of this layer has a channel from 0 to " + Twine(channels - 1) +
                 " and a position from 0 to " + Twine(positions - 1) + ", found channel " +
                 Twine(int64_t(*channel)) + " and position " + Twine(int64_t(*position)));
  auto oneHot = [&](ArrayRef<int64_t> shape, int64_t at) {
    SmallVector<float> entries(ShapedType::getNumElements(shape), 0.0f);
    entries[at] = 1;
    auto values =
        DenseElementsAttr::get(f32Tensor(builder->getContext(), shape), ArrayRef<float>(entries));
    return buildBroadcast(*builder, context->loc,
                          ConstantOp::create(*builder, context->loc, values), layer);
  };
  SmallVector<int64_t> ofChannels(layer.size(), 1), ofPositions(layer);
  ofChannels[axis] = channels;
  ofPositions[0] = ofPositions[axis] = 1;
  Value place = *position < 0 ? Value() : oneHot(ofPositions, static_cast<int64_t>(*position));
  auto atPlace = [&](Value value) {
    return place ? arith::MulFOp::create(*builder, context->loc, value, place).getResult() : value;
  };
  if (*channel >= 0)
    return Term{atPlace(oneHot(ofChannels, static_cast<int64_t>(*channel)))};
  SmallVector<int64_t> axes = llvm::to_vector(llvm::make_filter_range(
      llvm::seq<int64_t>(1, layer.size()), [&](int64_t i) { return i != axis; }));
  Value activity = atPlace(sources.layerAtInput());
  if (!axes.empty())
    activity = ReduceOp::create(*builder, context->loc, activity,
                                ReductionAttr::get(builder->getContext(), Reduction::Sum),
                                builder->getDenseI64ArrayAttr(axes));
  activity = ReshapeOp::create(*builder, context->loc, activity,
                               builder->getDenseI64ArrayAttr({layer[0], channels}));
  Value most = ArgMaxOp::create(*builder, context->loc, activity);
  Value hot = OneHotOp::create(*builder, context->loc, most, builder->getI64IntegerAttr(channels));
  ofChannels[0] = layer[0];
  Value mask =
      ReshapeOp::create(*builder, context->loc, hot, builder->getDenseI64ArrayAttr(ofChannels));
  return Term{atPlace(buildBroadcast(*builder, context->loc, mask, layer))};
}

/// An average pool with the max pool's windows.
FailureOr<ExpressionEmitter::Term> ExpressionEmitter::windowMean(const Node &node) {
  FailureOr<Term> a = term(node.a);
  if (failed(a))
    return failure();
  auto pool = dyn_cast_or_null<MaxPoolOp>(context->layer);
  if (!pool)
    return error("windowMean needs a max pool at hand");
  if (node.kind == NodeKind::WindowMean)
    return Term{AvgPoolOp::create(*builder, context->loc, tensor(*a, shapeOf(context->x)),
                                  pool.getWindow(),
                                  /*count_include_pad=*/nullptr, pool.getCeilModeAttr())};
  return Term{AvgPoolAdjointOp::create(
      *builder, context->loc, tensor(*a, shapeOf(context->y)), pool.getWindow(),
      /*count_include_pad=*/nullptr, pool.getCeilModeAttr(),
      builder->getDenseI64ArrayAttr(shapeOf(context->x).drop_front(2)))};
}

FailureOr<ExpressionEmitter::Term> ExpressionEmitter::mapChannelMean(const Node &node) {
  FailureOr<Term> a = term(node.a);
  if (failed(a))
    return failure();
  Value map = context->layer ? Network::flattenedMap(context->layer) : Value();
  if (!map)
    return error("mapChannelMean needs a dense layer behind a flattened map");
  SmallVector<int64_t> flat(shapeOf(context->x)), shape(shapeOf(map));
  Value seen = ReshapeOp::create(*builder, context->loc, tensor(*a, flat),
                                 builder->getDenseI64ArrayAttr(shape));
  Value mean = ReduceOp::create(*builder, context->loc, seen,
                                ReductionAttr::get(builder->getContext(), Reduction::Mean),
                                builder->getDenseI64ArrayAttr({1}));
  return Term{ReshapeOp::create(*builder, context->loc,
                                buildBroadcast(*builder, context->loc, mean, shape),
                                builder->getDenseI64ArrayAttr(flat))};
}

/// N x classes as N x classes x 1 ..., the class maps' rank.
FailureOr<ExpressionEmitter::Term> ExpressionEmitter::atClasses(const Node &node) {
  FailureOr<Term> a = term(node.a);
  if (failed(a))
    return failure();
  ArrayRef<int64_t> classes = shapeOf(context->logits), layer = shapeOf(context->layerValue);
  if (layer[1] != classes[1])
    return error("the target layer has one channel a class, found " + shapeText(layer) + " for " +
                 Twine(classes[1]) + " classes");
  SmallVector<int64_t> shape(layer.size(), 1);
  llvm::copy(classes, shape.begin());
  return Term{ReshapeOp::create(*builder, context->loc, tensor(*a, classes),
                                builder->getDenseI64ArrayAttr(shape))};
}

/// A convolution of one channel, its kernel the outer product of 1 2 1 over 4 with itself, as often
/// as there are axes.
FailureOr<ExpressionEmitter::Term> ExpressionEmitter::blurred(const Node &node) {
  FailureOr<Term> map = term(node.a);
  if (failed(map))
    return failure();
  if (map->isNumber())
    return error("a map is blurred, found a number");
  size_t axes = shapeOf(map->value).size() - 2;
  SmallVector<float> kernel = {1};
  for (size_t axis = 0; axis != axes; ++axis) {
    SmallVector<float> next;
    for (float entry : kernel)
      next.append({entry / 4, entry / 2, entry / 4});
    kernel = std::move(next);
  }
  SmallVector<int64_t> shape(axes + 2, 3), ones(axes, 1), threes(axes, 3);
  shape[0] = shape[1] = 1;
  auto weights =
      DenseElementsAttr::get(f32Tensor(builder->getContext(), shape), ArrayRef<float>(kernel));
  Value constant = ConstantOp::create(*builder, context->loc, weights);
  auto window = WindowAttr::get(builder->getContext(), threes, ones, ones, ones, ones);
  return Term{ConvOp::create(*builder, context->loc, map->value, constant, Value(), window,
                             builder->getI64IntegerAttr(1))};
}
