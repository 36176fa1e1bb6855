// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What reads a map's positions (its entries along spatial axes), a pool's windows and a map's
// borders.
#include "dialect/ops/Builders.h"
#include "passes/attribution/binding/LayerFacts.h"
#include "passes/attribution/emission/Emitters.h"
#include "passes/attribution/emission/SharedEnums.h"
#include "passes/attribution/network/Network.h"

using namespace mlir;
using namespace saliency;
using rules::Node;

FailureOr<Term> saliency::emitResize(Scope &s, const Node &node) {
  FailureOr<Term> map = s.term(node.a);
  if (failed(map))
    return failure();
  ArrayRef<int64_t> positions = shapeOf(s.place().image).drop_front(2);
  if (map->isNumber() || shapeOf(map->value).size() != positions.size() + 2)
    return s.error("a map is resized to an input with as many spatial axes (" +
                   Twine(positions.size()) + ")");
  auto mode =
      ResizeModeAttr::get(s.builder().getContext(), dialectMode(rules::ResizeMode(node.index)));
  return Term{s.make<ResizeOp>(map->value, mode, s.list(positions))};
}

/// What was collected, as one map.
FailureOr<Term> saliency::emitCollected(Scope &s, const Node &node) {
  const AtFinish *at = s.placeAs<AtFinish>();
  if (!at || at->collected.empty())
    return s.error(
        "a map of collected maps stands behind the way on which they are collected, found none");
  auto fusion = rules::Fusion(node.index);
  auto join = [&](Value a, Value b) {
    switch (fusion) {
    case rules::Fusion::Product:
      return s.make<arith::MulFOp>(a, b);
    case rules::Fusion::Max:
      return s.make<arith::MaximumFOp>(a, b);
    case rules::Fusion::Sum:
    case rules::Fusion::Mean:
      return s.make<arith::AddFOp>(a, b);
    }
    llvm_unreachable("every fusion is emitted");
  };
  Value fused = at->collected.front();
  for (Value map : ArrayRef(at->collected).drop_front())
    fused = join(fused, map);
  if (fusion != rules::Fusion::Mean)
    return Term{fused};
  Value share = s.splat(shapeOf(fused), 1.0 / static_cast<double>(at->collected.size()));
  return Term{s.make<arith::MulFOp>(fused, share)};
}

/// One factor per spatial axis, 1 x 1 x .. extent .. x 1: together smaller than the mask.
FailureOr<Term> saliency::emitInterior(Scope &s, const Node &) {
  ArrayRef<int64_t> output = shapeOf(s.y());
  Value mask;
  for (size_t axis = 2; axis < output.size(); ++axis) {
    SmallVector<int64_t> shape(output.size(), 1);
    shape[axis] = output[axis];
    SmallVector<float> inside(output[axis], 1);
    inside.front() = inside.back() = 0;
    Value factor = buildBroadcast(s.builder(), s.loc(), s.constant(shape, inside), output);
    mask = mask ? s.make<arith::MulFOp>(mask, factor) : factor;
  }
  return mask ? Term{mask} : Term{nullptr, 1};
}

/// 1 at the channel of the target layer that is most active at `place` (a mask; null: everywhere).
static Value mostActiveChannel(Scope &s, int64_t axis, function_ref<Value(Value)> atPlace) {
  ArrayRef<int64_t> layer = shapeOf(s.read(&WholePlace::layerValue));
  SmallVector<int64_t> axes = llvm::filter_to_vector(llvm::seq<int64_t>(1, layer.size()),
                                                     [&](int64_t i) { return i != axis; });
  Value activity = atPlace(s.sources.layerAtInput());
  if (!axes.empty())
    activity = s.reduce(activity, Reduction::Sum, axes);
  activity = s.reshape(activity, {layer[0], layer[axis]});
  Value most = s.make<ArgMaxOp>(activity);
  Value hot = s.make<OneHotOp>(most, s.builder().getI64IntegerAttr(layer[axis]));
  SmallVector<int64_t> shape(layer.size(), 1);
  shape[0] = layer[0];
  shape[axis] = layer[axis];
  return buildBroadcast(s.builder(), s.loc(), s.reshape(hot, shape), layer);
}

/// One-hot of the channel, and of the position where there is one, as constants that broadcast.
FailureOr<Term> saliency::emitNeuron(Scope &s, const Node &node) {
  FailureOr<double> channel = s.number(node.a), position = s.number(node.b);
  if (failed(channel) || failed(position))
    return failure();
  Value value = s.read(&WholePlace::layerValue);
  ArrayRef<int64_t> layer = shapeOf(value);
  int64_t axis = channelAxis(value), channels = layer[axis];
  int64_t positions = ShapedType::getNumElements(layer.drop_front()) / channels;
  if (*channel >= channels || *position >= positions)
    return s.error("a neuron of this layer has a channel from 0 to " + Twine(channels - 1) +
                   " and a position from 0 to " + Twine(positions - 1) + ", found channel " +
                   Twine(int64_t(*channel)) + " and position " + Twine(int64_t(*position)));
  auto oneHot = [&](ArrayRef<int64_t> shape, int64_t at) {
    SmallVector<float> entries(ShapedType::getNumElements(shape), 0.0f);
    entries[at] = 1;
    return buildBroadcast(s.builder(), s.loc(), s.constant(shape, entries), layer);
  };
  SmallVector<int64_t> ofChannels(layer.size(), 1), ofPositions(layer);
  ofChannels[axis] = channels;
  ofPositions[0] = ofPositions[axis] = 1;
  Value place = *position < 0 ? Value() : oneHot(ofPositions, static_cast<int64_t>(*position));
  auto atPlace = [&](Value value) { return place ? s.make<arith::MulFOp>(value, place) : value; };
  return Term{atPlace(*channel >= 0 ? oneHot(ofChannels, static_cast<int64_t>(*channel))
                                    : mostActiveChannel(s, axis, atPlace))};
}

/// The pool at hand, which selects one entry of each window; reports any other layer.
static FailureOr<SelectionOpInterface> poolAtHand(Scope &s) {
  if (auto pool = dyn_cast_or_null<SelectionOpInterface>(s.layer()))
    return pool;
  return s.error("windowMean needs a max pool at hand");
}

FailureOr<Term> saliency::emitWindowMean(Scope &s, const Node &node) {
  FailureOr<Value> a = s.value(node.a, shapeOf(s.place().x));
  FailureOr<SelectionOpInterface> pool = poolAtHand(s);
  if (failed(a) || failed(pool))
    return failure();
  return Term{pool->buildWindowMean(s.builder(), s.loc(), *a)};
}

FailureOr<Term> saliency::emitWindowMeanVjp(Scope &s, const Node &node) {
  FailureOr<Value> r = s.value(node.a, shapeOf(s.y()));
  FailureOr<SelectionOpInterface> pool = poolAtHand(s);
  if (failed(r) || failed(pool))
    return failure();
  return Term{pool->buildWindowMeanAdjoint(s.builder(), s.loc(), *r)};
}

FailureOr<Term> saliency::emitMapChannelMean(Scope &s, const Node &node) {
  FailureOr<Term> a = s.term(node.a);
  if (failed(a))
    return failure();
  Value map = s.layer() ? Network::flattenedMap(s.layer()) : Value();
  if (!map)
    return s.error("mapChannelMean needs a dense layer behind a flattened map");
  SmallVector<int64_t> flat(shapeOf(s.place().x)), shape(shapeOf(map));
  Value seen = s.reshape(s.tensor(*a, flat), shape);
  Value mean = s.reduce(seen, Reduction::Mean, {1});
  return Term{s.reshape(buildBroadcast(s.builder(), s.loc(), mean, shape), flat)};
}

/// A convolution of one channel, its kernel the outer product of 1 2 1 over 4 with itself, as often
/// as there are axes.
FailureOr<Term> saliency::emitBlur(Scope &s, const Node &node) {
  FailureOr<Term> map = s.term(node.a);
  if (failed(map))
    return failure();
  if (map->isNumber())
    return s.error("a map is blurred, found a number");
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
  Value weights = s.constant(shape, kernel);
  auto window = WindowAttr::get(s.builder().getContext(), threes, ones, ones, ones, ones);
  return Term{
      s.make<ConvOp>(map->value, weights, Value(), window, s.builder().getI64IntegerAttr(1))};
}
