// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/attribution/emission/RelevanceWalk.h"

#include "dialect/ops/Builders.h"
#include "passes/attribution/binding/LayerFacts.h"
#include "passes/attribution/binding/Naming.h"
#include "passes/attribution/emission/EmitTerms.h"

using namespace mlir;
using namespace saliency;
using rules::Capability;

FailureOr<Streams> RelevanceWalk::run(OpBuilder &at, Value end) {
  builder = &at;
  FailureOr<Streams> arrived = walk.run(end);
  if (succeeded(arrived) && account && end.getDefiningOp())
    reportAside(end);
  return arrived;
}

/// A stream at a value from that stream at its uses: the method's fork rule, by default the sum.
FailureOr<Value> RelevanceWalk::join(Value value, unsigned stream, ArrayRef<Value> uses,
                                     const rules::Row *fork) {
  if (!fork) {
    Value sum = uses.front();
    for (Value use : uses.drop_front())
      sum = arith::AddFOp::create(*builder, value.getLoc(), sum, use);
    return sum;
  }
  SmallVector<AtFork> places;
  for (Value use : uses) {
    Streams r(stream + 1);
    r[stream] = use;
    places.push_back(
        {{{value.getLoc(), network.getInput(), value}, seenBy(method, stream, r)}, {}});
  }
  AtFork place = places.front(); // the row combines the uses by overOperands
  place.peers = places;
  FailureOr<Value> sum =
      ExpressionEmitter(*method, *sources).emit(*builder, fork->result, place, shapeOf(value));
  if (account && stream == 0 && succeeded(sum))
    account->add(*builder, value.getLoc(), placeName(value), rules::nameOf(Capability::Fork),
                 method->getTable().name, uses, *sum);
  return sum;
}

FailureOr<Value> RelevanceWalk::meet(Value value, const rules::Meeting &meeting,
                                     const Streams &streams) {
  for (Value stream : streams)
    if (!stream)
      return emitError(value.getLoc(),
                       "streams meet where all of them arrive, found one missing at '")
             << valueName(value) << "'";
  AtMeeting place{{{value.getLoc(), network.getInput(), value}, streams}};
  FailureOr<Value> relevance =
      ExpressionEmitter(*method, *sources).emit(*builder, meeting.result, place, shapeOf(value));
  if (account && succeeded(relevance))
    account->add(*builder, value.getLoc(), placeName(value), "Meeting", method->getTable().name,
                 streams.front(), *relevance);
  return relevance;
}

/// `r` at the channels that a condition names, 0 elsewhere.
Value RelevanceWalk::narrow(Value gate, Value r) {
  int64_t axis = channelAxis(gate);
  SmallVector<int64_t> shape(shapeOf(r).size(), 1);
  shape[axis] = shapeOf(r)[axis];
  SmallVector<float> entries(shape[axis], 0.0f);
  for (int64_t channel : kept.find(gate)->second)
    entries[channel] = 1;
  auto values =
      DenseElementsAttr::get(f32Tensor(builder->getContext(), shape), ArrayRef<float>(entries));
  Value mask = buildBroadcast(*builder, r.getLoc(),
                              ConstantOp::create(*builder, r.getLoc(), values), shapeOf(r));
  return arith::MulFOp::create(*builder, r.getLoc(), r, mask);
}

RelevanceWalk::Shares RelevanceWalk::cross(const Crossing<Value> &at) {
  if (at.rule.row)
    return applyRow(at, seenBy(method, at.stream, at.streams));
  if (at.rule.isSupported)
    return derive(at);
  LayerOpInterface layer = at.layer;
  StringRef name(method->getTable().name), kind(rules::nameOf(capabilityOf(layer)));
  return layer.emitError("method '")
         << name << "' has no rule for " << kind << ", found '" << layer->getName().stripDialect()
         << "' on the way from the seed to the input";
}

RelevanceWalk::Shares RelevanceWalk::derive(const Crossing<Value> &at) {
  LayerOpInterface layer = at.layer;
  RelevanceFlow flow = flowOf(at, at.arrived());
  SmallVector<Value> shares;
  SmallVector<Value> data = llvm::map_to_vector(layer.getDataOperandNumbers(),
                                                [&](unsigned n) { return layer->getOperand(n); });
  for (unsigned number : at.operands) {
    Value share = layer.buildVjp(*builder, layer.getLoc(), number, at.arrived(), data);
    if (!share)
      return layer.emitError(
                 "an op on the relevance path has a derivative per sample, found none for operand ")
             << number;
    shares.push_back(share);
    flow.shares.push_back({at.arrived(), share, std::nullopt});
  }
  if (account && at.stream == 0)
    account->add(*builder, flow);
  return shares;
}

/// A layer's account, its shares still to come.
RelevanceFlow RelevanceWalk::flowOf(const Crossing<Value> &at, Value arrived) const {
  return {.loc = at.layer->getLoc(),
          .name = nodeName(at.layer),
          .kind = std::string(rules::nameOf(capabilityOf(at.layer))),
          .rule = at.rule.name,
          .conservation = at.rule.conservationAt(at.layer),
          .layer = at.layer,
          .arrived = arrived,
          .shares = {}};
}

/// Relevance that is on its way past `end` when the walk ends there.
void RelevanceWalk::reportAside(Value end) {
  SmallVector<Value> aside;
  auto collect = [&](Value value) {
    if (value != end)
      llvm::append_range(aside, walk.waitingAt(value));
  };
  collect(network.getInput());
  for (Operation &op : *end.getParentBlock())
    if (op.getNumResults() == 1)
      collect(op.getResult(0));
  if (!aside.empty())
    account->add(*builder, end.getLoc(), "", "Aside", method->getTable().name, aside, {});
}

/// An operand of a merge as its row sees it: broadcast to the output, or, of a concatenation, with
/// its slice of R.
AtOp RelevanceWalk::placeAt(OpBuilder &at, LayerOpInterface layer, unsigned number,
                            const Streams &r, bool isBottleneck) const {
  Value y = layer->getResult(0), x = layer->getOperand(number);
  AtOp place{{{layer.getLoc(), network.getInput(), x}, r}, {}, layer, number, y};
  place.isBottleneck = isBottleneck;
  if (reference) {
    place.x0 = reference->lookupOrDefault(x);
    place.y0 = reference->lookupOrDefault(y);
  }
  auto merge = dyn_cast<MergeOpInterface>(layer.getOperation());
  if (!merge)
    return place;
  if (merge.getMergeKind() != MergeKind::Concat) {
    place.x = buildBroadcast(at, place.loc, x, shapeOf(y));
    return place;
  }
  for (Value &stream : place.r)
    if (stream)
      stream = layer.buildVjp(at, place.loc, number, stream, layer->getOperands());
  place.y = x;
  return place;
}

/// `share`, what a row gave at `place`, in the operand's shape: a merge's row works on operands
/// broadcast to the output, and what it gives is summed back. Null where that would sum over
/// samples.
static Value fitToOperand(OpBuilder &builder, const AtOp &place, Value share) {
  Value operand = place.layer->getOperand(place.operand);
  bool isMerge = isa<MergeOpInterface>(place.layer);
  if (!isMerge || shapeOf(share) == shapeOf(operand))
    return buildBroadcast(builder, place.loc, share, shapeOf(operand));
  return buildReduceTo(builder, place.loc,
                       buildBroadcast(builder, place.loc, share, shapeOf(place.x)),
                       shapeOf(operand));
}

RelevanceWalk::Shares RelevanceWalk::applyRow(const Crossing<Value> &at, const Streams &r) {
  LayerOpInterface layer = at.layer;
  bool isReported = account && at.stream == 0;
  RelevanceFlow flow = flowOf(at, r.front());
  SmallVector<AtOp> peers;
  if (isa<MergeOpInterface>(layer.getOperation()))
    for (unsigned number : layer.getDataOperandNumbers())
      peers.push_back(placeAt(*builder, layer, number, r, at.isBottleneck));
  SmallVector<Value> shares;
  for (unsigned number : at.operands) {
    AtOp place = placeAt(*builder, layer, number, r, at.isBottleneck);
    place.peers = peers;
    Scope scope(*at.rule.bound, *sources, *builder, place);
    FailureOr<Value> share = scope.emit(at.rule.row->result, {});
    if (failed(share))
      return failure();
    Value fitted = fitToOperand(*builder, place, *share);
    if (!fitted)
      return layer.emitError("an operand on the relevance path is broadcast within a sample, found "
                             "one broadcast over samples");
    shares.push_back(fitted);
    if (!isReported)
      continue;
    auto terms = emitTerms(scope, at.rule.row->result);
    if (failed(terms))
      return failure();
    flow.shares.push_back({place.r.front(), fitted, std::move(*terms)});
  }
  if (isReported)
    account->add(*builder, flow);
  return shares;
}
