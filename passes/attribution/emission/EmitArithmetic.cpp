// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The elementwise words of the rule language. What depends on numbers alone is computed here, the
// rest by ops, entry by entry. A summand and a product whose coefficient is the number 0 are left
// out, as on paper; x * 1 and x + 0 are x.
#include "dialect/ops/Builders.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "passes/attribution/emission/Emitters.h"
#include "passes/attribution/emission/SharedEnums.h"
#include "passes/rules/settings/Arithmetic.h"

using namespace mlir;
using namespace saliency;
using arith::CmpFPredicate;
using rules::ElementwiseWord;
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

/// max(a, 0) or min(a, 0): 0 where a is `dropped` 0, else a; a NaN stays a NaN.
static Value part(Scope &s, Value a, CmpFPredicate dropped) {
  Value isDropped = compareWithZero(s, dropped, a);
  return s.make<arith::SelectOp>(isDropped, s.splat(shapeOf(a), 0), a);
}

static Value sign(Scope &s, Value a) {
  Value positive = mask(s, compareWithZero(s, CmpFPredicate::OGT, a));
  Value negative = mask(s, compareWithZero(s, CmpFPredicate::OLT, a));
  return s.make<arith::SubFOp>(positive, negative);
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

/// A word of one operand: a number by the words' arithmetic, a tensor by `make`.
static FailureOr<Term> emitUnary(Scope &s, const Node &node, function_ref<Value(Value)> make) {
  FailureOr<Term> a = s.term(node.a);
  if (failed(a))
    return failure();
  return a->isNumber() ? Term{nullptr, rules::evaluateNumber(ElementwiseWord(node.kind), a->number)}
                       : Term{make(a->value)};
}

/// A word of two operands: two numbers by the words' arithmetic; `simplify` where it knows the
/// result without an op; else two tensors by `make`.
static FailureOr<Term>
emitBinary(Scope &s, const Node &node, function_ref<Value(Value, Value)> make,
           function_ref<std::optional<Term>(const Operands &)> simplify = {}) {
  FailureOr<Operands> operands = operandsOf(s, {node.a, node.b});
  if (failed(operands))
    return failure();
  if (operands->areNumbers())
    return Term{nullptr, rules::evaluateNumber(ElementwiseWord(node.kind), operands->number(0),
                                               operands->number(1))};
  if (std::optional<Term> known = simplify ? simplify(*operands) : std::nullopt)
    return *known;
  auto [a, b] = tensors(s, *operands);
  return Term{make(a, b)};
}

/// a + 0 and 0 + b.
static std::optional<Term> simplifySum(const Operands &operands) {
  return operands.is(1, 0)   ? std::optional(operands[0])
         : operands.is(0, 0) ? std::optional(operands[1])
                             : std::nullopt;
}

/// a - 0.
static std::optional<Term> simplifyDifference(const Operands &operands) {
  return operands.is(1, 0) ? std::optional(operands[0]) : std::nullopt;
}

/// A product with 0, a * 1 and 1 * b.
static std::optional<Term> simplifyProduct(const Operands &operands) {
  return operands.is(0, 0) || operands.is(1, 0) ? std::optional(Term{nullptr, 0})
         : operands.is(1, 1)                    ? std::optional(operands[0])
         : operands.is(0, 1)                    ? std::optional(operands[1])
                                                : std::nullopt;
}

static FailureOr<Term> emitComparison(Scope &s, const Node &node, CmpFPredicate predicate) {
  return emitBinary(s, node,
                    [&](Value a, Value b) { return mask(s, compare(s, predicate, a, b)); });
}

/// The operand that is `predicate` the other one.
static FailureOr<Term> emitExtremum(Scope &s, const Node &node, CmpFPredicate predicate) {
  return emitBinary(s, node, [&](Value a, Value b) {
    return s.make<arith::SelectOp>(compare(s, predicate, a, b), a, b);
  });
}

static FailureOr<Term> emitWhere(Scope &s, const Node &node) {
  FailureOr<Operands> operands = operandsOf(s, {node.a, node.b, node.c});
  if (failed(operands))
    return failure();
  if ((*operands)[0].isNumber())
    return (*operands)[operands->number(0) != 0 ? 1 : 2];
  auto [condition, then] = tensors(s, *operands);
  Value holds = compareWithZero(s, CmpFPredicate::UNE, condition);
  return Term{s.make<arith::SelectOp>(holds, then, s.tensor((*operands)[2], operands->shape))};
}

static FailureOr<Term> emitQuotient(Scope &s, const Node &node) {
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

FailureOr<Term> saliency::emitElementwise(Scope &s, const Node &node) {
  switch (ElementwiseWord(node.kind)) {
  case ElementwiseWord::Neg:
    return emitUnary(s, node, [&](Value a) { return s.make<arith::NegFOp>(a); });
  case ElementwiseWord::Pos:
    return emitUnary(s, node, [&](Value a) { return part(s, a, CmpFPredicate::OLT); });
  case ElementwiseWord::NegPart:
    return emitUnary(s, node, [&](Value a) { return part(s, a, CmpFPredicate::OGT); });
  case ElementwiseWord::Abs:
    return emitUnary(s, node, [&](Value a) { return s.make<math::AbsFOp>(a); });
  case ElementwiseWord::Sign:
    return emitUnary(s, node, [&](Value a) { return sign(s, a); });
  case ElementwiseWord::NonZero:
    return emitUnary(s, node,
                     [&](Value a) { return mask(s, compareWithZero(s, CmpFPredicate::UNE, a)); });
  case ElementwiseWord::Square:
    return emitUnary(s, node, [&](Value a) { return s.make<arith::MulFOp>(a, a); });
  case ElementwiseWord::Sqrt:
    return emitUnary(s, node, [&](Value a) { return s.make<math::SqrtOp>(a); });
  case ElementwiseWord::Exp:
    return emitUnary(s, node, [&](Value a) { return s.make<math::ExpOp>(a); });
  case ElementwiseWord::Sigmoid:
    return emitUnary(s, node, [&](Value a) { return s.make<SigmoidOp>(a); });
  case ElementwiseWord::Add:
    return emitBinary(
        s, node, [&](Value a, Value b) { return s.make<arith::AddFOp>(a, b); }, simplifySum);
  case ElementwiseWord::Sub:
    return emitBinary(
        s, node, [&](Value a, Value b) { return s.make<arith::SubFOp>(a, b); }, simplifyDifference);
  case ElementwiseWord::Mul:
    return emitBinary(
        s, node, [&](Value a, Value b) { return s.make<arith::MulFOp>(a, b); }, simplifyProduct);
  case ElementwiseWord::Divide:
    return emitQuotient(s, node);
  case ElementwiseWord::Max:
    return emitExtremum(s, node, CmpFPredicate::UGT);
  case ElementwiseWord::Min:
    return emitExtremum(s, node, CmpFPredicate::ULT);
  case ElementwiseWord::Less:
    return emitComparison(s, node, CmpFPredicate::OLT);
  case ElementwiseWord::LessEqual:
    return emitComparison(s, node, CmpFPredicate::OLE);
  case ElementwiseWord::Greater:
    return emitComparison(s, node, CmpFPredicate::OGT);
  case ElementwiseWord::GreaterEqual:
    return emitComparison(s, node, CmpFPredicate::OGE);
  case ElementwiseWord::Equal:
    return emitComparison(s, node, CmpFPredicate::OEQ);
  case ElementwiseWord::Where:
    return emitWhere(s, node);
  case ElementwiseWord::Choose:
    return s.term(s.method.chosen(node));
  }
  llvm_unreachable("every elementwise word is emitted");
}
