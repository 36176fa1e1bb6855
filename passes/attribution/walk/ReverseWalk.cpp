// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/attribution/walk/ReverseWalk.h"

#include "dialect/ops/Builders.h"
#include "passes/attribution/reports/Conservation.h"

using namespace mlir;
using namespace saliency;
using rules::Capability;
using rules::ConditionKind;

static constexpr llvm::StringLiteral kDerivativeRule = "derivative";

void ReverseWalk::pass(Value operand, unsigned stream, Value share) {
  open.insert(operand);
  auto &streams = incoming[operand];
  if (streams.size() <= stream)
    streams.resize(stream + 1);
  streams[stream].push_back(share);
}

void ReverseWalk::seed(unsigned stream, Value start, Value value) { pass(start, stream, value); }

FailureOr<Streams> ReverseWalk::run(OpBuilder &builder, Value end) {
  for (Operation &op : llvm::reverse(*network.getLogits().getParentBlock())) {
    if (op.getNumResults() != 1 || !incoming.contains(op.getResult(0)))
      continue;
    Value value = op.getResult(0);
    FailureOr<Streams> r = arrive(builder, value);
    if (report && value == end)
      reportAside(builder, end);
    if (failed(r) || value == end)
      return r;
    open.erase(value);
    isBottleneck = open.empty();
    // Further streams first: the relevance may read all of them.
    for (unsigned stream = r->size(); stream-- > 0;)
      if ((*r)[stream] && failed(visit(builder, cast<LayerOpInterface>(op), *r, stream)))
        return failure();
  }
  return arrive(builder, end);
}

int64_t saliency::channelAxis(Value value) {
  auto layer = value.getDefiningOp<LayerOpInterface>();
  return layer ? layer.getFeatureAxes().front() : 1;
}

/// `r` at these entries of `axis`, 0 elsewhere.
static Value keep(OpBuilder &builder, Value r, int64_t axis, ArrayRef<int64_t> channels) {
  SmallVector<int64_t> shape(shapeOf(r).size(), 1);
  shape[axis] = shapeOf(r)[axis];
  SmallVector<float> entries(shape[axis], 0.0f);
  for (int64_t channel : channels)
    entries[channel] = 1;
  auto values =
      DenseElementsAttr::get(f32Tensor(builder.getContext(), shape), ArrayRef<float>(entries));
  Value mask = buildBroadcast(builder, r.getLoc(), ConstantOp::create(builder, r.getLoc(), values),
                              shapeOf(r));
  return arith::MulFOp::create(builder, r.getLoc(), r, mask);
}

/// The relevance itself, its twins and what accompanies it; not what is carried beside it, as a
/// gradient.
bool ReverseWalk::isRelevance(unsigned stream) const {
  if (stream == 0 || !method)
    return true;
  const rules::Stream &further = method->getTable().streams[stream - 1];
  return further.twin || further.joint;
}

/// Relevance that waits elsewhere when the walk comes to `value` has gone past it.
void ReverseWalk::dropWaiting(Value value) {
  for (auto &[waiting, streams] : incoming)
    if (waiting != value && !arrived.contains(waiting))
      for (auto [stream, uses] : llvm::enumerate(streams))
        if (isRelevance(stream))
          uses.clear();
}

/// What a value's uses add up to, by stream.
FailureOr<Streams> ReverseWalk::arrive(OpBuilder &builder, Value value) {
  SmallVector<Uses, 1> uses = incoming.lookup(value);
  Streams r(std::max<size_t>(uses.size(), 1));
  for (auto [stream, given] : llvm::enumerate(uses)) {
    if (given.empty())
      continue;
    FailureOr<Value> sum = combine(builder, value, given, stream);
    if (failed(sum))
      return failure();
    r[stream] = *sum;
  }
  if (auto meeting = meetings.find(value); meeting != meetings.end() && r.front()) {
    for (Value &stream : r)
      if (!stream)
        return emitError(value.getLoc(),
                         "streams meet where all of them arrive, found one missing at '")
               << valueName(value) << "'";
    ExpressionContext context{
        .loc = value.getLoc(), .x = value, .r = r, .image = network.getInput()};
    FailureOr<Value> relevance = ExpressionEmitter(*method, *sources)
                                     .emit(builder, meeting->second, context, shapeOf(value));
    if (failed(relevance))
      return failure();
    if (report)
      report->add(builder, value.getLoc(), placeName(value), "Meeting", method->getTable().name,
                  r.front(), *relevance);
    r = {*relevance};
  }
  if (auto channels = kept.find(value); channels != kept.end()) {
    for (auto [stream, relevance] : llvm::enumerate(r))
      if (relevance && isRelevance(stream))
        relevance = keep(builder, relevance, channelAxis(value), channels->second);
    dropWaiting(value);
  }
  if (r.front())
    met.emplace_back(value, r.front());
  arrived[value] = r;
  return r;
}

/// A stream at a value from that stream at its uses: the method's fork rule, by default the sum.
FailureOr<Value> ReverseWalk::combine(OpBuilder &builder, Value value, const Uses &uses,
                                      unsigned stream) {
  if (uses.size() == 1)
    return uses.front();
  const rules::Row *row = method ? rules::findRow(
                                       method->getTable(), Capability::Fork,
                                       [&](const auto &c) { return method->holds(c); },
                                       rules::rowsOf(method->getTable(), stream))
                                 : nullptr;
  SmallVector<ExpressionContext> contexts;
  for (Value use : uses) {
    Streams r(stream + 1);
    r[stream] = use;
    contexts.push_back({.loc = value.getLoc(), .x = value, .r = seenBy(stream, r)});
  }
  if (row) { // a fork's row combines its uses by overOperands
    ExpressionContext context = contexts.front();
    context.peers = contexts;
    FailureOr<Value> sum =
        ExpressionEmitter(*method, *sources).emit(builder, row->result, context, shapeOf(value));
    if (report && stream == 0 && succeeded(sum))
      report->add(builder, value.getLoc(), placeName(value), rules::nameOf(Capability::Fork),
                  method->getTable().name, uses, *sum);
    return sum;
  }
  Value sum = uses.front();
  for (Value use : ArrayRef(uses).drop_front())
    sum = arith::AddFOp::create(builder, value.getLoc(), sum, use);
  return sum;
}

LogicalResult ReverseWalk::visit(OpBuilder &builder, LayerOpInterface layer, const Streams &r,
                                 unsigned stream) {
  if (!method)
    return derive(builder, layer, r[stream], stream);
  Capability capability = capabilityOf(layer);
  LayerRule rule = findRuleFor(layer, *method, network, stream);
  if (rule.row)
    return applyRow(builder, layer, rule, stream, seenBy(stream, r));
  if (rules::rowsOf(method->getTable(), stream) != 0 || method->getTable().elsewhereGradient)
    return derive(builder, layer, r[stream], stream);
  StringRef name(method->getTable().name), kind(rules::nameOf(capability));
  return layer.emitError("method '")
         << name << "' has no rule for " << kind << ", found '" << layer->getName().stripDialect()
         << "' on the way from the seed to the input";
}

/// The streams as the rows of `stream` read them: a twin stands in place of the relevance.
Streams ReverseWalk::seenBy(unsigned stream, const Streams &r) const {
  return !method || rules::rowsOf(method->getTable(), stream) == stream ? r : Streams{r[stream]};
}

LogicalResult ReverseWalk::derive(OpBuilder &builder, LayerOpInterface layer, Value r,
                                  unsigned stream) {
  RelevanceFlow flow = flowOf(layer, {method, nullptr, kDerivativeRule.str()}, r);
  SmallVector<Value> data = llvm::map_to_vector(layer.getDataOperandNumbers(),
                                                [&](unsigned n) { return layer->getOperand(n); });
  for (unsigned number : network.dataOperands(layer)) {
    Value share = layer.buildVjp(builder, layer.getLoc(), number, r, data);
    if (!share)
      return layer.emitError(
                 "an op on the relevance path has a derivative per sample, found none for operand ")
             << number;
    pass(layer->getOperand(number), stream, share);
    flow.shares.push_back({r, share, std::nullopt});
  }
  if (report && stream == 0)
    report->add(builder, flow);
  return success();
}

/// A layer's account, its shares still to come.
RelevanceFlow ReverseWalk::flowOf(LayerOpInterface layer, const LayerRule &rule,
                                  Value arrived) const {
  Capability capability = capabilityOf(layer);
  return {.loc = layer.getLoc(),
          .name = nodeName(layer),
          .kind = std::string(rules::nameOf(capability)),
          .rule = rule.name,
          .conservation = rule.row ? rule.bound->conservationAt(*rule.row, layer)
                                   : rules::conservationOfDerivative(capability, factsOf(layer)),
          .layer = layer,
          .arrived = arrived,
          .shares = {}};
}

/// Relevance that is on its way past `end` when the walk ends there.
void ReverseWalk::reportAside(OpBuilder &builder, Value end) const {
  SmallVector<Value> aside;
  auto collect = [&](Value value) {
    if (auto found = incoming.find(value);
        found != incoming.end() && value != end && !arrived.contains(value))
      aside.append(found->second.front().begin(), found->second.front().end());
  };
  collect(network.getInput());
  for (Operation &op : *end.getParentBlock())
    if (op.getNumResults() == 1)
      collect(op.getResult(0));
  if (!aside.empty())
    report->add(builder, end.getLoc(), "", "Aside", method->getTable().name, aside, {});
}

static bool holds(const rules::Condition &condition, LayerOpInterface layer,
                  const BoundMethod &bound, const Network &network, unsigned stream) {
  switch (condition.kind) {
  case ConditionKind::OptionIs:
    return bound.holds(condition);
  case ConditionKind::InStream:
    return condition.value == stream;
  default:
    return network.holds(condition, layer);
  }
}

const rules::Row *saliency::findRowFor(LayerOpInterface layer, const BoundMethod &bound,
                                       const Network &network, StringRef rule, unsigned rows,
                                       unsigned stream) {
  const rules::MethodTable &table = bound.getTable();
  rules::Capability capability = capabilityOf(layer);
  if (const rules::Row *row = rules::findRule(table, capability, {rule.data(), rule.size()}))
    return row;
  return rules::findRow(
      table, capability,
      [&](const rules::Condition &c) { return holds(c, layer, bound, network, stream); }, rows);
}

LayerRule saliency::findRuleFor(LayerOpInterface layer, const BoundMethod &method,
                                const Network &network, unsigned stream) {
  unsigned rows = rules::rowsOf(method.getTable(), stream);
  std::optional<unsigned> entry = rows == 0 ? method.findEntry(network, layer) : std::nullopt;
  const BoundMethod &bound = entry ? method.forEntry(*entry) : method;
  StringRef rule = entry ? StringRef(method.getComposite()->entries[*entry].rule) : "";
  const rules::Row *row = findRowFor(layer, bound, network, rule, rows, stream);
  return {&bound, row,
          !row                ? kDerivativeRule.str()
          : row->rule.empty() ? std::string(method.getTable().name)
                              : rule.str()};
}

/// An operand of a merge as its row sees it: broadcast to the output, or, of a concatenation, with
/// its slice of R.
ExpressionContext ReverseWalk::operandContext(OpBuilder &builder, LayerOpInterface layer,
                                              unsigned number, const Streams &r) const {
  Value y = layer->getResult(0), x = layer->getOperand(number);
  ExpressionContext context{.loc = layer.getLoc(),
                            .layer = layer,
                            .operand = number,
                            .x = x,
                            .y = y,
                            .r = r,
                            .image = network.getInput()};
  context.isBottleneck = isBottleneck;
  if (reference) {
    context.x0 = reference->lookupOrDefault(x);
    context.y0 = reference->lookupOrDefault(y);
  }
  auto merge = dyn_cast<MergeOpInterface>(layer.getOperation());
  if (!merge)
    return context;
  if (merge.getMergeKind() != MergeKind::Concat) {
    context.x = buildBroadcast(builder, context.loc, x, shapeOf(y));
    return context;
  }
  for (Value &stream : context.r)
    if (stream)
      stream = layer.buildVjp(builder, context.loc, number, stream, layer->getOperands());
  context.y = x;
  return context;
}

LogicalResult ReverseWalk::applyRow(OpBuilder &builder, LayerOpInterface layer,
                                    const LayerRule &rule, unsigned stream, const Streams &r) {
  bool isReported = report && stream == 0;
  RelevanceFlow flow = flowOf(layer, rule, r.front());
  bool isMerge = isa<MergeOpInterface>(layer.getOperation());
  SmallVector<ExpressionContext> peers;
  if (isMerge)
    for (unsigned number : layer.getDataOperandNumbers())
      peers.push_back(operandContext(builder, layer, number, r));
  ExpressionEmitter emitter(*rule.bound, *sources);
  for (unsigned number : network.dataOperands(layer)) {
    ExpressionContext context = operandContext(builder, layer, number, r);
    context.peers = peers;
    FailureOr<Value> share = emitter.emit(builder, rule.row->result, context, {});
    if (failed(share))
      return failure();
    Value operand = layer->getOperand(number);
    // A merge's row works on operands broadcast to the output; what it gives is summed back.
    Value fitted = *share;
    if (isMerge && shapeOf(fitted) != shapeOf(operand))
      fitted = buildReduceTo(builder, layer.getLoc(),
                             buildBroadcast(builder, layer.getLoc(), fitted, shapeOf(context.x)),
                             shapeOf(operand));
    else
      fitted = buildBroadcast(builder, layer.getLoc(), fitted, shapeOf(operand));
    if (!fitted)
      return layer.emitError("an operand on the relevance path is broadcast within a sample, found "
                             "one broadcast over samples");
    pass(operand, stream, fitted);
    if (!isReported)
      continue;
    auto terms = emitter.terms(builder, rule.row->result, context);
    if (failed(terms))
      return failure();
    flow.shares.push_back({context.r.front(), fitted, std::move(*terms)});
  }
  if (isReported)
    report->add(builder, flow);
  return success();
}
