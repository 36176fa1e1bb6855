// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/attribution/ReverseWalk.h"

#include "dialect/ops/Builders.h"

using namespace mlir;
using namespace saliency;
using rules::Capability;
using rules::ConditionKind;

FailureOr<Value> ReverseWalk::run(OpBuilder &builder, Value start, Value relevance, Value end) {
  incoming[start].push_back(relevance);
  Value current = start;
  for (Operation *op = start.getDefiningOp(); op; op = op->getPrevNode()) {
    if (op->getNumResults() != 1 || !incoming.contains(op->getResult(0)))
      continue;
    current = op->getResult(0);
    FailureOr<Value> r = combine(builder, current, incoming.lookup(current));
    if (failed(r))
      return failure();
    met.emplace_back(current, *r);
    if (current == end)
      return *r;
    if (failed(visit(builder, cast<LayerOpInterface>(op), *r)))
      return failure();
  }
  auto arrived = incoming.find(end);
  if (arrived == incoming.end())
    return Value();
  FailureOr<Value> r = combine(builder, end, arrived->second);
  if (succeeded(r))
    met.emplace_back(end, *r);
  return r;
}

/// Relevance of a value from that of its uses: the method's fork rule, by default the sum.
FailureOr<Value> ReverseWalk::combine(OpBuilder &builder, Value value, const Uses &uses) {
  if (uses.size() == 1)
    return uses.front();
  const rules::Row *row =
      method ? rules::findRow(method->getTable(), Capability::Fork, [&](const auto &c) { return method->holds(c); }) : nullptr;
  SmallVector<ExpressionContext> contexts;
  for (Value use : uses)
    contexts.push_back({.loc = value.getLoc(), .x = value, .r = use});
  if (row) { // a fork's row combines its uses by overOperands
    ExpressionContext context = contexts.front();
    context.peers = contexts;
    return ExpressionEmitter(*method, *sources).emit(builder, row->result, context, shapeOf(value));
  }
  Value sum = uses.front();
  for (Value use : ArrayRef(uses).drop_front())
    sum = arith::AddFOp::create(builder, value.getLoc(), sum, use);
  return sum;
}

LogicalResult ReverseWalk::visit(OpBuilder &builder, LayerOpInterface layer, Value relevance) {
  if (!method)
    return derive(builder, layer, relevance);
  Capability capability = capabilityOf(layer);
  if (const rules::Row *row = rules::findRow(method->getTable(), capability, [&](const auto &c) { return holds(c, layer); }))
    return applyRow(builder, layer, *row, relevance);
  if (method->getTable().elsewhereGradient)
    return derive(builder, layer, relevance);
  StringRef name(method->getTable().name), kind(rules::nameOf(capability));
  return layer.emitError("method '") << name << "' has no rule for " << kind << ", found '" << layer->getName().stripDialect()
                                     << "' on the way from the seed to the input";
}

LogicalResult ReverseWalk::derive(OpBuilder &builder, LayerOpInterface layer, Value relevance) {
  SmallVector<Value> data = llvm::map_to_vector(layer.getDataOperandNumbers(), [&](unsigned n) { return layer->getOperand(n); });
  for (unsigned number : network.dataOperands(layer)) {
    Value share = layer.buildVjp(builder, layer.getLoc(), number, relevance, data);
    if (!share)
      return layer.emitError("an op on the relevance path has a derivative per sample, found none for operand ") << number;
    incoming[layer->getOperand(number)].push_back(share);
  }
  return success();
}

bool ReverseWalk::holds(const rules::Condition &condition, LayerOpInterface layer) const {
  auto linear = dyn_cast<LinearMapOpInterface>(layer.getOperation());
  switch (condition.kind) {
  case ConditionKind::FirstLayer:
    return network.isFirstLayer(layer);
  case ConditionKind::LastLinear:
    return network.isLastLinear(layer);
  case ConditionKind::KernelIs:
    return linear && linear.getKernelExtent() == condition.value;
  case ConditionKind::OptionIs:
    return method->holds(condition);
  case ConditionKind::Depthwise:
    return linear && linear.isDepthwise();
  }
  llvm_unreachable("all conditions are handled");
}

/// An operand of a merge as its row sees it: broadcast to the output, or, of a concatenation, with its slice of R.
static ExpressionContext operandContext(OpBuilder &builder, LayerOpInterface layer, unsigned number, Value relevance, Value image) {
  Value y = layer->getResult(0), x = layer->getOperand(number);
  ExpressionContext context{.loc = layer.getLoc(), .layer = layer, .operand = number, .x = x, .y = y, .r = relevance, .image = image};
  auto merge = dyn_cast<MergeOpInterface>(layer.getOperation());
  if (!merge)
    return context;
  if (merge.getMergeKind() != MergeKind::Concat) {
    context.x = buildBroadcast(builder, context.loc, x, shapeOf(y));
    return context;
  }
  context.r = layer.buildVjp(builder, context.loc, number, relevance, layer->getOperands());
  context.y = x;
  return context;
}

LogicalResult ReverseWalk::applyRow(OpBuilder &builder, LayerOpInterface layer, const rules::Row &row, Value relevance) {
  bool isMerge = isa<MergeOpInterface>(layer.getOperation());
  SmallVector<ExpressionContext> peers;
  if (isMerge)
    for (unsigned number : layer.getDataOperandNumbers())
      peers.push_back(operandContext(builder, layer, number, relevance, network.getInput()));
  ExpressionEmitter emitter(*method, *sources);
  for (unsigned number : network.dataOperands(layer)) {
    ExpressionContext context = operandContext(builder, layer, number, relevance, network.getInput());
    context.peers = peers;
    FailureOr<Value> share = emitter.emit(builder, row.result, context, {});
    if (failed(share))
      return failure();
    Value operand = layer->getOperand(number);
    // A merge's row works on operands broadcast to the output; what it gives is summed back.
    Value fitted = *share;
    if (isMerge && shapeOf(fitted) != shapeOf(operand))
      fitted = buildReduceTo(builder, layer.getLoc(), buildBroadcast(builder, layer.getLoc(), fitted, shapeOf(context.x)), shapeOf(operand));
    else
      fitted = buildBroadcast(builder, layer.getLoc(), fitted, shapeOf(operand));
    if (!fitted)
      return layer.emitError("an operand on the relevance path is broadcast within a sample, found one broadcast over samples");
    incoming[operand].push_back(fitted);
  }
  return success();
}
