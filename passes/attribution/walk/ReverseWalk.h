// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The one driver of the reverse walk. It says which values relevance passes on its way back through
// a network and in which order, which rule serves each layer, and where uses of a value (a fork),
// operands of a layer (a merge) and streams (a meeting) come together. What is carried, it leaves
// to a visitor: the emission carries MLIR values, the conservation report classes of conservation,
// and checks of a request only that something arrives.
//
//      network, top to bottom            the walk, bottom to top
//
//            x                              x       3. arrive: both uses, joined by the fork's rule
//           / \ .                          ^ ^
//        conv  |                       conv   |     2. cross conv: its rule passes a share to x
//           \ /                            ^ ^
//           add                            add      1. arrive, then cross: the add's rule
//            |                              ^          passes one share to conv and one to x
//         logits                         logits     0. seed
//
// A *stream* is one quantity that is carried back: stream 0 the relevance, further ones what a
// method declares beside it (a gradient, or relevance from a second seed: a *twin*). A *use* of a
// value is a layer that reads it; each use passes one share of each stream to the value. A *gate*
// is a value through which alone relevance is carried on, as a condition on channels asks for.
#ifndef SALIENCY_ATTRIBUTION_WALK_REVERSEWALK_H
#define SALIENCY_ATTRIBUTION_WALK_REVERSEWALK_H

#include "passes/attribution/walk/LayerRule.h"

namespace saliency {

/// One layer that the walk crosses, in one stream. `Share` is what the visitor carries.
template <class Share> struct Crossing {
  LayerOpInterface layer;
  const LayerRule &rule;
  unsigned stream;
  const llvm::SmallVector<Share, 1> &streams; // all that arrived at the layer's result
  llvm::SmallVector<unsigned> operands;       // through which relevance goes on
  bool isBottleneck;                          // nothing passes beside the layer's result
  const Share &arrived() const { return streams[stream]; }
};

/// `Visitor` has a type `Share`, whose default value means that nothing arrived and converts to
/// false, and four members that the walk calls:
///   FailureOr<Share> join(Value value, unsigned stream, ArrayRef<Share> uses, const Row *fork)
///       what several uses of a value add up to; `fork`: the method's row for that, or null;
///   FailureOr<Share> meet(Value value, const Meeting &, const Streams &)
///       the one relevance that the streams become where they meet;
///   Share narrow(Value gate, Share)
///       what a gate leaves of relevance;
///   FailureOr<SmallVector<Share>> cross(const Crossing<Share> &)
///       what a layer passes to each of the crossing's operands.
template <class Visitor> class ReverseWalk {
public:
  using Share = typename Visitor::Share;
  /// By stream; what did not arrive is the default value.
  using Streams = llvm::SmallVector<Share, 1>;
  using Uses = llvm::SmallVector<Share, 2>;

  /// Walks by the rows of `method`, or by ordinary derivatives where it is null.
  ReverseWalk(const Network &network, const BoundMethod *method, Visitor &visitor)
      : network(network), method(method), visitor(visitor) {}

  /// Puts `share` on `start` as the seed of `stream`.
  void seed(unsigned stream, mlir::Value start, Share share) { pass(start, stream, share); }
  /// At `place` the streams become one relevance.
  void meet(mlir::Value place, const rules::Meeting &meeting) { meetings[place] = &meeting; }
  /// Only relevance that goes through `place` is carried on.
  void keepOnly(mlir::Value place) { gates.insert(place); }

  /// What arrives at `end`, by stream.
  mlir::FailureOr<Streams> run(mlir::Value end);

  /// All streams of a value that the walk met; none elsewhere.
  Streams getStreams(mlir::Value value) const { return arrived.lookup(value); }
  /// The relevance of every value that the walk met, in the order met.
  llvm::ArrayRef<std::pair<mlir::Value, Share>> getRelevance() const { return met; }
  /// The relevance that is on its way to a value at which the walk has not arrived.
  Uses waitingAt(mlir::Value value) const {
    auto found = incoming.find(value);
    return found == incoming.end() || arrived.contains(value) ? Uses() : found->second.front();
  }

private:
  void pass(mlir::Value operand, unsigned stream, Share share);
  mlir::FailureOr<Streams> arrive(mlir::Value value);
  mlir::LogicalResult cross(LayerOpInterface layer, const Streams &r, unsigned stream,
                            bool isBottleneck);
  void dropWaiting(mlir::Value gate);

  const Network &network;
  const BoundMethod *method;
  Visitor &visitor;
  llvm::DenseMap<mlir::Value, const rules::Meeting *> meetings;
  llvm::DenseSet<mlir::Value> gates;
  llvm::DenseMap<mlir::Value, llvm::SmallVector<Uses, 1>> incoming; // by stream
  llvm::DenseMap<mlir::Value, Streams> arrived;
  llvm::SmallVector<std::pair<mlir::Value, Share>> met;
  llvm::DenseSet<mlir::Value> open; // values that have received something and were not visited yet
};

template <class Visitor>
mlir::FailureOr<typename ReverseWalk<Visitor>::Streams> ReverseWalk<Visitor>::run(mlir::Value end) {
  for (mlir::Operation &op : llvm::reverse(*network.getLogits().getParentBlock())) {
    if (op.getNumResults() != 1 || !incoming.contains(op.getResult(0)))
      continue;
    mlir::Value value = op.getResult(0);
    mlir::FailureOr<Streams> r = arrive(value);
    if (failed(r) || value == end)
      return r;
    open.erase(value);
    bool isBottleneck = open.empty();
    // Contract 1 (checkNetwork) lets a network have layers and constants only, and no constant
    // carries relevance; so what makes this value is a layer.
    auto layer = llvm::cast<LayerOpInterface>(op);
    // Further streams first: the relevance may read all of them.
    for (unsigned stream = r->size(); stream-- > 0;)
      if ((*r)[stream] && failed(cross(layer, *r, stream, isBottleneck)))
        return mlir::failure();
  }
  return arrive(end);
}

template <class Visitor>
void ReverseWalk<Visitor>::pass(mlir::Value operand, unsigned stream, Share share) {
  open.insert(operand);
  auto &streams = incoming[operand];
  if (streams.size() <= stream)
    streams.resize(stream + 1);
  streams[stream].push_back(share);
}

/// What a value's uses add up to, by stream: 1. uses are joined, 2. streams meet, 3. a gate keeps
/// some of it and drops all that goes past it.
template <class Visitor>
mlir::FailureOr<typename ReverseWalk<Visitor>::Streams>
ReverseWalk<Visitor>::arrive(mlir::Value value) {
  llvm::SmallVector<Uses, 1> uses = incoming.lookup(value);
  Streams r(std::max<size_t>(uses.size(), 1));
  for (auto [stream, given] : llvm::enumerate(uses)) {
    if (given.empty())
      continue;
    mlir::FailureOr<Share> sum = given.front();
    if (given.size() > 1)
      sum = visitor.join(value, stream, given, findForkRow(method, stream));
    if (failed(sum))
      return mlir::failure();
    r[stream] = *sum;
  }
  if (auto meeting = meetings.find(value); meeting != meetings.end() && r.front()) {
    mlir::FailureOr<Share> relevance = visitor.meet(value, *meeting->second, r);
    if (failed(relevance))
      return mlir::failure();
    r = {*relevance};
  }
  if (gates.contains(value)) {
    for (auto [stream, relevance] : llvm::enumerate(r))
      if (relevance && isRelevance(method, stream))
        relevance = visitor.narrow(value, relevance);
    dropWaiting(value);
  }
  if (r.front())
    met.emplace_back(value, r.front());
  arrived[value] = r;
  return r;
}

/// Relevance that waits elsewhere when the walk comes to `gate` has gone past it.
template <class Visitor> void ReverseWalk<Visitor>::dropWaiting(mlir::Value gate) {
  for (auto &[waiting, streams] : incoming)
    if (waiting != gate && !arrived.contains(waiting))
      for (auto [stream, uses] : llvm::enumerate(streams))
        if (isRelevance(method, stream))
          uses.clear();
}

template <class Visitor>
mlir::LogicalResult ReverseWalk<Visitor>::cross(LayerOpInterface layer, const Streams &r,
                                                unsigned stream, bool isBottleneck) {
  LayerRule rule = findRuleFor(layer, method, network, stream);
  llvm::SmallVector<unsigned> operands = network.dataOperands(layer);
  traceRule(layer, rule, stream, isBottleneck);
  mlir::FailureOr<llvm::SmallVector<Share>> shares =
      visitor.cross({layer, rule, stream, r, operands, isBottleneck});
  if (failed(shares))
    return mlir::failure();
  for (auto [number, share] : llvm::zip_equal(operands, *shares))
    pass(layer->getOperand(number), stream, share);
  return mlir::success();
}

} // namespace saliency

#endif // SALIENCY_ATTRIBUTION_WALK_REVERSEWALK_H
