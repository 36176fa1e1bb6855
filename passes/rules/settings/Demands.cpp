// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/rules/settings/Demands.h"

#include <algorithm>
#include <cassert>
#include <cmath>

using namespace saliency::rules;

/// The value of a node that stands in a demand. Compile.h lets no other words in.
static double valueOf(const MethodTable &table, const Settings &settings, NodeId id) {
  const Node &n = table.node(id);
  assert(standsIn(n.kind, words::InDemand) && "a word that demands may not use");
  const double a = n.a == kNone ? 0 : valueOf(table, settings, n.a);
  const double b = n.b == kNone ? 0 : valueOf(table, settings, n.b);
  switch (n.kind) {
  case NodeKind::Parameter:
    return settings.values[n.index].number;
  case NodeKind::Constant:
    return n.value;
  case NodeKind::Neg:
    return -a;
  case NodeKind::Abs:
    return std::abs(a);
  case NodeKind::Add:
    return a + b;
  case NodeKind::Sub:
    return a - b;
  case NodeKind::Mul:
    return a * b;
  case NodeKind::Max:
    return std::max(a, b);
  case NodeKind::Min:
    return std::min(a, b);
  case NodeKind::Less:
    return a < b;
  case NodeKind::LessEqual:
    return a <= b;
  case NodeKind::Greater:
    return a > b;
  case NodeKind::GreaterEqual:
    return a >= b;
  case NodeKind::Equal:
    return a == b;
  default:
    break;
  }
  return std::nan(""); // no demand is fulfilled by what cannot be computed
}

bool saliency::rules::isFulfilled(const MethodTable &table, const Settings &settings,
                                  const Demand &demand) {
  const double value = valueOf(table, settings, demand.condition);
  return !std::isnan(value) && value != 0;
}
