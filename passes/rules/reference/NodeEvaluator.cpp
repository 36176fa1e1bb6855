// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/rules/reference/NodeEvaluator.h"

#include "passes/rules/language/Philox.h"
#include "passes/rules/language/Quadrature.h"
#include "passes/rules/reference/DenseArithmetic.h"
#include "passes/rules/reference/DenseMaps.h"

#include <algorithm>
#include <cassert>
#include <cmath>

namespace saliency::rules {

const DenseTensor &NodeEvaluator::operator()(NodeId id) {
  if (auto it = known.find(id); it != known.end())
    return it->second;
  if (run && run->sums && run->sums->contains(id))
    return run->sums->at(id);
  DenseTensor value = compute(table.node(id));
  return known.emplace(id, std::move(value)).first->second;
}

const DenseTensor &NodeEvaluator::relevance(unsigned stream) const {
  const std::vector<DenseTensor> &relevances =
      stream == 0 ? layer->relevances : layer->streams[stream - 1];
  return relevances[std::min<size_t>(operand, relevances.size() - 1)];
}

std::vector<unsigned> NodeEvaluator::otherClasses() const {
  std::vector<unsigned> others;
  for (unsigned c : head->classes)
    if (c != head->target)
      others.push_back(c);
  return others;
}

DenseTensor NodeEvaluator::oneHot(unsigned c) const {
  DenseTensor result(head->logits.channels, 1);
  result.data[c] = 1;
  return result;
}

DenseTensor NodeEvaluator::ones(Space space) const {
  const DenseTensor &like = space == Space::Out      ? layer->y
                            : space == Space::Weight ? layer->kernel
                            : space == Space::Other  ? layer->other
                            : space == Space::Layer  ? head->layer
                            : space == Space::Logits ? head->logits
                            : layer                  ? x()
                                                     : *input;
  return DenseTensor(like.channels, like.positions, 1.0);
}

static void accumulate(DenseTensor &sum, const DenseTensor &term, bool first) {
  if (first) {
    sum = term;
    return;
  }
  for (size_t i = 0; i < sum.size(); ++i)
    sum.data[i] += term.data[i];
}

DenseTensor NodeEvaluator::rollout(NodeId id) const {
  DenseTensor product;
  for (auto attention = head->attention.rbegin(); attention != head->attention.rend();
       ++attention) {
    NodeEvaluator one{.table = table, .settings = settings, .layer = &*attention};
    product = attention == head->attention.rbegin() ? one(id) : matrixProduct(product, one(id));
  }
  return product;
}

DenseTensor NodeEvaluator::overOperands(NodeId id) const {
  DenseTensor sum;
  for (unsigned i = 0; i < std::max(layer->operands.size(), layer->relevances.size()); ++i) {
    NodeEvaluator one{.table = table, .settings = settings, .layer = layer, .operand = i};
    accumulate(sum, one(id), i == 0);
  }
  return sum;
}

DenseTensor NodeEvaluator::overClasses(NodeId id) const {
  DenseTensor sum(head->layer.channels, head->layer.positions);
  for (unsigned c : otherClasses()) {
    NodeEvaluator one{.table = table, .settings = settings, .head = head, .hostileClass = int(c)};
    const DenseTensor &term = one(id);
    accumulate(sum, term.broadcastTo(sum.channels, sum.positions), false);
  }
  return sum;
}

DenseTensor NodeEvaluator::compute(const Node &n) {
  switch (subjectOf(n.kind)) {
  case Subject::Op:
    return ofOp(n);
  case Subject::Network:
    return ofNetwork(n);
  case Subject::Elementwise:
    return elementwise(n);
  case Subject::Statistic:
    return statistic(n);
  case Subject::Product:
    return product(n);
  case Subject::Map:
    return ofMap(n);
  case Subject::Run:
    return ofRun(n);
  }
  return {};
}

DenseTensor NodeEvaluator::ofOp(const Node &n) const {
  switch (OpWord(n.kind)) {
  case OpWord::X:
    return x();
  case OpWord::Y:
    return layer->y;
  case OpWord::W:
    return layer->kernel;
  case OpWord::B:
    return layer->bias;
  case OpWord::R:
    return relevance(n.index);
  case OpWord::Other:
    return layer->other;
  case OpWord::Gamma:
    return layer->gamma;
  case OpWord::Beta:
    return layer->beta;
  case OpWord::Mean:
    return layer->mean;
  case OpWord::Variance:
    return layer->variance;
  case OpWord::BatchEpsilon:
    return number(layer->batchEpsilon);
  case OpWord::BiasIsFolded:
    return number(layer->biasIsFolded);
  case OpWord::UsedElsewhere:
    return number(layer->usedElsewhere);
  case OpWord::IsBottleneck:
    return number(layer->isBottleneck);
  case OpWord::LayerData:
    return layer->layerData;
  case OpWord::X0:
    return layer->references[operand];
  case OpWord::Y0:
    return layer->y0;
  case OpWord::Rise:
    return layer->rise;
  case OpWord::Fall:
    return layer->fall;
  case OpWord::Interior:
    return layer->interior;
  }
  return {};
}

DenseTensor NodeEvaluator::ofNetwork(const Node &n) {
  switch (NetworkWord(n.kind)) {
  case NetworkWord::Ones:
    return ones(n.space);
  case NetworkWord::Parameter: {
    const ParameterValue &value = settings.values[n.index];
    if (n.space != Space::PerChannel)
      return number(value.number);
    return DenseTensor(unsigned(value.channels.size()), 1, value.channels);
  }
  case NetworkWord::Constant:
    return number(n.value);
  case NetworkWord::Layer:
    return head->layer;
  case NetworkWord::Neuron:
    return neuron(scalar(n.a), scalar(n.b));
  case NetworkWord::ImageX0:
    return (*this)(table.reference).broadcastTo(input->channels, input->positions);
  case NetworkWord::ImageX:
    return *input;
  case NetworkWord::Logits:
    return head->logits;
  case NetworkWord::Target:
    return oneHot(head->target);
  case NetworkWord::HostileClass:
    return oneHot(unsigned(hostileClass));
  case NetworkWord::ClassCount:
    return number(double(otherClasses().size()));
  }
  return {};
}

DenseTensor NodeEvaluator::neuron(double channel, double position) const {
  DenseTensor mask(head->layer.channels, head->layer.positions);
  const auto isAt = [&](unsigned p) { return position < 0 || unsigned(position) == p; };
  const auto activity = [&](unsigned c) {
    double sum = 0;
    for (unsigned p = 0; p < mask.positions; ++p)
      sum += isAt(p) ? head->layer.at(c, p) : 0;
    return sum;
  };
  unsigned chosen = unsigned(std::max(channel, 0.0));
  for (unsigned c = 0; channel < 0 && c < mask.channels; ++c)
    chosen = activity(c) > activity(chosen) ? c : chosen;
  for (unsigned p = 0; p < mask.positions; ++p)
    mask.data[size_t(chosen) * mask.positions + p] = isAt(p);
  return mask;
}

DenseTensor NodeEvaluator::elementwise(const Node &n) {
  if (n.kind == NodeKind::Choose)
    return (*this)(settings.chosen(n));
  Quotient quotient;
  if (n.kind == NodeKind::Divide) {
    const DenseTensor &b = (*this)(n.b);
    double squares = 0;
    for (double v : b.data)
      squares += v * v;
    quotient = {divisionOf(table, settings, n), n.c == kNone ? 0 : scalar(n.c),
                std::sqrt(squares / double(b.size()))};
  }
  unsigned channels = 1, positions = 1;
  for (NodeId id : {n.a, n.b, n.c})
    if (id != kNone && !(n.kind == NodeKind::Divide && id == n.c)) {
      channels = std::max(channels, (*this)(id).channels);
      positions = std::max(positions, (*this)(id).positions);
    }
  DenseTensor result(channels, positions);
  for (unsigned c = 0; c < channels; ++c)
    for (unsigned p = 0; p < positions; ++p) {
      const auto at = [&](NodeId id) { return id == kNone ? 0 : (*this)(id).at(c, p); };
      result.data[size_t(c) * positions + p] =
          evaluateElementwise(ElementwiseWord(n.kind), at(n.a), at(n.b), at(n.c), quotient);
    }
  return result;
}

DenseTensor NodeEvaluator::statistic(const Node &n) {
  const DenseTensor &a = (*this)(n.a);
  switch (StatisticWord(n.kind)) {
  case StatisticWord::ReduceSum:
    return n.space == Space::PerToken ? sumOfRows(a) : reduce(n.kind, n.space, a);
  case StatisticWord::ReduceMean:
    return n.space == Space::Tokens ? meanOverHeads(a) : reduce(n.kind, n.space, a);
  case StatisticWord::ReduceMax:
  case StatisticWord::ReduceMin:
  case StatisticWord::CountNonZero:
    return reduce(n.kind, n.space, a);
  case StatisticWord::Percentile:
    return number(percentile(a.data, scalar(n.b)));
  case StatisticWord::Entries:
    return number(double(a.size()));
  }
  return {};
}

DenseTensor NodeEvaluator::product(const Node &n) {
  const auto asOutput = [&](NodeId id) {
    return (*this)(id).broadcastTo(layer->y.channels, layer->y.positions);
  };
  switch (ProductWord(n.kind)) {
  case ProductWord::Forward:
    return denseForward(*layer, (*this)(n.a), (*this)(n.b));
  case ProductWord::Adjoint:
    return denseAdjoint(*layer, (*this)(n.a), (*this)(n.b));
  case ProductWord::Correlate:
    return denseCorrelate(*layer, (*this)(n.a), (*this)(n.b));
  case ProductWord::ForwardOp:
    return n.b == kNone ? layer->function((*this)(n.a))
                        : layer->productOf((*this)(n.a), (*this)(n.b));
  case ProductWord::Vjp:
    if (n.c != kNone)
      return layer->derivativeWith(asOutput(n.a), (*this)(n.c));
    return layer->derivative(asOutput(n.a), n.b == kNone ? x() : (*this)(n.b));
  case ProductWord::WindowMean:
    return layer->windowMean((*this)(n.a));
  case ProductWord::WindowMeanVjp:
    return layer->windowMeanVjp(asOutput(n.a));
  case ProductWord::MapChannelMean:
    return mapChannelMean((*this)(n.a));
  case ProductWord::OverOperands:
    return overOperands(n.a);
  }
  return {};
}

DenseTensor NodeEvaluator::mapChannelMean(const DenseTensor &a) const {
  const unsigned positions = unsigned(a.size()) / layer->flattenedChannels;
  DenseTensor map(layer->flattenedChannels, positions, a.data);
  map = reduce(NodeKind::ReduceMean, Space::PerPixel, map)
            .broadcastTo(layer->flattenedChannels, positions);
  return {a.channels, a.positions, map.data};
}

DenseTensor NodeEvaluator::ofMap(const Node &n) {
  switch (MapWord(n.kind)) {
  case MapWord::Principal:
    return principalScores((*this)(n.a));
  case MapWord::Resize:
    return resized((*this)(n.a), input->positions, ResizeMode(n.index));
  case MapWord::Gradient:
    return run && run->result && run->result->gradient ? run->result->gradient((*this)(n.a))
                                                       : head->gradient((*this)(n.a));
  case MapWord::LayerAt:
    return head->layerAt((*this)(n.a).broadcastTo(input->channels, input->positions));
  case MapWord::ForEachClass:
    return overClasses(n.a);
  case MapWord::Rollout:
    return rollout(n.a);
  case MapWord::IdentityMatrix:
    return identityMatrix((*this)(n.a).positions);
  case MapWord::AtClasses: // both are {classes, 1} here
    return (*this)(n.a);
  case MapWord::Blur:
    return blurred((*this)(n.a));
  case MapWord::AtTokens:
    return atTokens((*this)(n.a), scalar(n.b));
  case MapWord::ClassToken:
    return classTokenMap((*this)(n.a));
  case MapWord::Collected:
    return fused(Fusion(n.index), head->collected);
  case MapWord::Map:
    return maps[n.index];
  }
  return {};
}

DenseTensor NodeEvaluator::ofRun(const Node &n) {
  switch (RunWord(n.kind)) {
  case RunWord::Point:
    return *run->point;
  case RunWord::PointLogits:
    return run->result->logits;
  case RunWord::PointLayer:
    return run->result->layer;
  case RunWord::RunNumber:
    return number(run->number);
  case RunWord::QuadratureNode:
  case RunWord::QuadratureWeight: {
    const Parameter &parameter = table.parameters[n.index];
    const QuadratureRule rule =
        quadrature(parameter.options[size_t(settings.values[n.index].number)], run->count);
    return number((n.kind == NodeKind::QuadratureNode ? rule.nodes : rule.weights)[run->number]);
  }
  case RunWord::Normal: {
    DenseTensor draws(input->channels, input->positions);
    for (unsigned i = 0; i < draws.size(); ++i)
      draws.data[i] =
          drawNormal({.entry = i, .run = run->number, .stream = n.index}, uint64_t(scalar(n.a)));
    return draws;
  }
  case RunWord::Uniform:
    return number(drawUniform({.run = run->number, .stream = n.index}, uint64_t(scalar(n.a))));
  case RunWord::GivenImage:
    return run->given.empty() ? (*this)(n.a) : run->given[run->number % run->given.size()];
  case RunWord::WindowMask:
  case RunWord::GridMask:
  case RunWord::ChannelMask:
    return mask(n);
  case RunWord::RunCount:
    return number(run->count);
  case RunWord::WindowCount:
    return number(countWindows(extentOf(n), unsigned(scalar(n.a)), unsigned(scalar(n.b))));
  case RunWord::ChannelCount:
    return number(head->layer.channels);
  case RunWord::RunSum:
  case RunWord::RunVariance:
  case RunWord::RunSoftmaxMean:
    break; // known before a node above them is evaluated: RunState::sums
  }
  assert(false && "a sum over runs is asked for before the runs");
  return {};
}

DenseTensor NodeEvaluator::mask(const Node &n) {
  if (n.kind == NodeKind::ChannelMask) {
    DenseTensor mask(head->layer.channels, 1);
    mask.data[run->number] = 1;
    return mask;
  }
  DenseTensor mask(1, extentOf(n));
  for (unsigned p = 0; p < mask.positions; ++p)
    mask.data[p] = n.kind == NodeKind::WindowMask
                       ? isInWindow(p, run->number, unsigned(scalar(n.a)), unsigned(scalar(n.b)))
                       : gridMask(p, mask.positions, unsigned(scalar(n.a)), scalar(n.b),
                                  run->number, uint64_t(scalar(n.c)));
  return mask;
}

unsigned NodeEvaluator::extentOf(const Node &mask) const {
  const Extent extent = mask.kind == NodeKind::GridMask ? Extent::Input : Extent(mask.index);
  return extent == Extent::Layer     ? head->layer.positions
         : extent == Extent::Patches ? head->layer.positions - 1
                                     : input->positions;
}

} // namespace saliency::rules
