// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Reductions over the axes that a node's space removes: PerSample all but samples, PerChannel all
// but samples and channels, PerPixel the channels.
#include "dialect/ops/Builders.h"
#include "passes/attribution/emission/Emitters.h"

using namespace mlir;
using namespace saliency;
using rules::Node;
using rules::StatisticWord;

/// Of ones: a constant, whose reduction over `entries` entries is a number. Counts entries.
static std::optional<double> reduceSplat(Value value, Reduction kind, int64_t entries) {
  DenseElementsAttr constant;
  if (!matchPattern(value, m_Constant(&constant)) || !constant.isSplat())
    return std::nullopt;
  double entry = constant.getSplatValue<float>();
  return kind == Reduction::Sum            ? entry * entries
         : kind == Reduction::CountNonZero ? double(entry != 0) * entries
                                           : entry;
}

static FailureOr<Term> emitReduction(Scope &s, const Node &node, Reduction kind) {
  FailureOr<Term> operand = s.term(node.a);
  if (failed(operand))
    return failure();
  if (operand->isNumber())
    return s.error("a reduction has a tensor operand, found a number");
  if (node.space == rules::Space::Tokens || node.space == rules::Space::PerToken)
    return Term{reduceTokens(s, node, operand->value)};
  // The heads' maps have the heads for channels, whatever the layer at hand combines.
  bool ofHeads = s.node(node.a).space == rules::Space::HeadMaps;
  SmallVector<int64_t> axes, features = ofHeads ? SmallVector<int64_t>{1} : featureAxes(s);
  ArrayRef<int64_t> shape = shapeOf(operand->value);
  int64_t reduced = 1;
  for (int64_t axis = 1; axis != int64_t(shape.size()); ++axis) {
    bool isFeature = llvm::is_contained(features, axis);
    if (node.space != rules::Space::PerSample &&
        isFeature != (node.space == rules::Space::PerPixel))
      continue;
    axes.push_back(axis);
    reduced *= shape[axis];
  }
  if (std::optional<double> number = reduceSplat(operand->value, kind, reduced))
    return Term{nullptr, *number};
  return Term{s.reduce(operand->value, kind, axes)};
}

static FailureOr<Term> emitPercentile(Scope &s, const Node &node) {
  FailureOr<Term> operand = s.term(node.a);
  if (failed(operand))
    return failure();
  if (operand->isNumber())
    return s.error("a reduction has a tensor operand, found a number");
  FailureOr<double> percent = s.number(node.b);
  if (failed(percent))
    return failure();
  return Term{s.make<PercentileOp>(operand->value, s.builder().getF64FloatAttr(*percent))};
}

static FailureOr<Term> emitEntries(Scope &s, const Node &node) {
  FailureOr<Term> a = s.term(node.a);
  if (failed(a))
    return failure();
  if (a->isNumber())
    return s.error("entries are counted of a tensor, found a number");
  return Term{nullptr, double(ShapedType::getNumElements(shapeOf(a->value).drop_front()))};
}

FailureOr<Term> saliency::emitStatistic(Scope &s, const Node &node) {
  switch (StatisticWord(node.kind)) {
  case StatisticWord::ReduceSum:
    return emitReduction(s, node, Reduction::Sum);
  case StatisticWord::ReduceMean:
    return emitReduction(s, node, Reduction::Mean);
  case StatisticWord::ReduceMax:
    return emitReduction(s, node, Reduction::Max);
  case StatisticWord::ReduceMin:
    return emitReduction(s, node, Reduction::Min);
  case StatisticWord::CountNonZero:
    return emitReduction(s, node, Reduction::CountNonZero);
  case StatisticWord::Percentile:
    return emitPercentile(s, node);
  case StatisticWord::Entries:
    return emitEntries(s, node);
  }
  llvm_unreachable("every statistic is emitted");
}
