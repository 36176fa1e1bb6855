// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/rules/settings/Conservation.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <vector>

using namespace saliency::rules;

namespace {

/// A row with the choices made that its method's parameters and the layer decide.
class BoundRow {
public:
  BoundRow(const MethodTable &table, const Settings &settings, const LayerFacts &layer)
      : table(table), settings(settings), layer(layer) {}

  /// Calls visit(node) for each node that `root` reads, itself included.
  template <class Visit> void forEachRead(NodeId root, Visit &&visit) const {
    std::vector<bool> read(root + 1u);
    read[root] = true;
    for (unsigned id = root + 1u; id-- > 0;) { // operands precede their users
      if (!read[id])
        continue;
      const Node &node = table.nodes[id];
      visit(node);
      for (NodeId operand : operands(node))
        if (operand != kNone)
          read[operand] = true;
    }
  }
  template <class Wanted> bool reads(NodeId root, Wanted &&wanted) const {
    bool found = false;
    forEachRead(root, [&](const Node &node) { found |= wanted(node); });
    return found;
  }
  double numberOf(NodeId id) const {
    const Node &node = table.nodes[id];
    return node.kind == NodeKind::Parameter ? settings.values[node.index].number : node.value;
  }

private:
  std::array<NodeId, 3> operands(const Node &node) const {
    if (node.kind == NodeKind::Choose)
      return {settings.chosen(node), kNone, kNone};
    if (node.kind == NodeKind::Where && table.nodes[node.a].kind == NodeKind::BiasIsFolded)
      return {layer.biasIsFolded ? node.b : node.c, kNone, kNone};
    return {node.a, node.b, node.c};
  }

  const MethodTable &table;
  const Settings &settings;
  const LayerFacts &layer;
};

bool isRelevance(const Node &node) { return node.kind == NodeKind::R; }
bool isBias(const Node &node) { return standsIn(node.kind, words::WithBias); }

} // namespace

RowConservation saliency::rules::conservationAt(const MethodTable &table, const Settings &settings,
                                                const Row &row, const LayerFacts &layer) {
  RowConservation result{conservationOf(table, row)};
  if (result.conservation == Conservation::None || result.conservation == Conservation::ByFiat)
    return result;
  if (result.conservation == Conservation::Inside && !layer.addsEntries)
    return {Conservation::Exact};
  const BoundRow bound(table, settings, layer);
  bound.forEachRead(row.result, [&](const Node &node) {
    if (node.kind != NodeKind::Divide || !bound.reads(node.a, isRelevance))
      return;
    result.bias |= layer.hasBias && bound.reads(node.b, isBias);
    const Division division = divisionOf(table, settings, node);
    if (node.c != kNone && division != Division::ZeroSafe && division != Division::Plain)
      result.stabiliser = std::max(result.stabiliser, bound.numberOf(node.c));
  });
  if (result.stabiliser <= kLargestGuard)
    result.stabiliser = 0;
  if (result.bias || result.stabiliser != 0)
    result.conservation = Conservation::Leaks;
  else if (result.conservation == Conservation::Leaks)
    result.conservation = Conservation::WithoutBias;
  return result;
}

RowConservation saliency::rules::conservationOfDerivative(Capability capability,
                                                          const LayerFacts &layer) {
  switch (capability) {
  case Capability::Selection:
  case Capability::Concat:
    return {Conservation::Exact}; // each entry goes where it came from
  case Capability::Structural:
    return {layer.addsEntries ? Conservation::Inside : Conservation::Exact};
  case Capability::LinearMap:
  case Capability::Convolution:
  case Capability::Dense:
  case Capability::AveragePool:
  case Capability::Bilinear:
  case Capability::Activation:
  case Capability::Rectifier:
  case Capability::Merge:
  case Capability::Add:
  case Capability::Product:
  case Capability::Fork:
  case Capability::Normalisation:
  case Capability::Softmax:
  case Capability::LayerNorm:
  case Capability::Count:
    break;
  }
  return {Conservation::None};
}

unsigned saliency::rules::weakness(Conservation conservation) {
  static constexpr Conservation order[] = {
      Conservation::Exact,     Conservation::ByFiat,  Conservation::Unbounded,
      Conservation::Inside,    Conservation::OneSign, Conservation::WithoutBias,
      Conservation::BothParts, Conservation::Leaks,   Conservation::None};
  static_assert(std::size(order) == unsigned(Conservation::Count));
  return unsigned(std::find(std::begin(order), std::end(order), conservation) - std::begin(order));
}

bool saliency::rules::keepsSum(Conservation conservation) {
  return conservation != Conservation::None && conservation != Conservation::Leaks;
}

std::string RowConservation::text() const {
  char number[32];
  std::snprintf(number, sizeof number, "%g", stabiliser);
  switch (conservation) {
  case Conservation::WithoutBias:
    return "exact where no sum of contributions is 0";
  case Conservation::BothParts:
    return "exact where contributions of both signs exist";
  case Conservation::Leaks:
    return bias && stabiliser != 0
               ? "loses the shares of the bias and of the stabiliser " + std::string(number)
           : bias ? "loses the share of the bias"
                  : "loses the share of the stabiliser " + std::string(number);
  case Conservation::None:
  case Conservation::Exact:
  case Conservation::Unbounded:
  case Conservation::ByFiat:
  case Conservation::Inside:
  case Conservation::OneSign:
  case Conservation::Count:
    break;
  }
  return std::string(nameOf(conservation));
}
