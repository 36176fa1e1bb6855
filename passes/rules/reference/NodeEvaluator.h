// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The inside of the reference evaluator: nodes of one tape on small dense values. Each subject of
// Words.def has a function of its own. Private to EvaluateMethod.cpp.
#ifndef SALIENCY_RULES_REFERENCE_NODEEVALUATOR_H
#define SALIENCY_RULES_REFERENCE_NODEEVALUATOR_H

#include "passes/rules/reference/EvaluateMethod.h"

#include <map>

namespace saliency::rules {

/// What a run reads besides the finish; between runs and behind them only `count` holds.
struct RunState {
  unsigned number = 0, count = 0;
  const DenseTensor *point = nullptr;
  const DenseRun *result = nullptr;
  std::span<const DenseTensor> given = {};
  const std::map<NodeId, DenseTensor> *sums = nullptr;
};

/// Evaluates nodes of one tape with the terminals of one layer, head or finish.
struct NodeEvaluator {
  const MethodTable &table;
  const Settings &settings;
  const DenseLayer *layer = nullptr;
  unsigned operand = 0;
  const DenseHead *head = nullptr;
  int hostileClass = -1;
  std::span<const DenseTensor> maps = {};
  const DenseTensor *input = nullptr;
  const RunState *run = nullptr;
  std::map<NodeId, DenseTensor> known = {};

  const DenseTensor &operator()(NodeId id);

private:
  // One function for each subject of words, and those of their words that need one of their own.
  DenseTensor compute(const Node &node);
  DenseTensor ofOp(const Node &node) const;
  DenseTensor ofNetwork(const Node &node);
  DenseTensor neuron(double channel, double position) const;
  DenseTensor elementwise(const Node &node);
  DenseTensor statistic(const Node &node);
  DenseTensor product(const Node &node);
  DenseTensor mapChannelMean(const DenseTensor &a) const;
  DenseTensor overOperands(NodeId id) const;
  DenseTensor ofMap(const Node &node);
  DenseTensor rollout(NodeId id) const;
  DenseTensor overClasses(NodeId id) const;
  DenseTensor ofRun(const Node &node);
  DenseTensor mask(const Node &node);

  const DenseTensor &x() const {
    return layer->operands[std::min<size_t>(operand, layer->operands.size() - 1)];
  }
  const DenseTensor &relevance(unsigned stream) const;
  std::vector<unsigned> otherClasses() const;
  DenseTensor oneHot(unsigned c) const;
  /// The full shape of a space.
  DenseTensor ones(Space space) const;
  unsigned extentOf(const Node &mask) const;
  DenseTensor number(double value) const { return DenseTensor(1, 1, value); }
  double scalar(NodeId id) { return (*this)(id).data[0]; }
};

} // namespace saliency::rules

#endif // SALIENCY_RULES_REFERENCE_NODEEVALUATOR_H
