// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/rules/reference/Evaluator.h"

#include "passes/rules/language/Philox.h"
#include "passes/rules/language/Quadrature.h"
#include "passes/rules/reference/DenseArithmetic.h"
#include "passes/rules/reference/DenseMaps.h"

#include <algorithm>
#include <cassert>
#include <cmath>

namespace saliency::rules {

const DenseTensor &Evaluator::operator()(NodeId id) {
  if (auto it = known.find(id); it != known.end())
    return it->second;
  if (run && run->sums && run->sums->contains(id))
    return run->sums->at(id);
  DenseTensor value = compute(table.node(id));
  return known.emplace(id, std::move(value)).first->second;
}

const DenseTensor &Evaluator::relevance(unsigned stream) const {
  const std::vector<DenseTensor> &relevances =
      stream == 0 ? layer->relevances : layer->streams[stream - 1];
  return relevances[std::min<size_t>(operand, relevances.size() - 1)];
}

std::vector<unsigned> Evaluator::otherClasses() const {
  std::vector<unsigned> others;
  for (unsigned c : head->classes)
    if (c != head->target)
      others.push_back(c);
  return others;
}

DenseTensor Evaluator::oneHot(unsigned c) const {
  DenseTensor result(head->logits.channels, 1);
  result.data[c] = 1;
  return result;
}

DenseTensor Evaluator::ones(Space space) const {
  const DenseTensor &like = space == Space::Out      ? layer->y
                            : space == Space::Weight ? layer->kernel
                            : space == Space::Other  ? layer->other
                            : space == Space::Layer  ? head->layer
                            : space == Space::Logits ? head->logits
                            : layer                  ? x()
                                                     : *input;
  return DenseTensor(like.channels, like.positions, 1.0);
}

static DenseTensor fuse(Fusion fusion, const std::vector<DenseTensor> &maps) {
  DenseTensor result = maps[0];
  for (size_t i = 0; i < result.size(); ++i) {
    for (size_t map = 1; map < maps.size(); ++map) {
      double &value = result.data[i];
      const double next = maps[map].data[i];
      value = fusion == Fusion::Max       ? std::max(value, next)
              : fusion == Fusion::Product ? value * next
                                          : value + next;
    }
    if (fusion == Fusion::Mean)
      result.data[i] /= double(maps.size());
  }
  return result;
}

static void accumulate(DenseTensor &sum, const DenseTensor &term, bool first) {
  if (first) {
    sum = term;
    return;
  }
  for (size_t i = 0; i < sum.size(); ++i)
    sum.data[i] += term.data[i];
}

/// f of the operands' entries, which broadcast.
template <class F>
static DenseTensor elementwise(Evaluator &evaluate, std::initializer_list<NodeId> ids, F &&f) {
  unsigned channels = 1, positions = 1;
  for (NodeId id : ids) {
    channels = std::max(channels, evaluate(id).channels);
    positions = std::max(positions, evaluate(id).positions);
  }
  DenseTensor result(channels, positions);
  for (unsigned c = 0; c < channels; ++c)
    for (unsigned p = 0; p < positions; ++p) {
      double values[3] = {};
      unsigned n = 0;
      for (NodeId id : ids)
        values[n++] = evaluate(id).at(c, p);
      result.data[size_t(c) * positions + p] = f(values[0], values[1], values[2]);
    }
  return result;
}

DenseTensor Evaluator::rollout(NodeId id) const {
  DenseTensor product;
  for (auto attention = head->attention.rbegin(); attention != head->attention.rend();
       ++attention) {
    Evaluator one{.table = table, .settings = settings, .layer = &*attention};
    product = attention == head->attention.rbegin() ? one(id) : matrixProduct(product, one(id));
  }
  return product;
}

DenseTensor Evaluator::overOperands(NodeId id) const {
  DenseTensor sum;
  for (unsigned i = 0; i < std::max(layer->operands.size(), layer->relevances.size()); ++i) {
    Evaluator one{.table = table, .settings = settings, .layer = layer, .operand = i};
    accumulate(sum, one(id), i == 0);
  }
  return sum;
}

DenseTensor Evaluator::overClasses(NodeId id) const {
  DenseTensor sum(head->layer.channels, head->layer.positions);
  for (unsigned c : otherClasses()) {
    Evaluator one{.table = table, .settings = settings, .head = head, .hostileClass = int(c)};
    const DenseTensor &term = one(id);
    accumulate(sum, term.broadcastTo(sum.channels, sum.positions), false);
  }
  return sum;
}

DenseTensor Evaluator::compute(const Node &n) {
  switch (n.kind) {
  case NodeKind::X:
    return x();
  case NodeKind::Y:
    return layer->y;
  case NodeKind::Other:
    return layer->other;
  case NodeKind::W:
    return layer->kernel;
  case NodeKind::B:
    return layer->bias;
  case NodeKind::BiasIsFolded:
    return DenseTensor(1, 1, layer->biasIsFolded);
  case NodeKind::UsedElsewhere:
    return DenseTensor(1, 1, layer->usedElsewhere);
  case NodeKind::IsBottleneck:
    return DenseTensor(1, 1, layer->isBottleneck);
  case NodeKind::LayerData:
    return layer->layerData;
  case NodeKind::R:
    return relevance(n.index);
  case NodeKind::Gamma:
    return layer->gamma;
  case NodeKind::Beta:
    return layer->beta;
  case NodeKind::Mean:
    return layer->mean;
  case NodeKind::Variance:
    return layer->variance;
  case NodeKind::BatchEpsilon:
    return DenseTensor(1, 1, layer->batchEpsilon);
  case NodeKind::Ones:
    return ones(n.space);
  case NodeKind::Parameter: {
    const ParameterValue &value = settings.values[n.index];
    if (n.space != Space::PerChannel)
      return DenseTensor(1, 1, value.number);
    return DenseTensor(unsigned(value.channels.size()), 1, value.channels);
  }
  case NodeKind::Constant:
    return DenseTensor(1, 1, n.value);
  case NodeKind::Layer:
    return head->layer;
  case NodeKind::Neuron: {
    DenseTensor mask(head->layer.channels, head->layer.positions);
    const int position = int(scalar(n.b));
    const auto isAt = [&](unsigned p) { return position < 0 || position == int(p); };
    const auto activity = [&](unsigned c) {
      double sum = 0;
      for (unsigned p = 0; p < mask.positions; ++p)
        sum += isAt(p) ? head->layer.at(c, p) : 0;
      return sum;
    };
    unsigned channel = unsigned(std::max(scalar(n.a), 0.0));
    for (unsigned c = 0; scalar(n.a) < 0 && c < mask.channels; ++c)
      channel = activity(c) > activity(channel) ? c : channel;
    for (unsigned p = 0; p < mask.positions; ++p)
      mask.data[size_t(channel) * mask.positions + p] = isAt(p);
    return mask;
  }
  case NodeKind::ImageX:
    return *input;
  case NodeKind::ImageX0:
    return (*this)(table.reference).broadcastTo(input->channels, input->positions);
  case NodeKind::Map:
    return maps[n.index];
  case NodeKind::Logits:
    return head->logits;
  case NodeKind::Target:
    return oneHot(head->target);
  case NodeKind::HostileClass:
    return oneHot(unsigned(hostileClass));
  case NodeKind::ClassCount:
    return DenseTensor(1, 1, double(otherClasses().size()));
  case NodeKind::Neg:
  case NodeKind::Pos:
  case NodeKind::NegPart:
  case NodeKind::Abs:
  case NodeKind::Sign:
  case NodeKind::NonZero:
  case NodeKind::Square:
  case NodeKind::Sqrt:
  case NodeKind::Exp:
  case NodeKind::Sigmoid:
    return elementwise(*this, {n.a},
                       [&](double a, double, double) { return evaluateUnary(n.kind, a); });
  case NodeKind::Add:
  case NodeKind::Sub:
  case NodeKind::Mul:
  case NodeKind::Max:
  case NodeKind::Min:
  case NodeKind::Less:
  case NodeKind::LessEqual:
  case NodeKind::Greater:
  case NodeKind::GreaterEqual:
  case NodeKind::Equal:
    return elementwise(*this, {n.a, n.b},
                       [&](double a, double b, double) { return evaluateBinary(n.kind, a, b); });
  case NodeKind::Where:
    return elementwise(*this, {n.a, n.b, n.c},
                       [](double mask, double a, double b) { return mask != 0 ? a : b; });
  case NodeKind::Divide: {
    const double epsilon = n.c == kNone ? 0 : (*this)(n.c).data[0];
    double squares = 0;
    for (double b : (*this)(n.b).data)
      squares += b * b;
    const Division division = divisionOf(table, settings, n);
    const double rms = std::sqrt(squares / double((*this)(n.b).size()));
    return elementwise(*this, {n.a, n.b}, [&](double a, double b, double) {
      return divide(division, a, b, epsilon, rms);
    });
  }
  case NodeKind::Choose:
    return settings.values[n.index].number == n.value ? (*this)(n.a) : (*this)(n.b);
  case NodeKind::ReduceSum:
  case NodeKind::ReduceMean:
    if (n.space == Space::Tokens || n.space == Space::PerToken)
      return n.space == Space::Tokens ? meanOverHeads((*this)(n.a)) : sumOfRows((*this)(n.a));
    [[fallthrough]];
  case NodeKind::ReduceMax:
  case NodeKind::ReduceMin:
  case NodeKind::CountNonZero:
    return reduce(n.kind, n.space, (*this)(n.a));
  case NodeKind::Percentile:
    return DenseTensor(1, 1, percentile((*this)(n.a).data, (*this)(n.b).data[0]));
  case NodeKind::Principal:
    return principalScores((*this)(n.a));
  case NodeKind::Resize:
    return resized((*this)(n.a), input->positions, ResizeMode(n.index));
  case NodeKind::Rollout:
    return rollout(n.a);
  case NodeKind::IdentityMatrix:
    return identityMatrix((*this)(n.a).positions);
  case NodeKind::Forward:
    return denseForward(*layer, (*this)(n.a), (*this)(n.b));
  case NodeKind::Adjoint:
    return denseAdjoint(*layer, (*this)(n.a), (*this)(n.b));
  case NodeKind::Correlate:
    return denseCorrelate(*layer, (*this)(n.a), (*this)(n.b));
  case NodeKind::ForwardOp:
    return n.b == kNone ? layer->function((*this)(n.a))
                        : layer->productOf((*this)(n.a), (*this)(n.b));
  case NodeKind::Vjp: {
    const DenseTensor r = (*this)(n.a).broadcastTo(layer->y.channels, layer->y.positions);
    if (n.c != kNone)
      return layer->derivativeWith(r, (*this)(n.c));
    return layer->derivative(r, n.b == kNone ? x() : (*this)(n.b));
  }
  case NodeKind::Entries:
    return DenseTensor(1, 1, double((*this)(n.a).size()));
  case NodeKind::X0:
    return layer->references[operand];
  case NodeKind::Y0:
    return layer->y0;
  case NodeKind::Rise:
    return layer->rise;
  case NodeKind::Fall:
    return layer->fall;
  case NodeKind::Interior:
    return layer->interior;
  case NodeKind::WindowMean:
    return layer->windowMean((*this)(n.a));
  case NodeKind::WindowMeanVjp:
    return layer->windowMeanVjp((*this)(n.a).broadcastTo(layer->y.channels, layer->y.positions));
  case NodeKind::MapChannelMean: {
    const DenseTensor &a = (*this)(n.a);
    const unsigned positions = unsigned(a.size()) / layer->flattenedChannels;
    DenseTensor map(layer->flattenedChannels, positions, a.data);
    map = reduce(NodeKind::ReduceMean, Space::PerPixel, map)
              .broadcastTo(layer->flattenedChannels, positions);
    return {a.channels, a.positions, map.data};
  }
  case NodeKind::OverOperands:
    return overOperands(n.a);
  case NodeKind::AtClasses: // both are {classes, 1} here
    return (*this)(n.a);
  case NodeKind::Blur:
    return blurred((*this)(n.a));
  case NodeKind::AtTokens:
    return atTokens((*this)(n.a), (*this)(n.b).data[0]);
  case NodeKind::ClassToken:
    return classTokenMap((*this)(n.a));
  case NodeKind::Collected:
    return fuse(Fusion(n.index), head->collected);
  case NodeKind::Gradient:
    return run && run->result && run->result->gradient ? run->result->gradient((*this)(n.a))
                                                       : head->gradient((*this)(n.a));
  case NodeKind::LayerAt:
    return head->layerAt((*this)(n.a).broadcastTo(input->channels, input->positions));
  case NodeKind::ForEachClass:
    return overClasses(n.a);
  default:
    return ofRun(n);
  }
}

DenseTensor Evaluator::ofRun(const Node &n) {
  switch (n.kind) {
  case NodeKind::Point:
    return *run->point;
  case NodeKind::PointLogits:
    return run->result->logits;
  case NodeKind::PointLayer:
    return run->result->layer;
  case NodeKind::RunNumber:
    return DenseTensor(1, 1, run->number);
  case NodeKind::RunCount:
    return DenseTensor(1, 1, run->count);
  case NodeKind::QuadratureNode:
  case NodeKind::QuadratureWeight: {
    const Parameter &parameter = table.parameters[n.index];
    const QuadratureRule rule =
        quadrature(parameter.options[size_t(settings.values[n.index].number)], run->count);
    return DenseTensor(
        1, 1, (n.kind == NodeKind::QuadratureNode ? rule.nodes : rule.weights)[run->number]);
  }
  case NodeKind::Uniform:
    return DenseTensor(1, 1,
                       drawUniform({.run = run->number, .stream = n.index}, uint64_t(scalar(n.a))));
  case NodeKind::Normal: {
    DenseTensor draws(input->channels, input->positions);
    for (unsigned i = 0; i < draws.size(); ++i)
      draws.data[i] =
          drawNormal({.entry = i, .run = run->number, .stream = n.index}, uint64_t(scalar(n.a)));
    return draws;
  }
  case NodeKind::GivenImage:
    return run->given.empty() ? (*this)(n.a) : run->given[run->number % run->given.size()];
  case NodeKind::WindowMask:
  case NodeKind::GridMask: {
    DenseTensor mask(1, extentOf(n));
    for (unsigned p = 0; p < mask.positions; ++p)
      mask.data[p] = n.kind == NodeKind::WindowMask
                         ? isInWindow(p, run->number, unsigned(scalar(n.a)), unsigned(scalar(n.b)))
                         : gridMask(p, mask.positions, unsigned(scalar(n.a)), scalar(n.b),
                                    run->number, uint64_t(scalar(n.c)));
    return mask;
  }
  case NodeKind::WindowCount:
    return DenseTensor(1, 1,
                       countWindows(extentOf(n), unsigned(scalar(n.a)), unsigned(scalar(n.b))));
  case NodeKind::ChannelMask: {
    DenseTensor mask(head->layer.channels, 1);
    mask.data[run->number] = 1;
    return mask;
  }
  case NodeKind::ChannelCount:
    return DenseTensor(1, 1, head->layer.channels);
  default:
    break;
  }
  assert(false && "a node that no method writes");
  return {};
}

unsigned Evaluator::extentOf(const Node &mask) const {
  const Extent extent = mask.kind == NodeKind::GridMask ? Extent::Input : Extent(mask.index);
  return extent == Extent::Layer     ? head->layer.positions
         : extent == Extent::Patches ? head->layer.positions - 1
                                     : input->positions;
}

} // namespace saliency::rules
