// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/rules/settings/Demands.h"

#include "passes/rules/settings/Arithmetic.h"

#include <cassert>
#include <cmath>

using namespace saliency::rules;

/// The value of a node that stands in a demand. The checks of a method file let no other words in
/// than Words.def allows there: parameters, numbers and some elementwise words.
static double valueOf(const MethodTable &table, const Settings &settings, NodeId id) {
  if (id == kNone)
    return 0;
  const Node &n = table.node(id);
  assert(standsIn(n.kind, words::InDemand) && "a word that demands may not use");
  switch (subjectOf(n.kind)) {
  case Subject::Network:
    return n.kind == NodeKind::Parameter ? settings.values[n.index].number : n.value;
  case Subject::Elementwise:
    return evaluateNumber(ElementwiseWord(n.kind), valueOf(table, settings, n.a),
                          valueOf(table, settings, n.b), valueOf(table, settings, n.c));
  case Subject::Op:
  case Subject::Statistic:
  case Subject::Product:
  case Subject::Map:
  case Subject::Run:
    break;
  }
  return std::nan(""); // no demand is fulfilled by what cannot be computed
}

bool saliency::rules::isFulfilled(const MethodTable &table, const Settings &settings,
                                  const Demand &demand) {
  const double value = valueOf(table, settings, demand.condition);
  return !std::isnan(value) && value != 0;
}
