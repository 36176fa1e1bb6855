// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Turns a row around. A row says what each entry of an *operand* gets; turned around it says what
// each *unit*, an entry of the layer's output, gives away. The report of lost relevance needs the
// second form, since it is units that lose relevance: to their bias, to a stabiliser, or because
// nothing contributes to them.
//
// An example: the rule LRP-epsilon of a dense layer y = W x + b, with a stabiliser e,
//
//     row             R'_i  =  x_i  sum_j W_ji (R_j / (y_j + e))          for each operand entry i
//     summed          sum_i R'_i  =  sum_j  (R_j / (y_j + e)) (sum_i W_ji x_i)
//     turned around            term j:  value  R_j / (y_j + e),  weight  z_j = sum_i W_ji x_i
//
// So the sum of what the operand gets is the sum over the units of value times weight, and of the
// R_j that arrived at unit j the fraction z_j / (z_j + b_j + e) is passed on: the bias keeps
// b_j / (z_j + b_j + e), the stabiliser the rest.
//
// How it is done: the sum over the operand's entries is linear in the row's result, so a weight,
// at first all ones, is carried from the result back through the expression, and each step is the
// transpose of the step of the row:
//   1. a product by x multiplies the weight by x; a sum passes it to both summands; adjoint(W, .)
//      turns into forward(W, .), a derivative into its transpose, a reduction into a broadcast;
//   2. a quotient with relevance in the numerator stays whole, since its denominator says where
//      relevance goes: it ends the way back as a term, with the weight that has come to it;
//   3. a step that has no transpose here (a maximum of relevance, say) ends the attempt: nothing
//      is known of this row, and the report calls its loss the rule's own.
//
// The weight z comes out as the same ops as a rule's own denominator, so that the two are equal to
// the last bit also where both are rounding errors.
#include "passes/attribution/emission/EmitTerms.h"

#include "dialect/ops/Builders.h"
#include "passes/attribution/emission/Emitters.h"
#include "passes/attribution/emission/SharedEnums.h"
#include "passes/attribution/network/Network.h"

#include <map>

using namespace mlir;
using namespace saliency;
using rules::Node;
using rules::NodeId;
using rules::NodeKind;

namespace {

/// The way from a row's result back to the terms, node by node; operands come before their users on
/// a tape.
class TermCollector {
public:
  explicit TermCollector(Scope &scope)
      : s(scope), at(*scope.placeAs<AtOp>()), b(scope.builder()), loc(at.loc) {
    auto layer = cast<LayerOpInterface>(at.layer);
    unitSpace = rules::isElementwise(capabilityOf(layer)) ? rules::Space::In : rules::Space::Out;
  }
  FailureOr<std::optional<RelevanceTerms>> run(NodeId root);

private:
  const Node &node(NodeId id) const { return s.node(id); }
  /// Whether a node changes with the relevance, other than in steps.
  bool varies(NodeId id);
  bool readsBias(NodeId id);
  bool readsOperand(NodeId id);
  template <class Wanted> bool reads(NodeId id, Wanted &&wanted);
  NodeId chosen(const Node &node) const {
    return s.method.getNumber(node.index) == node.value ? node.a : node.b;
  }

  /// Adds to the weight of a node, in its own shape.
  LogicalResult push(NodeId id, Value weight);
  LogicalResult visit(NodeId id, Value weight);
  LogicalResult visitChoice(NodeId id, Value weight);
  LogicalResult visitSum(NodeId id, Value weight);
  LogicalResult visitNegative(NodeId id, Value weight);
  LogicalResult visitLinear(NodeId id, Value weight);
  LogicalResult visitReduction(NodeId id, Value weight);
  LogicalResult visitProduct(NodeId id, Value weight);
  LogicalResult visitWhere(NodeId id, Value weight);
  LogicalResult visitQuotient(NodeId id, Value weight);
  LogicalResult visitVjp(NodeId id, Value weight);
  LogicalResult addTerm(NodeId id, Value weight);

  Value times(Value weight, Value factor);
  bool isOne(Value value) const;
  ArrayRef<int64_t> unitShape() const { return shapeOf(at.y); }

  Scope &s;
  const AtOp at;
  OpBuilder &b;
  Location loc;
  rules::Space unitSpace;
  std::map<NodeId, Value> weights;
  llvm::DenseMap<unsigned, bool> varying;
  RelevanceTerms terms;
  bool isComplete = true; // every way back was taken
};

} // namespace

FailureOr<std::optional<RelevanceTerms>> saliency::emitTerms(Scope &s, NodeId id) {
  return TermCollector(s).run(id);
}

FailureOr<std::optional<RelevanceTerms>> TermCollector::run(NodeId root) {
  if (failed(push(root, buildSplat(b, loc, shapeOf(at.x), 1))))
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

/// Words whose value moves in steps only: nothing of it is passed on.
static bool isStep(NodeKind kind) {
  constexpr NodeKind steps[] = {NodeKind::NonZero,      NodeKind::Sign,      NodeKind::CountNonZero,
                                NodeKind::Less,         NodeKind::LessEqual, NodeKind::Greater,
                                NodeKind::GreaterEqual, NodeKind::Equal};
  return llvm::is_contained(steps, kind);
}

bool TermCollector::varies(NodeId id) {
  if (id == rules::kNone)
    return false;
  if (auto found = varying.find(id); found != varying.end())
    return found->second;
  const Node &here = node(id);
  bool result = false;
  if (here.kind == NodeKind::R)
    result = here.index == 0; // further streams are no relevance
  else if (here.kind == NodeKind::Choose)
    result = varies(chosen(here));
  else if (here.kind == NodeKind::Where)
    result = varies(here.b) || varies(here.c);
  else if (!isStep(here.kind))
    result = varies(here.a) || varies(here.b) || varies(here.c);
  return varying[id] = result;
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
                         : Value(arith::MulFOp::create(b, loc, weight, factor));
}

LogicalResult TermCollector::push(NodeId id, Value weight) {
  FailureOr<Term> term = s.term(id);
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
  weight = buildReduceTo(b, loc, weight, padded);
  if (!weight) {
    isComplete = false;
    return success();
  }
  if (shape != padded)
    weight = ReshapeOp::create(b, loc, weight, b.getDenseI64ArrayAttr(shape));
  Value &sum = weights[id];
  sum = sum ? Value(arith::AddFOp::create(b, loc, sum, weight)) : weight;
  return success();
}

/// The words through which a weight goes back; any other one that varies is a term by itself.
LogicalResult TermCollector::visit(NodeId id, Value weight) {
  struct Transpose {
    NodeKind kind;
    LogicalResult (TermCollector::*of)(NodeId, Value);
  };
  constexpr Transpose transposes[] = {
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
  for (const Transpose &transpose : transposes)
    if (transpose.kind == node(id).kind)
      return (this->*transpose.of)(id, weight);
  return addTerm(id, weight);
}

LogicalResult TermCollector::visitChoice(NodeId id, Value weight) {
  return push(chosen(node(id)), weight);
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
  bool first = varies(here.a) &&
               (!varies(here.b) || reads(here.a, isQuotient) || !reads(here.b, isQuotient));
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

LogicalResult TermCollector::addTerm(NodeId id, Value weight) {
  const Node &here = node(id);
  isComplete &= here.space == unitSpace;
  if (!isComplete)
    return success();
  RelevanceTerm term{.node = id, .ofOperand = readsOperand(id)};
  FailureOr<Value> value = s.value(id, unitShape());
  if (failed(value))
    return failure();
  term.value = *value;
  term.weight = buildBroadcast(b, loc, weight, unitShape());
  if (here.kind == NodeKind::Divide) {
    FailureOr<Value> numerator = s.value(here.a, unitShape());
    FailureOr<Value> denominator = s.value(here.b, unitShape());
    if (failed(numerator) || failed(denominator))
      return failure();
    term.numerator = *numerator;
    term.denominator = *denominator;
    rules::Division division = s.method.getDivision(here);
    term.isStabilised = division != rules::Division::ZeroSafe && division != rules::Division::Plain;
    if (readsBias(here.b)) {
      Scope::WithoutBias withoutBias(s);
      FailureOr<Value> unbiased = s.value(here.b, unitShape());
      if (failed(unbiased))
        return failure();
      term.denominatorWithoutBias = *unbiased;
    }
  }
  terms.push_back(term);
  return success();
}
