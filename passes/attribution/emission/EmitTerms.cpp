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
#include "passes/attribution/emission/TermCollector.h"

using namespace mlir;
using namespace saliency;
using rules::Node;
using rules::NodeId;
using rules::NodeKind;

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
    result = varies(s.method.chosen(here));
  else if (here.kind == NodeKind::Where)
    result = varies(here.b) || varies(here.c);
  else if (!rules::standsIn(here.kind, rules::words::Steps))
    result = varies(here.a) || varies(here.b) || varies(here.c);
  return varying[id] = result;
}

bool TermCollector::isOne(Value value) {
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

LogicalResult TermCollector::addTerm(NodeId id, Value weight) {
  const Node &here = node(id);
  isComplete &= here.space == unitSpace;
  if (!isComplete)
    return success();
  RelevanceTerm term{.node = id, .ofOperand = reads(id, rules::words::OfOperand)};
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
    if (reads(here.b, rules::words::WithBias)) {
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
