// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/attribution/emission/EmitExpression.h"

#include "dialect/ops/Builders.h"

using namespace mlir;
using namespace saliency;
using rules::Node;
using rules::NodeId;
using rules::NodeKind;

LogicalResult ExpressionEmitter::error(const Twine &message) const {
  return emitError(context->loc) << message;
}

FailureOr<Value> ExpressionEmitter::emit(OpBuilder &at, NodeId id, const ExpressionContext &where,
                                         ArrayRef<int64_t> shape) {
  builder = &at;
  context = &where;
  memo.clear();
  FailureOr<Term> result = term(id);
  if (failed(result))
    return failure();
  if (result->isNumber() && shape.empty()) // the same everywhere in the space of x
    shape = shapeOf(context->x);
  return shape.empty() ? result->value : tensor(*result, shape);
}

FailureOr<double> ExpressionEmitter::evaluate(OpBuilder &at, NodeId id,
                                              const ExpressionContext &where) {
  builder = &at;
  context = &where;
  memo.clear();
  return number(id);
}

FailureOr<double> ExpressionEmitter::number(NodeId id) {
  FailureOr<Term> result = term(id);
  if (failed(result))
    return failure();
  if (!result->isNumber())
    return error("this part of a rule is a number once the method is compiled, found a tensor");
  return result->number;
}

/// `term` as a tensor of `shape`; a per-sample value of lower rank gains trailing axes.
Value ExpressionEmitter::tensor(const Term &term, ArrayRef<int64_t> shape) {
  if (term.isNumber())
    return buildSplat(*builder, context->loc, shape, term.number);
  Value value = term.value;
  ArrayRef<int64_t> own = shapeOf(value);
  if (own.size() < shape.size() &&
      llvm::all_of(own.drop_front(), [](int64_t extent) { return extent == 1; })) {
    SmallVector<int64_t> padded(own);
    padded.resize(shape.size(), 1);
    value = ReshapeOp::create(*builder, context->loc, value, builder->getDenseI64ArrayAttr(padded));
  }
  return buildBroadcast(*builder, context->loc, value, shape);
}

FailureOr<ExpressionEmitter::Term> ExpressionEmitter::term(NodeId id) {
  if (auto found = memo.find(id); found != memo.end())
    return found->second;
  if (context->sums)
    if (Value sum = context->sums->lookup(id))
      return Term{sum};
  FailureOr<Term> result = build(method.getTable().node(id));
  if (succeeded(result))
    memo[id] = *result;
  return result;
}

FailureOr<ExpressionEmitter::Term> ExpressionEmitter::build(const Node &node) {
  switch (node.kind) {
  case NodeKind::Choose:
    return term(method.getNumber(node.index) == node.value ? node.a : node.b);
  case NodeKind::Parameter:
    return parameter(node);
  case NodeKind::LayerData:
    return layerData(node);
  case NodeKind::Constant:
    return Term{nullptr, node.value};
  case NodeKind::Neg:
  case NodeKind::Pos:
  case NodeKind::NegPart:
  case NodeKind::Abs:
  case NodeKind::Sign:
  case NodeKind::NonZero:
  case NodeKind::Square:
  case NodeKind::Sqrt:
  case NodeKind::Exp:
  case NodeKind::Sigmoid:
    return unary(node);
  case NodeKind::Add:
  case NodeKind::Sub:
  case NodeKind::Mul:
  case NodeKind::Max:
  case NodeKind::Min:
  case NodeKind::Less:
  case NodeKind::LessEqual:
  case NodeKind::Greater:
  case NodeKind::GreaterEqual:
  case NodeKind::Equal:
  case NodeKind::Where:
    return elementwise(node);
  case NodeKind::Divide:
    return divide(node);
  case NodeKind::ReduceSum:
  case NodeKind::ReduceMean:
  case NodeKind::ReduceMax:
  case NodeKind::ReduceMin:
  case NodeKind::CountNonZero:
  case NodeKind::Percentile:
    return reduce(node);
  case NodeKind::Forward:
  case NodeKind::Adjoint:
  case NodeKind::Correlate:
    return linear(node);
  case NodeKind::ForwardOp:
  case NodeKind::Vjp:
  case NodeKind::Gradient:
  case NodeKind::LayerAt:
    return derivative(node);
  case NodeKind::Principal:
    return principal(node);
  case NodeKind::Resize:
    return resize(node);
  case NodeKind::Collected:
    return fuse(node);
  case NodeKind::Entries:
    return entries(node);
  case NodeKind::Interior:
    return interior();
  case NodeKind::Neuron:
    return neuron(node);
  case NodeKind::WindowMean:
  case NodeKind::WindowMeanVjp:
    return windowMean(node);
  case NodeKind::MapChannelMean:
    return mapChannelMean(node);
  case NodeKind::OverOperands:
    return overOperands(node);
  case NodeKind::ForEachClass:
  case NodeKind::ClassCount:
    return overClasses(node);
  case NodeKind::Rollout:
    return rollout(node);
  case NodeKind::IdentityMatrix:
    return identityMatrix(node);
  case NodeKind::ClassToken:
    return classToken(node);
  case NodeKind::AtTokens:
    return atTokens(node);
  case NodeKind::AtClasses:
    return atClasses(node);
  case NodeKind::Blur:
    return blurred(node);
  default:
    return rules::ofRepetition(node.kind) ? ofRun(node) : terminal(node);
  }
}

/// What a rule calls channels: the axes that the op at hand combines, otherwise axis 1.
SmallVector<int64_t> ExpressionEmitter::featureAxes() const {
  auto layer = dyn_cast_or_null<LayerOpInterface>(context->layer);
  return layer ? layer.getFeatureAxes() : SmallVector<int64_t>{1};
}

/// One entry per channel, on the channels' axes.
FailureOr<ExpressionEmitter::Term> ExpressionEmitter::perChannel(Value value) {
  SmallVector<int64_t> shape(shapeOf(context->y ? context->y : context->x).size(), 1);
  for (auto [axis, extent] : llvm::zip_equal(featureAxes(), shapeOf(value)))
    shape[axis] = extent;
  return Term{
      ReshapeOp::create(*builder, context->loc, value, builder->getDenseI64ArrayAttr(shape))};
}

/// Of a bilinear op: the operand that is not at hand; null elsewhere.
Value ExpressionEmitter::otherOperand() const {
  auto product = dyn_cast_or_null<BilinearOpInterface>(context->layer);
  return product ? product->getOperand(1 - context->operand) : Value();
}

/// Whether layers besides the one at hand read its operand at hand.
bool ExpressionEmitter::isUsedElsewhere() const {
  return context->layer && llvm::any_of(context->layer->getOperand(context->operand).getUsers(),
                                        [&](Operation *user) {
                                          return user != context->layer &&
                                                 isa<LayerOpInterface>(user) &&
                                                 user->getBlock() == context->layer->getBlock();
                                        });
}

FailureOr<ExpressionEmitter::Term> ExpressionEmitter::terminal(const Node &node) {
  auto linear = dyn_cast_or_null<LinearMapOpInterface>(context->layer);
  auto norm = dyn_cast_or_null<BatchNormOp>(context->layer);
  auto layerNorm = dyn_cast_or_null<LayerNormOp>(context->layer);
  auto known = [&](Value value) -> FailureOr<Term> {
    if (!value)
      return error("a rule reads only what its op offers, found '" +
                   Twine(StringRef(rules::nameOf(node.kind))) + "' read of this op");
    return Term{value};
  };
  auto stream = [&](ArrayRef<Value> values) {
    return node.index < values.size() ? values[node.index] : Value();
  };
  switch (node.kind) {
  case NodeKind::X:
    return known(context->x);
  case NodeKind::Y:
    return known(leavesOutBias ? outputWithoutBias() : context->y);
  case NodeKind::R:
    return known(stream(context->r));
  case NodeKind::X0:
    return known(context->x0);
  case NodeKind::Y0:
    return known(context->y0);
  case NodeKind::Rise:
  case NodeKind::Fall: {
    if (!context->layer)
      return known(nullptr);
    auto [rise, fall] = sources.changeParts(*builder, context->layer->getOperand(context->operand));
    return Term{node.kind == NodeKind::Rise ? rise : fall};
  }
  case NodeKind::ImageX0:
    return known(context->image0);
  case NodeKind::Other:
    return known(otherOperand());
  case NodeKind::W:
    return known(linear ? linear.getLinearWeight() : Value());
  case NodeKind::B: {
    Value bias = linear ? linear.getLinearBias() : Value();
    if (!bias || leavesOutBias)
      return Term{nullptr, 0};
    return shapeOf(bias).size() == 1 ? perChannel(bias)
                                     : FailureOr<Term>(Term{bias}); // else one entry per position
  }
  case NodeKind::BiasIsFolded:
    return Term{nullptr, double(linear && linear->hasAttr(kFoldedBiasAttr))};
  case NodeKind::Gamma:
    return norm        ? perChannel(norm.getGamma())
           : layerNorm ? perChannel(layerNorm.getGamma())
                       : known(nullptr);
  case NodeKind::Beta:
    if (leavesOutBias)
      return Term{nullptr, 0};
    return norm        ? perChannel(norm.getBeta())
           : layerNorm ? perChannel(layerNorm.getBeta())
                       : known(nullptr);
  case NodeKind::Mean:
    return norm ? perChannel(norm.getMean())
                : known(layerNorm ? layerNorm.buildMean(*builder, context->loc, context->x)
                                  : Value());
  case NodeKind::Variance:
    return norm ? perChannel(norm.getVariance())
                : known(layerNorm ? layerNorm.buildVariance(*builder, context->loc, context->x)
                                  : Value());
  case NodeKind::UsedElsewhere:
    return Term{nullptr, double(isUsedElsewhere())};
  case NodeKind::IsBottleneck:
    return Term{nullptr, double(context->isBottleneck)};
  case NodeKind::BatchEpsilon:
    if (layerNorm)
      return Term{nullptr, layerNorm.getEpsilon().convertToFloat()};
    return norm ? FailureOr<Term>(Term{nullptr, norm.getEpsilon().convertToFloat()})
                : known(nullptr);
  case NodeKind::Ones: {
    Value shaped = node.space == rules::Space::Weight  ? linear ? linear.getLinearWeight() : Value()
                   : node.space == rules::Space::Layer ? context->layerValue
                   : node.space == rules::Space::Logits ? context->logits
                   : node.space == rules::Space::Out    ? context->y
                   : node.space == rules::Space::Other  ? otherOperand()
                                                        : context->x;
    return shaped ? FailureOr<Term>(Term{buildSplat(*builder, context->loc, shapeOf(shaped), 1)})
                  : known(nullptr);
  }
  case NodeKind::Layer:
    return known(context->layerValue);
  case NodeKind::ImageX:
    return known(context->image);
  case NodeKind::Logits:
    return known(context->logits);
  case NodeKind::Target:
    return known(context->target);
  case NodeKind::Map:
    return known(node.space == rules::Space::PerPixel ? context->map2d : stream(context->map));
  case NodeKind::HostileClass:
    return known(hostileClass);
  default:
    llvm_unreachable("every node kind is emitted");
  }
}

FailureOr<ExpressionEmitter::Term> ExpressionEmitter::parameter(const Node &node) {
  const rules::Parameter &parameter = method.getTable().parameters[node.index];
  if (parameter.kind != rules::ParameterKind::PerChannel)
    return Term{nullptr, method.getNumber(node.index)};
  ArrayRef<double> channels = method.getChannels(node.index);
  if (channels.size() == 1)
    return Term{nullptr, channels.front()};
  // One entry per channel of the network's input, which may reach the op flattened: an entry then
  // covers a run of cells.
  ArrayRef<int64_t> image = shapeOf(context->image), data = shapeOf(context->x);
  int64_t cells = ShapedType::getNumElements(image.drop_front(2));
  bool flattened = data.size() == 2 && image.size() > 2 && data[1] == image[1] * cells;
  if (int64_t(channels.size()) != image[1] || (data[1] != image[1] && !flattened))
    return error("parameter '" + Twine(StringRef(parameter.name)) +
                 "' has one entry per channel of the input (" + Twine(image[1]) + "), found " +
                 Twine(channels.size()) + " for data " + shapeText(data));
  SmallVector<int64_t> shape(data.size(), 1);
  shape[1] = data[1];
  SmallVector<float> values;
  for (double channel : channels)
    values.append(flattened ? cells : 1, float(channel));
  auto attribute =
      DenseElementsAttr::get(f32Tensor(builder->getContext(), shape), ArrayRef<float>(values));
  return Term{ConstantOp::create(*builder, context->loc, attribute)};
}

FailureOr<ExpressionEmitter::Term> ExpressionEmitter::linear(const Node &node) {
  auto map = dyn_cast_or_null<LinearMapOpInterface>(context->layer);
  FailureOr<Term> a = term(node.a), b = term(node.b);
  if (failed(a) || failed(b))
    return failure();
  if (!map)
    return error("forward, adjoint and correlate need a linear map at hand");
  ArrayRef<int64_t> input = shapeOf(context->x), output = shapeOf(context->y);
  Value weight = map.getLinearWeight();
  auto weights = [&](const Term &term) {
    return term.isNumber() ? tensor(term, shapeOf(weight)) : term.value;
  };
  Location loc = context->loc;
  if (node.kind == NodeKind::Correlate) {
    if (Value kernel = map.buildCorrelate(*builder, loc, tensor(*a, input), tensor(*b, output)))
      return Term{kernel};
    return error("this op has no weights to correlate");
  }
  if (!weight && !isa_and_nonnull<AvgPoolOp>(map.getOperation()))
    return error("this op has no weights");
  if (node.kind == NodeKind::Forward)
    return Term{map.buildLinear(*builder, loc, weights(*a), tensor(*b, input))};
  return Term{map.buildAdjoint(*builder, loc, weights(*a), tensor(*b, output))};
}

FailureOr<ExpressionEmitter::Term> ExpressionEmitter::derivative(const Node &node) {
  FailureOr<Term> a = term(node.a);
  if (failed(a))
    return failure();
  if (node.kind == NodeKind::Gradient) {
    FailureOr<Value> gradient =
        sources.gradient(*builder, a->value, node.space == rules::Space::Layer);
    return failed(gradient) ? FailureOr<Term>(failure()) : FailureOr<Term>(Term{*gradient});
  }
  if (node.kind == NodeKind::LayerAt) {
    FailureOr<Value> value = sources.layerAt(*builder, tensor(*a, shapeOf(context->image)));
    return failed(value) ? FailureOr<Term>(failure()) : FailureOr<Term>(Term{*value});
  }
  if (!context->layer)
    return error("vjp and forward need an op at hand");
  SmallVector<Value> data;
  for (unsigned number : cast<LayerOpInterface>(context->layer).getDataOperandNumbers())
    data.push_back(context->layer->getOperand(number));
  auto placeAt = [&](unsigned wanted, Value value) {
    for (auto [number, operand] :
         llvm::zip_equal(cast<LayerOpInterface>(context->layer).getDataOperandNumbers(), data))
      if (number == wanted)
        operand = value;
  };
  auto place = [&](Value value) { placeAt(context->operand, value); };
  auto placeOther = [&](NodeId id) -> LogicalResult {
    FailureOr<Term> other = id == rules::kNone ? FailureOr<Term>(Term{}) : term(id);
    if (failed(other) || id == rules::kNone)
      return other;
    placeAt(1 - context->operand, tensor(*other, shapeOf(otherOperand())));
    return success();
  };
  ArrayRef<int64_t> operandShape = shapeOf(context->layer->getOperand(context->operand));
  if (node.kind == NodeKind::ForwardOp) {
    place(tensor(*a, operandShape));
    if (failed(placeOther(node.b)))
      return failure();
    return Term{cast<LayerOpInterface>(context->layer).buildForward(*builder, context->loc, data)};
  }
  if (node.b != rules::kNone) {
    FailureOr<Term> at = term(node.b);
    if (failed(at))
      return failure();
    place(tensor(*at, operandShape));
  }
  if (failed(placeOther(node.c)))
    return failure();
  Value r = tensor(*a, shapeOf(context->layer->getResult(0)));
  if (Value product = cast<LayerOpInterface>(context->layer)
                          .buildVjp(*builder, context->loc, context->operand, r, data))
    return Term{product};
  return error("this op has no derivative with respect to operand " + Twine(context->operand));
}

/// The sum over the contexts of all operands; each evaluates the node with its own x and R.
FailureOr<ExpressionEmitter::Term> ExpressionEmitter::overOperands(const Node &node) {
  const ExpressionContext *own = context;
  Memo ownMemo = std::move(memo);
  FailureOr<Term> sum = failure();
  for (const ExpressionContext &peer : own->peers) {
    context = &peer;
    memo.clear();
    FailureOr<Term> operand = term(node.a);
    if (failed(operand)) {
      sum = failure();
      break;
    }
    bool isNumberPerSample = node.space == rules::Space::PerSample && !operand->isNumber();
    Value value = isNumberPerSample ? operand->value : tensor(*operand, shapeOf(peer.x));
    sum = succeeded(sum) ? Term{arith::AddFOp::create(*builder, own->loc, sum->value, value)}
                         : Term{value};
  }
  context = own;
  memo = std::move(ownMemo);
  return sum;
}

bool ExpressionEmitter::dependsOnHostileClass(NodeId id) const {
  if (id == rules::kNone)
    return false;
  const Node &node = method.getTable().node(id);
  return node.kind == NodeKind::HostileClass || dependsOnHostileClass(node.a) ||
         dependsOnHostileClass(node.b) || dependsOnHostileClass(node.c);
}

/// Emits, before the loop over classes, everything in it that is the same for all classes.
void ExpressionEmitter::emitIndependent(NodeId id, LogicalResult &result) {
  if (id == rules::kNone || failed(result))
    return;
  const Node &node = method.getTable().node(id);
  if (!dependsOnHostileClass(id)) {
    result = term(id);
    return;
  }
  for (NodeId operand : {node.a, node.b, node.c})
    emitIndependent(operand, result);
}

FailureOr<ExpressionEmitter::Term> ExpressionEmitter::overClasses(const Node &node) {
  auto wrap = [](FailureOr<Value> value) {
    return failed(value) ? FailureOr<Term>(failure()) : FailureOr<Term>(Term{*value});
  };
  if (node.kind == NodeKind::ClassCount)
    return wrap(sources.countClasses(*builder, context->loc, node.index));
  LogicalResult independent = success();
  emitIndependent(node.a, independent);
  if (failed(independent))
    return failure();
  if (!context->layerValue)
    return error("a sum over classes needs a target layer");
  Memo outside = memo;
  OpBuilder *outer = builder;
  FailureOr<Value> sum =
      sources.sumOverClasses(*builder, context->loc, node.index, tensorType(context->layerValue),
                             [&](OpBuilder &inside, Value oneHot) -> FailureOr<Value> {
                               builder = &inside;
                               hostileClass = oneHot;
                               FailureOr<Term> body = term(node.a);
                               FailureOr<Value> value =
                                   failed(body) ? FailureOr<Value>(failure())
                                                : tensor(*body, shapeOf(context->layerValue));
                               return value;
                             });
  builder = outer;
  hostileClass = nullptr;
  memo = std::move(outside);
  return wrap(sum);
}
