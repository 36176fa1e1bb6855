// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The reverse walk that makes code: relevance from where it is seeded back to the input, layer by
// layer, each by the method's row for its capability, or by the ordinary derivative.
#ifndef SALIENCY_ATTRIBUTION_EMISSION_RELEVANCEWALK_H
#define SALIENCY_ATTRIBUTION_EMISSION_RELEVANCEWALK_H

#include "mlir/IR/IRMapping.h"
#include "passes/attribution/emission/EmitExpression.h"
#include "passes/attribution/emission/RelevanceFlow.h"
#include "passes/attribution/walk/ReverseWalk.h"

namespace saliency {

class RelevanceWalk {
public:
  /// Walks by the rows of `method`, or by ordinary derivatives where it is null.
  RelevanceWalk(const Network &network, const BoundMethod *method, ExpressionSources *sources)
      : network(network), method(method), sources(sources), walk(network, method, *this) {}
  RelevanceWalk(const RelevanceWalk &) = delete;

  /// Puts `value` on `start` as the seed of `stream`.
  void seed(unsigned stream, mlir::Value start, mlir::Value value) {
    walk.seed(stream, start, value);
  }
  /// Keeps account of the relevance in `kept`.
  void reportTo(RelevanceAccount &kept) { account = &kept; }
  /// What the network's values are at a second input; for the rules that compare.
  void compareWith(mlir::IRMapping values) { reference = std::move(values); }
  /// Only relevance that goes through `place`, at these channels, is carried on.
  void keepChannels(mlir::Value place, llvm::ArrayRef<int64_t> channels) {
    kept[place] = llvm::to_vector(channels);
    walk.keepOnly(place);
  }
  /// At `place` the streams become one relevance.
  void meet(mlir::Value place, const rules::Meeting &meeting) { walk.meet(place, meeting); }

  /// What arrives at `end`, by stream; the relevance is null where none reaches it. Reports ops
  /// that the method has no rule for.
  mlir::FailureOr<Streams> run(mlir::OpBuilder &builder, mlir::Value end);

  /// Relevance of every value that the walk met, in the order met.
  llvm::ArrayRef<std::pair<mlir::Value, mlir::Value>> getRelevance() const {
    return walk.getRelevance();
  }
  /// Whether relevance arrived at a value.
  bool meets(mlir::Value value) const {
    return llvm::any_of(getStreams(value), [](mlir::Value stream) { return bool(stream); });
  }
  /// All streams of a value that the walk met; none elsewhere.
  Streams getStreams(mlir::Value value) const { return walk.getStreams(value); }
  /// What expressions read at an operand of a layer where `r` arrives at its result.
  AtOp placeAt(mlir::OpBuilder &builder, LayerOpInterface layer, unsigned number, const Streams &r,
               bool isBottleneck = false) const;

  // What the driver asks of a visitor (see ReverseWalk).
  using Share = mlir::Value;
  mlir::FailureOr<mlir::Value> join(mlir::Value value, unsigned stream,
                                    llvm::ArrayRef<mlir::Value> uses, const rules::Row *fork);
  mlir::FailureOr<mlir::Value> meet(mlir::Value value, const rules::Meeting &meeting,
                                    const Streams &streams);
  mlir::Value narrow(mlir::Value gate, mlir::Value relevance);
  mlir::FailureOr<llvm::SmallVector<mlir::Value>> cross(const Crossing<mlir::Value> &at);

private:
  using Shares = mlir::FailureOr<llvm::SmallVector<mlir::Value>>;
  Shares derive(const Crossing<mlir::Value> &at);
  Shares applyRow(const Crossing<mlir::Value> &at, const Streams &r);
  RelevanceFlow flowOf(const Crossing<mlir::Value> &at, mlir::Value arrived) const;
  void reportAside(mlir::Value end);

  const Network &network;
  const BoundMethod *method;
  ExpressionSources *sources;
  ReverseWalk<RelevanceWalk> walk;
  mlir::OpBuilder *builder = nullptr; // of the run
  std::optional<mlir::IRMapping> reference;
  RelevanceAccount *account = nullptr;
  llvm::DenseMap<mlir::Value, llvm::SmallVector<int64_t>> kept;
};

} // namespace saliency

#endif // SALIENCY_ATTRIBUTION_EMISSION_RELEVANCEWALK_H
