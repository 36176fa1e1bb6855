// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The reverse walk: relevance from where it is seeded back to the input, op by op, each by the
// method's row for its capability, or by the ordinary derivative.
#ifndef SALIENCY_ATTRIBUTION_WALK_REVERSEWALK_H
#define SALIENCY_ATTRIBUTION_WALK_REVERSEWALK_H

#include "mlir/IR/IRMapping.h"
#include "passes/attribution/emission/EmitExpression.h"
#include "passes/attribution/network/Network.h"
#include "passes/attribution/reports/RelevanceReport.h"

namespace saliency {

/// Values by stream: the relevance, then a method's further streams. Absent ones are null.
using Streams = llvm::SmallVector<mlir::Value, 1>;

/// What a layer takes of a method: the row under the parameters of its entry in the composite.
struct LayerRule {
  const BoundMethod *bound;
  const rules::Row *row; // null: the ordinary derivative, or unsupported
  std::string name;      // the composite's rule, the method's name, or "derivative"
};

class ReverseWalk {
public:
  /// Walks by the rows of `method`, or by ordinary derivatives where it is null.
  ReverseWalk(const Network &network, const BoundMethod *method, ExpressionSources *sources)
      : network(network), method(method), sources(sources) {}

  /// Puts `value` on `start` as the seed of `stream`.
  void seed(unsigned stream, mlir::Value start, mlir::Value value);
  /// Keeps account of the relevance in `kept`.
  void reportTo(RelevanceReport &kept) { report = &kept; }
  /// What arrives at `end`, by stream; the relevance is null where none reaches it. Reports ops
  /// that the method has no rule for.
  mlir::FailureOr<Streams> run(mlir::OpBuilder &builder, mlir::Value end);

  /// What the network's values are at a second input; for the rules that compare.
  void compareWith(mlir::IRMapping values) { reference = std::move(values); }
  /// Only relevance that goes through `place`, at these channels, is carried on.
  void keepChannels(mlir::Value place, llvm::ArrayRef<int64_t> channels) {
    kept[place] = llvm::to_vector(channels);
  }
  /// At `place` the streams become one relevance, given by expression `result`.
  void meet(mlir::Value place, rules::NodeId result) { meetings[place] = result; }
  /// Relevance of every value that the walk met, in the order met.
  llvm::ArrayRef<std::pair<mlir::Value, mlir::Value>> getRelevance() const { return met; }

  /// Whether relevance arrived at a value.
  bool meets(mlir::Value value) const {
    return llvm::any_of(getStreams(value), [](mlir::Value stream) { return bool(stream); });
  }
  /// All streams of a value that the walk met; none elsewhere.
  Streams getStreams(mlir::Value value) const { return arrived.lookup(value); }
  /// What expressions read at an operand of a layer where `r` arrives at its result.
  ExpressionContext operandContext(mlir::OpBuilder &builder, LayerOpInterface layer,
                                   unsigned number, const Streams &r) const;

private:
  using Uses = llvm::SmallVector<mlir::Value, 2>;
  mlir::FailureOr<Streams> arrive(mlir::OpBuilder &builder, mlir::Value value);
  mlir::FailureOr<mlir::Value> combine(mlir::OpBuilder &builder, mlir::Value value,
                                       const Uses &uses, unsigned stream);
  mlir::LogicalResult visit(mlir::OpBuilder &builder, LayerOpInterface layer, const Streams &r,
                            unsigned stream);
  mlir::LogicalResult derive(mlir::OpBuilder &builder, LayerOpInterface layer, mlir::Value r,
                             unsigned stream);
  mlir::LogicalResult applyRow(mlir::OpBuilder &builder, LayerOpInterface layer,
                               const LayerRule &rule, unsigned stream, const Streams &r);
  RelevanceFlow flowOf(LayerOpInterface layer, const LayerRule &rule, mlir::Value arrived) const;
  void reportAside(mlir::OpBuilder &builder, mlir::Value end) const;
  Streams seenBy(unsigned stream, const Streams &r) const;
  bool isRelevance(unsigned stream) const;
  void dropWaiting(mlir::Value value);
  void pass(mlir::Value operand, unsigned stream, mlir::Value share);

  const Network &network;
  const BoundMethod *method;
  ExpressionSources *sources;
  /// What a value's uses passed to it, by stream.
  llvm::DenseMap<mlir::Value, llvm::SmallVector<Uses, 1>> incoming;
  llvm::SmallVector<std::pair<mlir::Value, mlir::Value>> met;
  llvm::DenseSet<mlir::Value> open; // values that have received something and were not visited yet
  bool isBottleneck = false;        // of the layer being visited: nothing passes beside its output
  std::optional<mlir::IRMapping> reference;
  RelevanceReport *report = nullptr;
  llvm::DenseMap<mlir::Value, rules::NodeId> meetings;
  llvm::DenseMap<mlir::Value, llvm::SmallVector<int64_t>> kept;
  llvm::DenseMap<mlir::Value, Streams> arrived;
};

/// The axis of a value's channels.
int64_t channelAxis(mlir::Value value);

/// The row that a layer takes: its rule by name where it has one, else the first of stream `rows`
/// whose conditions hold, for relevance of `stream`; null where there is none.
const rules::Row *findRowFor(LayerOpInterface layer, const BoundMethod &bound,
                             const Network &network, llvm::StringRef rule = "", unsigned rows = 0,
                             unsigned stream = 0);

LayerRule findRuleFor(LayerOpInterface layer, const BoundMethod &method, const Network &network,
                      unsigned stream = 0);

} // namespace saliency

#endif // SALIENCY_ATTRIBUTION_WALK_REVERSEWALK_H
