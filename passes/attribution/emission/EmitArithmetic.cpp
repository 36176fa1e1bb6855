// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The emit reader, continued: elementwise arithmetic, divisions and reductions.
#include "passes/attribution/emission/EmitExpression.h"

#include "dialect/ops/Builders.h"
#include "mlir/Dialect/Math/IR/Math.h"

#include <cmath>

using namespace mlir;
using namespace saliency;
using rules::Node;
using rules::NodeId;
using rules::NodeKind;

Value ExpressionEmitter::mask(Value condition) {
  return arith::UIToFPOp::create(*builder, context->loc,
                                 f32Tensor(builder->getContext(), shapeOf(condition)), condition);
}

FailureOr<ExpressionEmitter::Term> ExpressionEmitter::unary(const Node &node) {
  FailureOr<Term> operand = term(node.a);
  if (failed(operand))
    return failure();
  Location loc = context->loc;
  if (operand->isNumber()) {
    double a = operand->number;
    switch (node.kind) {
    case NodeKind::Neg:
      return Term{nullptr, -a};
    case NodeKind::Pos:
      return Term{nullptr, std::max(a, 0.0)};
    case NodeKind::NegPart:
      return Term{nullptr, std::min(a, 0.0)};
    case NodeKind::Abs:
      return Term{nullptr, std::abs(a)};
    case NodeKind::Sign:
      return Term{nullptr, double((a > 0) - (a < 0))};
    case NodeKind::NonZero:
      return Term{nullptr, double(a != 0)};
    case NodeKind::Square:
      return Term{nullptr, a * a};
    case NodeKind::Sqrt:
      return Term{nullptr, std::sqrt(a)};
    case NodeKind::Exp:
      return Term{nullptr, std::exp(a)};
    default:
      return Term{nullptr, 1 / (1 + std::exp(-a))};
    }
  }
  Value a = operand->value;
  auto splat = [&](double value) { return buildSplat(*builder, loc, shapeOf(a), value); };
  auto compare = [&](arith::CmpFPredicate predicate) {
    return buildCompare(*builder, loc, predicate, a, splat(0));
  };
  switch (node.kind) {
  case NodeKind::Neg:
    return Term{arith::NegFOp::create(*builder, loc, a)};
  // A NaN stays a NaN: nothing hides a broken value.
  case NodeKind::Pos:
    return Term{
        arith::SelectOp::create(*builder, loc, compare(arith::CmpFPredicate::OLT), splat(0), a)};
  case NodeKind::NegPart:
    return Term{
        arith::SelectOp::create(*builder, loc, compare(arith::CmpFPredicate::OGT), splat(0), a)};
  case NodeKind::Abs:
    return Term{math::AbsFOp::create(*builder, loc, a)};
  case NodeKind::Sign:
    return Term{arith::SubFOp::create(*builder, loc, mask(compare(arith::CmpFPredicate::OGT)),
                                      mask(compare(arith::CmpFPredicate::OLT)))};
  case NodeKind::NonZero:
    return Term{mask(compare(arith::CmpFPredicate::UNE))};
  case NodeKind::Square:
    return Term{arith::MulFOp::create(*builder, loc, a, a)};
  case NodeKind::Sqrt:
    return Term{math::SqrtOp::create(*builder, loc, a)};
  case NodeKind::Exp:
    return Term{math::ExpOp::create(*builder, loc, a)};
  case NodeKind::Sigmoid:
    return Term{SigmoidOp::create(*builder, loc, a)};
  default:
    llvm_unreachable("not a unary node");
  }
}

/// Widens `shape` (empty at first) so that a term of shape `own` broadcasts to it; a per-sample
/// value may have a lower rank.
LogicalResult ExpressionEmitter::join(SmallVectorImpl<int64_t> &shape,
                                      ArrayRef<int64_t> own) const {
  auto perSample = [](ArrayRef<int64_t> shape) {
    return llvm::all_of(shape.drop_front(), [](int64_t extent) { return extent == 1; });
  };
  if (shape.empty() || (perSample(shape) && shape.size() < own.size())) {
    shape.assign(own.begin(), own.end());
  } else if (!perSample(own) || own.size() >= shape.size()) {
    FailureOr<SmallVector<int64_t>> common = broadcastShapes(shape, own);
    if (failed(common))
      return error("terms of a rule have one shape, found " + shapeText(shape) + " and " +
                   shapeText(own));
    shape.assign(common->begin(), common->end());
  }
  return success();
}

FailureOr<ExpressionEmitter::Term> ExpressionEmitter::elementwise(const Node &node) {
  SmallVector<Term, 3> operands;
  SmallVector<int64_t> shape;
  const NodeId ids[] = {node.a, node.b, node.c};
  for (NodeId id : ArrayRef(ids).take_front(rules::operandCount(node.kind))) {
    FailureOr<Term> operand = term(id);
    if (failed(operand))
      return failure();
    if (!operand->isNumber()) {
      if (failed(join(shape, shapeOf(operand->value))))
        return failure();
    }
    operands.push_back(*operand);
  }
  Location loc = context->loc;
  if (shape.empty()) {
    double a = operands[0].number, b = operands[1].number;
    switch (node.kind) {
    case NodeKind::Add:
      return Term{nullptr, a + b};
    case NodeKind::Sub:
      return Term{nullptr, a - b};
    case NodeKind::Mul:
      return Term{nullptr, a * b};
    case NodeKind::Max:
      return Term{nullptr, std::max(a, b)};
    case NodeKind::Min:
      return Term{nullptr, std::min(a, b)};
    case NodeKind::Less:
      return Term{nullptr, double(a < b)};
    case NodeKind::LessEqual:
      return Term{nullptr, double(a <= b)};
    case NodeKind::Greater:
      return Term{nullptr, double(a > b)};
    case NodeKind::GreaterEqual:
      return Term{nullptr, double(a >= b)};
    case NodeKind::Equal:
      return Term{nullptr, double(a == b)};
    default:
      return operands[a != 0 ? 1 : 2];
    }
  }
  // A term whose coefficient is the number 0 is left out, as on paper; x * 1 and x + 0 are x.
  auto isNumber = [&](unsigned i, double number) {
    return operands[i].isNumber() && operands[i].number == number;
  };
  if (node.kind == NodeKind::Mul && (isNumber(0, 0) || isNumber(1, 0)))
    return Term{nullptr, 0};
  if (node.kind == NodeKind::Where && operands[0].isNumber())
    return operands[operands[0].number != 0 ? 1 : 2];
  if ((node.kind == NodeKind::Add || node.kind == NodeKind::Sub) && isNumber(1, 0))
    return operands[0];
  if (node.kind == NodeKind::Add && isNumber(0, 0))
    return operands[1];
  if (node.kind == NodeKind::Mul && isNumber(1, 1))
    return operands[0];
  if (node.kind == NodeKind::Mul && isNumber(0, 1))
    return operands[1];
  Value a = tensor(operands[0], shape), b = tensor(operands[1], shape);
  auto compare = [&](arith::CmpFPredicate predicate) {
    return Term{mask(buildCompare(*builder, loc, predicate, a, b))};
  };
  auto choose = [&](arith::CmpFPredicate predicate) { // a where `a predicate b` or either is NaN
    return Term{
        arith::SelectOp::create(*builder, loc, buildCompare(*builder, loc, predicate, a, b), a, b)};
  };
  switch (node.kind) {
  case NodeKind::Add:
    return Term{arith::AddFOp::create(*builder, loc, a, b)};
  case NodeKind::Sub:
    return Term{arith::SubFOp::create(*builder, loc, a, b)};
  case NodeKind::Mul:
    return Term{arith::MulFOp::create(*builder, loc, a, b)};
  case NodeKind::Max:
    return choose(arith::CmpFPredicate::UGT);
  case NodeKind::Min:
    return choose(arith::CmpFPredicate::ULT);
  case NodeKind::Less:
    return compare(arith::CmpFPredicate::OLT);
  case NodeKind::LessEqual:
    return compare(arith::CmpFPredicate::OLE);
  case NodeKind::Greater:
    return compare(arith::CmpFPredicate::OGT);
  case NodeKind::GreaterEqual:
    return compare(arith::CmpFPredicate::OGE);
  case NodeKind::Equal:
    return compare(arith::CmpFPredicate::OEQ);
  default: {
    Value condition = buildCompare(*builder, loc, arith::CmpFPredicate::UNE, a,
                                   buildSplat(*builder, loc, shape, 0));
    return Term{arith::SelectOp::create(*builder, loc, condition, b, tensor(operands[2], shape))};
  }
  }
}

FailureOr<ExpressionEmitter::Term> ExpressionEmitter::divide(const Node &node) {
  FailureOr<Term> a = term(node.a), b = term(node.b);
  FailureOr<Term> epsilon =
      node.c == rules::kNone ? FailureOr<Term>(Term{nullptr, 0}) : term(node.c);
  if (failed(a) || failed(b) || failed(epsilon))
    return failure();
  if (!epsilon->isNumber())
    return error("a division's epsilon is a number, found a tensor");
  if (a->isNumber() && b->isNumber())
    return error("a division has a tensor operand, found two numbers");
  SmallVector<int64_t> shape;
  for (const Term &operand : {*a, *b})
    if (!operand.isNumber() && failed(join(shape, shapeOf(operand.value))))
      return failure();
  static_assert(unsigned(rules::Division::PlusMasked) == unsigned(Division::PlusMasked),
                "one numbering of divisions");
  auto division =
      DivisionAttr::get(builder->getContext(), static_cast<Division>(method.getDivision(node)));
  return Term{DivideOp::create(*builder, context->loc, tensor(*a, shape), tensor(*b, shape),
                               division, builder->getF32FloatAttr(epsilon->number))};
}

FailureOr<ExpressionEmitter::Term> ExpressionEmitter::reduce(const Node &node) {
  FailureOr<Term> operand = term(node.a);
  if (failed(operand))
    return failure();
  if (operand->isNumber())
    return error("a reduction has a tensor operand, found a number");
  if (node.kind == NodeKind::Percentile) {
    FailureOr<Term> q = term(node.b);
    if (failed(q) || !q->isNumber())
      return failure();
    return Term{PercentileOp::create(*builder, context->loc, operand->value,
                                     builder->getF64FloatAttr(q->number))};
  }
  if (node.space == rules::Space::Tokens || node.space == rules::Space::PerToken)
    return reduceTokens(node, operand->value);
  int64_t rank = shapeOf(operand->value).size(), reduced = 1;
  // The heads' maps have the heads for channels, whatever the layer at hand combines.
  bool ofHeads = method.getTable().node(node.a).space == rules::Space::HeadMaps;
  SmallVector<int64_t> axes, features = ofHeads ? SmallVector<int64_t>{1} : featureAxes();
  for (int64_t axis = 1; axis != rank; ++axis)
    if (bool isFeature = llvm::is_contained(features, axis);
        node.space == rules::Space::PerSample ||
        isFeature == (node.space == rules::Space::PerPixel))
      axes.push_back(axis);
  for (int64_t axis : axes)
    reduced *= shapeOf(operand->value)[axis];
  DenseElementsAttr constant;
  if (matchPattern(operand->value, m_Constant(&constant)) &&
      constant.isSplat()) { // ones, to count entries
    double entry = constant.getSplatValue<float>();
    return Term{nullptr, node.kind == NodeKind::ReduceSum      ? entry * reduced
                         : node.kind == NodeKind::CountNonZero ? double(entry != 0) * reduced
                                                               : entry};
  }
  Reduction kind = node.kind == NodeKind::ReduceSum    ? Reduction::Sum
                   : node.kind == NodeKind::ReduceMean ? Reduction::Mean
                   : node.kind == NodeKind::ReduceMax  ? Reduction::Max
                   : node.kind == NodeKind::ReduceMin  ? Reduction::Min
                                                       : Reduction::CountNonZero;
  return Term{ReduceOp::create(*builder, context->loc, operand->value,
                               ReductionAttr::get(builder->getContext(), kind),
                               builder->getDenseI64ArrayAttr(axes))};
}
