// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The part of the emit reader that turns a row around: from how much every entry of the operand
// gets to how much every unit of the output gives. Each step is the transpose of a linear one, so
// the sums are the same; quotients with relevance in the numerator stay whole, since their
// denominators say where relevance goes. The sum of contributions comes out as the same ops as a
// rule's own denominator, so the two are equal to the last bit also where both are rounding errors.
#include "passes/attribution/emission/EmitExpression.h"

#include "dialect/ops/Builders.h"
#include "passes/attribution/network/Network.h"

using namespace mlir;
using namespace saliency;
using rules::Node;
using rules::NodeId;
using rules::NodeKind;

namespace saliency {

/// The way from a row's result back to the terms, node by node; operands come before their users on
/// a tape.
class TermCollector {
public:
  TermCollector(ExpressionEmitter &emitter) : e(emitter), loc(emitter.context->loc) {
    auto layer = cast<LayerOpInterface>(e.context->layer);
    unitSpace = rules::isElementwise(capabilityOf(layer)) ? rules::Space::In : rules::Space::Out;
  }
  FailureOr<std::optional<RelevanceTerms>> run(NodeId root);

private:
  const Node &node(NodeId id) const { return e.method.getTable().node(id); }
  /// Whether a node changes with the relevance, other than in steps.
  bool varies(NodeId id);
  bool readsBias(NodeId id);
  bool readsOperand(NodeId id);
  template <class Wanted> bool reads(NodeId id, Wanted &&wanted);
  NodeId chosen(const Node &node) const {
    return e.method.getNumber(node.index) == node.value ? node.a : node.b;
  }

  /// Adds to the weight of a node, in its own shape.
  LogicalResult push(NodeId id, Value weight);
  LogicalResult visit(NodeId id, Value weight);
  LogicalResult visitProduct(const Node &node, Value weight);
  LogicalResult visitWhere(const Node &node, Value weight);
  LogicalResult visitQuotient(NodeId id, Value weight);
  LogicalResult visitVjp(const Node &node, Value weight);
  LogicalResult addTerm(NodeId id, Value weight);

  FailureOr<Value> valueOf(NodeId id, ArrayRef<int64_t> shape);
  Value times(Value weight, Value factor);
  bool isOne(Value value) const;
  ArrayRef<int64_t> unitShape() const { return shapeOf(e.context->y); }

  ExpressionEmitter &e;
  Location loc;
  rules::Space unitSpace;
  std::map<NodeId, Value> weights;
  llvm::DenseMap<unsigned, bool> varying;
  RelevanceTerms terms;
  bool isComplete = true; // every way back was taken
};

} // namespace saliency

FailureOr<std::optional<RelevanceTerms>> ExpressionEmitter::terms(OpBuilder &at, NodeId id,
                                                                  const ExpressionContext &where) {
  builder = &at;
  context = &where;
  return TermCollector(*this).run(id);
}

FailureOr<std::optional<RelevanceTerms>> TermCollector::run(NodeId root) {
  if (failed(push(root, buildSplat(*e.builder, loc, shapeOf(e.context->x), 1))))
    return failure();
  while (!weights.empty()) {
    auto last = std::prev(weights.end());
    auto [id, weight] = *last;
    weights.erase(last);
    if (failed(visit(id, weight)))
      return failure();
  }
  return isComplete ? std::optional(std::move(terms)) : std::nullopt;
}

template <class Wanted> bool TermCollector::reads(NodeId id, Wanted &&wanted) {
  if (id == rules::kNone)
    return false;
  const Node &here = node(id);
  if (wanted(here))
    return true;
  if (here.kind == NodeKind::Choose)
    return reads(chosen(here), wanted);
  return reads(here.a, wanted) || reads(here.b, wanted) || reads(here.c, wanted);
}

bool TermCollector::readsBias(NodeId id) {
  return reads(id, [](const Node &n) {
    return n.kind == NodeKind::B || n.kind == NodeKind::Y || n.kind == NodeKind::Beta;
  });
}

bool TermCollector::readsOperand(NodeId id) {
  return reads(id, [](const Node &n) {
    return n.kind == NodeKind::X || n.kind == NodeKind::Other || n.kind == NodeKind::X0;
  });
}

bool TermCollector::varies(NodeId id) {
  if (id == rules::kNone)
    return false;
  if (auto found = varying.find(id); found != varying.end())
    return found->second;
  const Node &here = node(id);
  bool result;
  switch (here.kind) {
  case NodeKind::R:
    result = here.index == 0; // further streams are no relevance
    break;
  case NodeKind::NonZero:
  case NodeKind::Sign:
  case NodeKind::CountNonZero:
  case NodeKind::Less:
  case NodeKind::LessEqual:
  case NodeKind::Greater:
  case NodeKind::GreaterEqual:
  case NodeKind::Equal:
    result = false;
    break;
  case NodeKind::Choose:
    result = varies(chosen(here));
    break;
  case NodeKind::Where:
    result = varies(here.b) || varies(here.c);
    break;
  default:
    result = varies(here.a) || varies(here.b) || varies(here.c);
  }
  return varying[id] = result;
}

FailureOr<Value> TermCollector::valueOf(NodeId id, ArrayRef<int64_t> shape) {
  FailureOr<ExpressionEmitter::Term> term = e.term(id);
  return failed(term) ? FailureOr<Value>(failure()) : FailureOr<Value>(e.tensor(*term, shape));
}

bool TermCollector::isOne(Value value) const {
  DenseElementsAttr constant;
  return matchPattern(value, m_Constant(&constant)) && constant.isSplat() &&
         constant.getSplatValue<float>() == 1;
}

/// A product without the factor 1, so that equal terms stay equal values.
Value TermCollector::times(Value weight, Value factor) {
  return isOne(weight)   ? factor
         : isOne(factor) ? weight
                         : Value(arith::MulFOp::create(*e.builder, loc, weight, factor));
}

LogicalResult TermCollector::push(NodeId id, Value weight) {
  FailureOr<ExpressionEmitter::Term> term = e.term(id);
  if (failed(term))
    return failure();
  if (!varies(id)) { // a part that is there without relevance
    isComplete &= term->isNumber() && term->number == 0;
    return success();
  }
  if (term->isNumber()) // as 0 R
    return success();
  SmallVector<int64_t> shape(shapeOf(term->value)), padded = shape;
  if (shape.size() < shapeOf(weight).size())
    padded.resize(shapeOf(weight).size(), 1); // one number per sample
  weight = buildReduceTo(*e.builder, loc, weight, padded);
  if (!weight) {
    isComplete = false;
    return success();
  }
  if (shape != padded)
    weight = ReshapeOp::create(*e.builder, loc, weight, e.builder->getDenseI64ArrayAttr(shape));
  Value &sum = weights[id];
  sum = sum ? Value(arith::AddFOp::create(*e.builder, loc, sum, weight)) : weight;
  return success();
}

LogicalResult TermCollector::visit(NodeId id, Value weight) {
  const Node &here = node(id);
  OpBuilder &b = *e.builder;
  auto linear = dyn_cast<LinearMapOpInterface>(e.context->layer);
  switch (here.kind) {
  case NodeKind::Choose:
    return push(chosen(here), weight);
  case NodeKind::Add:
    return success(succeeded(push(here.a, weight)) && succeeded(push(here.b, weight)));
  case NodeKind::Sub:
    return success(succeeded(push(here.a, weight)) &&
                   succeeded(push(here.b, arith::NegFOp::create(b, loc, weight))));
  case NodeKind::Neg:
    return push(here.a, arith::NegFOp::create(b, loc, weight));
  case NodeKind::Mul:
    return visitProduct(here, weight);
  case NodeKind::Where:
    return visitWhere(here, weight);
  case NodeKind::Divide:
    return visitQuotient(id, weight);
  case NodeKind::Adjoint:
  case NodeKind::Forward: {
    if (!varies(here.b))
      break;
    FailureOr<ExpressionEmitter::Term> weights = e.term(here.a);
    if (failed(weights))
      return failure();
    Value own = linear.getLinearWeight(),
          kernel = weights->value; // a correlate has one kernel per sample
    if (weights->isNumber() && own)
      kernel = buildSplat(b, loc, shapeOf(own), weights->number);
    return push(here.b, here.kind == NodeKind::Adjoint
                            ? linear.buildLinear(b, loc, kernel, weight)
                            : linear.buildAdjoint(b, loc, kernel, weight));
  }
  case NodeKind::Vjp:
    return visitVjp(here, weight);
  case NodeKind::ReduceSum:
  case NodeKind::ReduceMean: {
    FailureOr<ExpressionEmitter::Term> operand = e.term(here.a);
    if (failed(operand) || operand->isNumber())
      return failure();
    ArrayRef<int64_t> shape = shapeOf(operand->value);
    double count = here.kind == NodeKind::ReduceSum
                       ? 1
                       : double(ShapedType::getNumElements(shape)) /
                             double(ShapedType::getNumElements(shapeOf(weight)));
    Value spread = buildBroadcast(b, loc, weight, shape);
    return push(here.a, times(spread, buildSplat(b, loc, shape, 1 / count)));
  }
  default:
    break;
  }
  return addTerm(id, weight);
}

/// Of two factors that vary either may be followed, the other one standing still: the one with a
/// quotient says more.
LogicalResult TermCollector::visitProduct(const Node &here, Value weight) {
  auto isQuotient = [&](const Node &n) {
    return n.kind == NodeKind::Divide && n.space == unitSpace && varies(n.a);
  };
  bool first = varies(here.a) &&
               (!varies(here.b) || reads(here.a, isQuotient) || !reads(here.b, isQuotient));
  FailureOr<Value> factor = valueOf(first ? here.b : here.a, shapeOf(weight));
  if (failed(factor))
    return failure();
  return push(first ? here.a : here.b, times(weight, *factor));
}

LogicalResult TermCollector::visitWhere(const Node &here, Value weight) {
  FailureOr<ExpressionEmitter::Term> condition = e.term(here.a);
  if (failed(condition))
    return failure();
  if (condition->isNumber())
    return push(condition->number != 0 ? here.b : here.c, weight);
  OpBuilder &b = *e.builder;
  ArrayRef<int64_t> shape = shapeOf(weight);
  Value zero = buildSplat(b, loc, shape, 0);
  Value isTrue = buildCompare(b, loc, arith::CmpFPredicate::UNE, e.tensor(*condition, shape), zero);
  return success(succeeded(push(here.b, arith::SelectOp::create(b, loc, isTrue, weight, zero))) &&
                 succeeded(push(here.c, arith::SelectOp::create(b, loc, isTrue, zero, weight))));
}

/// A quotient per unit is a term; any other one only scales its numerator.
LogicalResult TermCollector::visitQuotient(NodeId id, Value weight) {
  const Node &here = node(id);
  FailureOr<ExpressionEmitter::Term> denominator = e.term(here.b);
  if (failed(denominator))
    return failure();
  if (!varies(here.a) || (here.space == unitSpace && !denominator->isNumber()))
    return addTerm(id, weight);
  FailureOr<double> epsilon = here.c == rules::kNone ? FailureOr<double>(0.0) : e.number(here.c);
  if (failed(epsilon))
    return failure();
  auto division =
      DivisionAttr::get(e.builder->getContext(), static_cast<Division>(e.method.getDivision(here)));
  return push(here.a,
              DivideOp::create(*e.builder, loc, weight, e.tensor(*denominator, shapeOf(weight)),
                               division, e.builder->getF32FloatAttr(*epsilon)));
}

/// The transpose of the ordinary derivative: of a linear map the map, of an elementwise op itself,
/// of a choice the same choice.
LogicalResult TermCollector::visitVjp(const Node &here, Value weight) {
  OpBuilder &b = *e.builder;
  Operation *layer = e.context->layer;
  FailureOr<Value> at = e.context->x;
  if (here.b != rules::kNone)
    at = valueOf(here.b, shapeOf(e.context->x));
  if (failed(at))
    return failure();
  if (auto linear = dyn_cast<LinearMapOpInterface>(layer))
    return push(here.a, linear.buildLinear(b, loc, linear.getLinearWeight(), weight));
  if (isa<ActivationOpInterface, NormalisationOpInterface>(layer))
    if (Value product =
            cast<LayerOpInterface>(layer).buildVjp(b, loc, e.context->operand, weight, *at))
      return push(here.a, product);
  if (isa<SelectionOpInterface>(layer)) {
    if (isOne(weight))
      return push(here.a, buildSplat(b, loc, unitShape(), 1));
    if (weight == *at)
      return push(here.a, *at == e.context->x
                              ? e.context->y
                              : cast<LayerOpInterface>(layer).buildForward(b, loc, *at));
  }
  if (isa<BilinearOpInterface>(layer)) {
    FailureOr<Value> other = layer->getOperand(1 - e.context->operand);
    if (here.c != rules::kNone)
      other = valueOf(here.c, shapeOf(*other));
    if (failed(other))
      return failure();
    SmallVector<Value> data = {weight, *other};
    if (e.context->operand == 1)
      std::swap(data[0], data[1]);
    return push(here.a, cast<LayerOpInterface>(layer).buildForward(b, loc, data));
  }
  isComplete = false;
  return success();
}

LogicalResult TermCollector::addTerm(NodeId id, Value weight) {
  const Node &here = node(id);
  isComplete &= here.space == unitSpace;
  if (!isComplete)
    return success();
  RelevanceTerm term{.node = id, .ofOperand = readsOperand(id)};
  FailureOr<Value> value = valueOf(id, unitShape());
  if (failed(value))
    return failure();
  term.value = *value;
  term.weight = buildBroadcast(*e.builder, loc, weight, unitShape());
  if (here.kind == NodeKind::Divide) {
    FailureOr<Value> a = valueOf(here.a, unitShape()), b = valueOf(here.b, unitShape());
    if (failed(a) || failed(b))
      return failure();
    term.numerator = *a;
    term.denominator = *b;
    rules::Division division = e.method.getDivision(here);
    term.isStabilised = division != rules::Division::ZeroSafe && division != rules::Division::Plain;
    if (readsBias(here.b)) {
      FailureOr<Value> unbiased = e.withoutBias(here.b, unitShape());
      if (failed(unbiased))
        return failure();
      term.denominatorWithoutBias = *unbiased;
    }
  }
  terms.push_back(term);
  return success();
}

/// Node `id` as if the layer had no bias.
FailureOr<Value> ExpressionEmitter::withoutBias(NodeId id, ArrayRef<int64_t> shape) {
  Memo own = std::move(memo);
  memo.clear();
  leavesOutBias = true;
  FailureOr<Term> result = term(id);
  FailureOr<Value> value =
      failed(result) ? FailureOr<Value>(failure()) : FailureOr<Value>(tensor(*result, shape));
  leavesOutBias = false;
  memo = std::move(own);
  return value;
}

/// The output without the part that no input contributes; the output itself where there is none.
Value ExpressionEmitter::outputWithoutBias() {
  Operation *layer = context->layer;
  if (auto linear = dyn_cast_or_null<LinearMapOpInterface>(layer); linear && linear.getLinearBias())
    return linear.buildLinear(*builder, context->loc, linear.getLinearWeight(), context->x);
  if (auto norm = dyn_cast_or_null<NormalisationOpInterface>(layer))
    return cast<LayerOpInterface>(layer).buildVjp(*builder, context->loc, 0, context->x,
                                                  context->x);
  if (auto norm = dyn_cast_or_null<LayerNormOp>(layer)) {
    FailureOr<Term> shift = perChannel(norm.getBeta());
    return arith::SubFOp::create(*builder, context->loc, context->y,
                                 tensor(*shift, shapeOf(context->y)));
  }
  return context->y;
}
