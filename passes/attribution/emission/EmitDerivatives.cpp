// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The products of a linear map with any weights, the function and the derivative of any layer at
// any data, and gradients of the whole network.
#include "dialect/ops/Builders.h"
#include "passes/attribution/emission/Emitters.h"

using namespace mlir;
using namespace saliency;
using rules::Node;
using rules::NodeId;

namespace {

/// A product of the linear map at hand and its two operands, emitted in their order.
struct MapProduct {
  LinearMapOpInterface map;
  Term a, b;
  ArrayRef<int64_t> input, output;

  static FailureOr<MapProduct> of(Scope &s, const Node &node) {
    auto map = dyn_cast_or_null<LinearMapOpInterface>(s.layer());
    FailureOr<Term> a = s.term(node.a), b = s.term(node.b);
    if (failed(a) || failed(b))
      return failure();
    if (!map)
      return s.error("forward, adjoint and correlate need a linear map at hand");
    return MapProduct{map, *a, *b, shapeOf(s.place().x), shapeOf(s.y())};
  }

  /// Operand a as weights.
  FailureOr<Value> weights(Scope &s) {
    Value own = map.getLinearWeight();
    if (a.isNumber() && !own)
      return s.error("this op has no weights");
    return a.isNumber() ? s.tensor(a, shapeOf(own)) : a.value;
  }
};

} // namespace

FailureOr<Term> saliency::emitLinear(Scope &s, const Node &node, bool isAdjoint) {
  FailureOr<MapProduct> product = MapProduct::of(s, node);
  FailureOr<Value> weights = failed(product) ? FailureOr<Value>(failure()) : product->weights(s);
  if (failed(weights))
    return failure();
  Value data = s.tensor(product->b, isAdjoint ? product->output : product->input);
  return Term{isAdjoint ? product->map.buildAdjoint(s.builder(), s.loc(), *weights, data)
                        : product->map.buildLinear(s.builder(), s.loc(), *weights, data)};
}

FailureOr<Term> saliency::emitCorrelate(Scope &s, const Node &node) {
  FailureOr<MapProduct> product = MapProduct::of(s, node);
  if (failed(product))
    return failure();
  Value x = s.tensor(product->a, product->input), r = s.tensor(product->b, product->output);
  if (Value kernel = product->map.buildCorrelate(s.builder(), s.loc(), x, r))
    return Term{kernel};
  return s.error("this op has no weights to correlate");
}

namespace {

/// The data operands of the layer at hand, some of them replaced.
struct DataOperands {
  LayerOpInterface layer;
  SmallVector<unsigned> numbers;
  SmallVector<Value> values;

  explicit DataOperands(LayerOpInterface layer)
      : layer(layer), numbers(layer.getDataOperandNumbers()) {
    for (unsigned number : numbers)
      values.push_back(layer->getOperand(number));
  }
  void replace(unsigned number, Value value) {
    for (auto [known, operand] : llvm::zip_equal(numbers, values))
      if (known == number)
        operand = value;
  }
  /// Operand `number` by node `id`, if there is one.
  LogicalResult replaceBy(Scope &s, unsigned number, NodeId id) {
    if (id == rules::kNone)
      return success();
    FailureOr<Value> value = s.value(id, shapeOf(layer->getOperand(number)));
    if (succeeded(value))
      replace(number, *value);
    return value;
  }
};

} // namespace

/// The layer at hand; reports a place without one.
static FailureOr<LayerOpInterface> layerAtHand(Scope &s) {
  if (auto layer = dyn_cast_or_null<LayerOpInterface>(s.layer()))
    return layer;
  return s.error("vjp and forward need an op at hand");
}

FailureOr<Term> saliency::emitForwardOp(Scope &s, const Node &node) {
  FailureOr<Term> x = s.term(node.a);
  if (failed(x))
    return failure();
  FailureOr<LayerOpInterface> layer = layerAtHand(s);
  if (failed(layer))
    return failure();
  unsigned operand = s.read(&AtOp::operand);
  DataOperands data(*layer);
  data.replace(operand, s.tensor(*x, shapeOf((*layer)->getOperand(operand))));
  if (failed(data.replaceBy(s, 1 - operand, node.b)))
    return failure();
  return Term{layer->buildForward(s.builder(), s.loc(), data.values)};
}

FailureOr<Term> saliency::emitVjp(Scope &s, const Node &node) {
  FailureOr<Term> r = s.term(node.a);
  if (failed(r))
    return failure();
  FailureOr<LayerOpInterface> layer = layerAtHand(s);
  if (failed(layer))
    return failure();
  unsigned operand = s.read(&AtOp::operand);
  DataOperands data(*layer);
  if (failed(data.replaceBy(s, operand, node.b)) || failed(data.replaceBy(s, 1 - operand, node.c)))
    return failure();
  Value arrived = s.tensor(*r, shapeOf((*layer)->getResult(0)));
  if (Value product = layer->buildVjp(s.builder(), s.loc(), operand, arrived, data.values))
    return Term{product};
  return s.error("this op has no derivative with respect to operand " + Twine(operand));
}

FailureOr<Term> saliency::emitGradient(Scope &s, const Node &node) {
  FailureOr<Term> weights = s.term(node.a);
  if (failed(weights))
    return failure();
  bool atLayer = node.space == rules::Space::Layer;
  return orFailure(s.sources.gradient(s.builder(), weights->value, atLayer));
}

FailureOr<Term> saliency::emitLayerAt(Scope &s, const Node &node) {
  FailureOr<Value> input = s.value(node.a, shapeOf(s.place().image));
  if (failed(input))
    return failure();
  return orFailure(s.sources.layerAt(s.builder(), *input));
}
