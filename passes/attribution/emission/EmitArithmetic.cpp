// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Arithmetic entry by entry. Numbers are computed here, tensors by ops.
#include "dialect/ops/Builders.h"
#include "passes/attribution/emission/Emitters.h"
#include "passes/attribution/emission/SharedEnums.h"

using namespace mlir;
using namespace saliency;
using arith::CmpFPredicate;
using rules::Node;
using rules::NodeId;

/// 1 where `condition` holds, else 0.
static Value mask(Scope &s, Value condition) {
  return s.make<arith::UIToFPOp>(f32Tensor(s.builder().getContext(), shapeOf(condition)),
                                 condition);
}

static Value compare(Scope &s, CmpFPredicate predicate, Value a, Value b) {
  return buildCompare(s.builder(), s.loc(), predicate, a, b);
}

static Value compareWithZero(Scope &s, CmpFPredicate predicate, Value a) {
  return compare(s, predicate, a, s.splat(shapeOf(a), 0));
}

Value saliency::emitPart(Scope &s, Value a, CmpFPredicate dropped) {
  Value isDropped = compareWithZero(s, dropped, a);
  return s.make<arith::SelectOp>(isDropped, s.splat(shapeOf(a), 0), a);
}

Value saliency::emitSign(Scope &s, Value a) {
  Value positive = mask(s, compareWithZero(s, CmpFPredicate::OGT, a));
  Value negative = mask(s, compareWithZero(s, CmpFPredicate::OLT, a));
  return s.make<arith::SubFOp>(positive, negative);
}

Value saliency::emitNonZero(Scope &s, Value a) {
  return mask(s, compareWithZero(s, CmpFPredicate::UNE, a));
}

FailureOr<Term> saliency::emitUnary(Scope &s, const Node &node, UnaryNumber ofNumber,
                                    function_ref<Value(Value)> ofTensor) {
  FailureOr<Term> operand = s.term(node.a);
  if (failed(operand))
    return failure();
  return operand->isNumber() ? Term{nullptr, ofNumber(operand->number)}
                             : Term{ofTensor(operand->value)};
}

/// Widens `shape` (empty at first) so that a term of shape `own` broadcasts to it; a per-sample
/// value may have a lower rank.
static LogicalResult join(const Scope &s, SmallVectorImpl<int64_t> &shape, ArrayRef<int64_t> own) {
  auto perSample = [](ArrayRef<int64_t> shape) {
    return llvm::all_of(shape.drop_front(), [](int64_t extent) { return extent == 1; });
  };
  if (shape.empty() || (perSample(shape) && shape.size() < own.size())) {
    shape.assign(own.begin(), own.end());
  } else if (!perSample(own) || own.size() >= shape.size()) {
    FailureOr<SmallVector<int64_t>> common = broadcastShapes(shape, own);
    if (failed(common))
      return s.error("terms of a rule have one shape, found " + shapeText(shape) + " and " +
                     shapeText(own));
    shape.assign(common->begin(), common->end());
  }
  return success();
}

namespace {

/// What the operands of a word came to, and their common shape: empty where all are numbers.
struct Operands {
  SmallVector<Term, 3> terms;
  SmallVector<int64_t> shape;
  const Term &operator[](unsigned i) const { return terms[i]; }
  bool areNumbers() const { return shape.empty(); }
  double number(unsigned i) const { return terms[i].number; }
  bool is(unsigned i, double number) const {
    return terms[i].isNumber() && terms[i].number == number;
  }
};

} // namespace

static FailureOr<Operands> operandsOf(Scope &s, ArrayRef<NodeId> ids) {
  Operands operands;
  for (NodeId id : ids) {
    FailureOr<Term> operand = s.term(id);
    if (failed(operand) ||
        (!operand->isNumber() && failed(join(s, operands.shape, shapeOf(operand->value)))))
      return failure();
    operands.terms.push_back(*operand);
  }
  return operands;
}

/// Both operands as tensors of the common shape.
static std::pair<Value, Value> tensors(Scope &s, const Operands &operands) {
  Value a = s.tensor(operands[0], operands.shape);
  return {a, s.tensor(operands[1], operands.shape)};
}

FailureOr<Term> saliency::emitComparison(Scope &s, const Node &node, BinaryNumber ofNumbers,
                                         CmpFPredicate predicate) {
  FailureOr<Operands> operands = operandsOf(s, {node.a, node.b});
  if (failed(operands))
    return failure();
  if (operands->areNumbers())
    return Term{nullptr, ofNumbers(operands->number(0), operands->number(1))};
  auto [a, b] = tensors(s, *operands);
  return Term{mask(s, compare(s, predicate, a, b))};
}

FailureOr<Term> saliency::emitExtremum(Scope &s, const Node &node, BinaryNumber ofNumbers,
                                       CmpFPredicate predicate) {
  FailureOr<Operands> operands = operandsOf(s, {node.a, node.b});
  if (failed(operands))
    return failure();
  if (operands->areNumbers())
    return Term{nullptr, ofNumbers(operands->number(0), operands->number(1))};
  auto [a, b] = tensors(s, *operands);
  Value chosen = compare(s, predicate, a, b);
  return Term{s.make<arith::SelectOp>(chosen, a, b)};
}

FailureOr<Term> saliency::emitSum(Scope &s, const Node &node) {
  FailureOr<Operands> operands = operandsOf(s, {node.a, node.b});
  if (failed(operands))
    return failure();
  if (operands->areNumbers())
    return Term{nullptr, operands->number(0) + operands->number(1)};
  if (operands->is(1, 0))
    return (*operands)[0];
  if (operands->is(0, 0))
    return (*operands)[1];
  auto [a, b] = tensors(s, *operands);
  return Term{s.make<arith::AddFOp>(a, b)};
}

FailureOr<Term> saliency::emitDifference(Scope &s, const Node &node) {
  FailureOr<Operands> operands = operandsOf(s, {node.a, node.b});
  if (failed(operands))
    return failure();
  if (operands->areNumbers())
    return Term{nullptr, operands->number(0) - operands->number(1)};
  if (operands->is(1, 0))
    return (*operands)[0];
  auto [a, b] = tensors(s, *operands);
  return Term{s.make<arith::SubFOp>(a, b)};
}

FailureOr<Term> saliency::emitProduct(Scope &s, const Node &node) {
  FailureOr<Operands> operands = operandsOf(s, {node.a, node.b});
  if (failed(operands))
    return failure();
  if (operands->areNumbers())
    return Term{nullptr, operands->number(0) * operands->number(1)};
  if (operands->is(0, 0) || operands->is(1, 0))
    return Term{nullptr, 0};
  if (operands->is(1, 1))
    return (*operands)[0];
  if (operands->is(0, 1))
    return (*operands)[1];
  auto [a, b] = tensors(s, *operands);
  return Term{s.make<arith::MulFOp>(a, b)};
}

FailureOr<Term> saliency::emitWhere(Scope &s, const Node &node) {
  FailureOr<Operands> operands = operandsOf(s, {node.a, node.b, node.c});
  if (failed(operands))
    return failure();
  if ((*operands)[0].isNumber())
    return (*operands)[operands->number(0) != 0 ? 1 : 2];
  auto [condition, then] = tensors(s, *operands);
  Value holds = compareWithZero(s, CmpFPredicate::UNE, condition);
  return Term{s.make<arith::SelectOp>(holds, then, s.tensor((*operands)[2], operands->shape))};
}

FailureOr<Term> saliency::emitQuotient(Scope &s, const Node &node) {
  FailureOr<Term> a = s.term(node.a), b = s.term(node.b);
  FailureOr<Term> epsilon =
      node.c == rules::kNone ? FailureOr<Term>(Term{nullptr, 0}) : s.term(node.c);
  if (failed(a) || failed(b) || failed(epsilon))
    return failure();
  if (!epsilon->isNumber())
    return s.error("a division's epsilon is a number, found a tensor");
  if (a->isNumber() && b->isNumber())
    return s.error("a division has a tensor operand, found two numbers");
  SmallVector<int64_t> shape;
  for (const Term &operand : {*a, *b})
    if (!operand.isNumber() && failed(join(s, shape, shapeOf(operand.value))))
      return failure();
  auto division =
      DivisionAttr::get(s.builder().getContext(), dialectDivision(s.method.getDivision(node)));
  Value numerator = s.tensor(*a, shape), denominator = s.tensor(*b, shape);
  return Term{s.make<DivideOp>(numerator, denominator, division,
                               s.builder().getF32FloatAttr(epsilon->number))};
}
