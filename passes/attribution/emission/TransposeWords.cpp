// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What carries a weight back through one word of the rule language: the transpose of what the word
// does to relevance (step 1 of EmitTerms.cpp). A word has one where its row in Words.def says
// Transposed; a row that says so of another word does not compile without its transpose here.
#include "dialect/ops/Builders.h"
#include "passes/attribution/emission/SharedEnums.h"
#include "passes/attribution/emission/TermCollector.h"

using namespace mlir;
using namespace saliency;
using rules::Node;
using rules::NodeId;
using rules::NodeKind;

LogicalResult TermCollector::visit(NodeId id, Value weight) {
  struct Transpose {
    NodeKind word;
    LogicalResult (TermCollector::*of)(NodeId, Value);
  };
  static constexpr Transpose transposes[] = {
      {NodeKind::Choose, &TermCollector::visitChoice},
      {NodeKind::Add, &TermCollector::visitSum},
      {NodeKind::Sub, &TermCollector::visitSum},
      {NodeKind::Neg, &TermCollector::visitNegative},
      {NodeKind::Mul, &TermCollector::visitProduct},
      {NodeKind::Where, &TermCollector::visitWhere},
      {NodeKind::Divide, &TermCollector::visitQuotient},
      {NodeKind::Adjoint, &TermCollector::visitLinear},
      {NodeKind::Forward, &TermCollector::visitLinear},
      {NodeKind::Vjp, &TermCollector::visitVjp},
      {NodeKind::ReduceSum, &TermCollector::visitReduction},
      {NodeKind::ReduceMean, &TermCollector::visitReduction},
  };
  static constexpr auto find = [](NodeKind word) -> const Transpose * {
    for (const Transpose &transpose : transposes)
      if (transpose.word == word)
        return &transpose;
    return nullptr;
  };
  static_assert(
      [] {
        for (unsigned word = 0; word != rules::kWordCount; ++word)
          if (rules::standsIn(NodeKind(word), rules::words::Transposed) !=
              bool(find(NodeKind(word))))
            return false;
        return true;
      }(),
      "the words that Words.def calls Transposed have a transpose here, and no others do");

  const Transpose *transpose = find(node(id).kind);
  return transpose ? (this->*transpose->of)(id, weight) : addTerm(id, weight);
}

LogicalResult TermCollector::visitChoice(NodeId id, Value weight) {
  return push(s.method.chosen(node(id)), weight);
}

LogicalResult TermCollector::visitSum(NodeId id, Value weight) {
  const Node &here = node(id);
  if (failed(push(here.a, weight)))
    return failure();
  if (here.kind == NodeKind::Sub)
    weight = arith::NegFOp::create(b, loc, weight);
  return push(here.b, weight);
}

LogicalResult TermCollector::visitNegative(NodeId id, Value weight) {
  return push(node(id).a, arith::NegFOp::create(b, loc, weight));
}

/// adjoint(w, .) turns into forward(w, .), and the other way round.
LogicalResult TermCollector::visitLinear(NodeId id, Value weight) {
  const Node &here = node(id);
  if (!varies(here.b))
    return addTerm(id, weight);
  auto linear = cast<LinearMapOpInterface>(at.layer);
  FailureOr<Term> weights = s.term(here.a);
  if (failed(weights))
    return failure();
  Value own = linear.getLinearWeight();
  Value kernel = weights->value; // a correlate has one kernel per sample
  if (weights->isNumber() && own)
    kernel = buildSplat(b, loc, shapeOf(own), weights->number);
  return push(here.b, here.kind == NodeKind::Adjoint ? linear.buildLinear(b, loc, kernel, weight)
                                                     : linear.buildAdjoint(b, loc, kernel, weight));
}

LogicalResult TermCollector::visitReduction(NodeId id, Value weight) {
  const Node &here = node(id);
  FailureOr<Term> operand = s.term(here.a);
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

/// Of two factors that vary either may be followed, the other one standing still: the one with a
/// quotient says more.
LogicalResult TermCollector::visitProduct(NodeId id, Value weight) {
  const Node &here = node(id);
  auto isQuotient = [&](const Node &n) {
    return n.kind == NodeKind::Divide && n.space == unitSpace && varies(n.a);
  };
  bool first = varies(here.a) && (!varies(here.b) || s.method.reads(here.a, isQuotient) ||
                                  !s.method.reads(here.b, isQuotient));
  FailureOr<Value> factor = s.value(first ? here.b : here.a, shapeOf(weight));
  if (failed(factor))
    return failure();
  return push(first ? here.a : here.b, times(weight, *factor));
}

LogicalResult TermCollector::visitWhere(NodeId id, Value weight) {
  const Node &here = node(id);
  FailureOr<Term> condition = s.term(here.a);
  if (failed(condition))
    return failure();
  if (condition->isNumber())
    return push(condition->number != 0 ? here.b : here.c, weight);
  ArrayRef<int64_t> shape = shapeOf(weight);
  Value zero = buildSplat(b, loc, shape, 0);
  Value isTrue = buildCompare(b, loc, arith::CmpFPredicate::UNE, s.tensor(*condition, shape), zero);
  return success(succeeded(push(here.b, arith::SelectOp::create(b, loc, isTrue, weight, zero))) &&
                 succeeded(push(here.c, arith::SelectOp::create(b, loc, isTrue, zero, weight))));
}

/// A quotient per unit is a term; any other one only scales its numerator.
LogicalResult TermCollector::visitQuotient(NodeId id, Value weight) {
  const Node &here = node(id);
  FailureOr<Term> denominator = s.term(here.b);
  if (failed(denominator))
    return failure();
  if (!varies(here.a) || (here.space == unitSpace && !denominator->isNumber()))
    return addTerm(id, weight);
  FailureOr<double> epsilon = s.numberOrZero(here.c);
  if (failed(epsilon))
    return failure();
  auto division = DivisionAttr::get(b.getContext(), dialectDivision(s.method.getDivision(here)));
  return push(here.a, DivideOp::create(b, loc, weight, s.tensor(*denominator, shapeOf(weight)),
                                       division, b.getF32FloatAttr(*epsilon)));
}

/// The transpose of the ordinary derivative: of a linear map the map, of an elementwise op itself,
/// of a choice the same choice.
LogicalResult TermCollector::visitVjp(NodeId id, Value weight) {
  const Node &here = node(id);
  Operation *layer = at.layer;
  FailureOr<Value> x = at.x; // where the derivative is taken
  if (here.b != rules::kNone)
    x = s.value(here.b, shapeOf(at.x));
  if (failed(x))
    return failure();
  if (auto linear = dyn_cast<LinearMapOpInterface>(layer))
    return push(here.a, linear.buildLinear(b, loc, linear.getLinearWeight(), weight));
  if (isa<ActivationOpInterface, NormalisationOpInterface>(layer))
    if (Value product = cast<LayerOpInterface>(layer).buildVjp(b, loc, at.operand, weight, *x))
      return push(here.a, product);
  if (isa<SelectionOpInterface>(layer)) {
    if (isOne(weight))
      return push(here.a, buildSplat(b, loc, unitShape(), 1));
    if (weight == *x)
      return push(here.a,
                  *x == at.x ? at.y : cast<LayerOpInterface>(layer).buildForward(b, loc, *x));
  }
  if (isa<BilinearOpInterface>(layer)) {
    FailureOr<Value> other = layer->getOperand(1 - at.operand);
    if (here.c != rules::kNone)
      other = s.value(here.c, shapeOf(*other));
    if (failed(other))
      return failure();
    SmallVector<Value> data = {weight, *other};
    if (at.operand == 1)
      std::swap(data[0], data[1]);
    return push(here.a, cast<LayerOpInterface>(layer).buildForward(b, loc, data));
  }
  isComplete = false;
  return success();
}
