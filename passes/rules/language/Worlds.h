// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// All ways in which the conditions of a table can come out for one op: what the checks of coverage
// and order enumerate.
#ifndef SALIENCY_RULES_LANGUAGE_WORLDS_H
#define SALIENCY_RULES_LANGUAGE_WORLDS_H

#include "passes/rules/language/MethodTable.h"

namespace saliency::rules {

/// One way the conditions of a table can come out for one op.
struct World {
  uint32_t truths = 0; // of conditions without an operand: a bit for each ConditionKind
  unsigned stream = 0;
  int64_t kernel = -1;  // a kernel extent that conditions name; -1: another one
  int64_t follows = -1; // a capability that conditions name; -1: another one
  uint8_t options[kParameterCapacity] = {};

  static constexpr uint32_t bitOf(ConditionKind kind) { return uint32_t(1) << unsigned(kind); }
  constexpr bool operator()(const Condition &c) const {
    switch (c.facts().operand) {
    case ConditionOperand::None:
      return truths & bitOf(c.kind);
    case ConditionOperand::Extent:
      return kernel == c.value;
    case ConditionOperand::Giver:
      return follows == c.value;
    case ConditionOperand::Stream:
      return stream == unsigned(c.value);
    case ConditionOperand::Option:
      return options[c.index] == c.value;
    }
    return false;
  }
};
static_assert(std::size(conditionTable) <= 32, "a world has a bit for each kind of condition");

/// Whether a condition can hold of a row's op of such a capability.
constexpr bool canHold(ConditionLayers layers, bool linear, bool convolution) {
  switch (layers) {
  case ConditionLayers::Linear:
    return linear;
  case ConditionLayers::Convolution:
    return convolution;
  case ConditionLayers::NotLinear:
    return !linear;
  case ConditionLayers::Any:
    return true;
  case ConditionLayers::No:
    return false;
  }
  return false;
}

struct Every {
  constexpr bool operator()(const auto &) const { return true; }
};

/// The numbers by which conditions name a place, and -1 for any other place.
struct NumberedPlaces {
  int64_t values[8] = {-1};
  unsigned count = 1;
  constexpr void add(int64_t value) {
    for (unsigned i = 0; i < count; ++i)
      if (values[i] == value)
        return;
    if (count < 8)
      values[count++] = value;
  }
};

/// All worlds that conditions of those `entries` that matter can tell apart, for ops of one
/// capability (only linear maps have a place and only convolutions a kernel).
template <class Entries, class Visit, class Matters = Every>
constexpr void forEachWorld(const Entries &entries, ConstSpan<Parameter> parameters, bool linear,
                            bool convolution, Visit &&visit, Matters &&matters = {}) {
  uint32_t asked = 0;
  bool inStream[4] = {true}, option[kParameterCapacity] = {};
  NumberedPlaces kernels, layers;
  for (const auto &entry : entries)
    for (unsigned i = 0; matters(entry) && i < entry.conditionCount; ++i) {
      const Condition &c = entry.conditions[i];
      if (!canHold(c.facts().layers, linear, convolution))
        continue;
      switch (c.facts().operand) {
      case ConditionOperand::None:
        asked |= World::bitOf(c.kind);
        break;
      case ConditionOperand::Extent:
        kernels.add(c.value);
        break;
      case ConditionOperand::Giver:
        layers.add(c.value);
        break;
      case ConditionOperand::Stream:
        inStream[c.value] = true;
        break;
      case ConditionOperand::Option:
        option[c.index] = true;
        break;
      }
    }
  World world;
  while (true) {
    do {
      for (unsigned k = 0; k < kernels.count * layers.count; ++k) {
        world.kernel = kernels.values[k % kernels.count];
        world.follows = layers.values[k / kernels.count];
        for (world.stream = 0; world.stream < 4; ++world.stream)
          if (inStream[world.stream])
            visit(world);
      }
      world.truths = (world.truths - asked) & asked; // the next subset of the conditions asked
    } while (world.truths != 0);
    // The next assignment of the options in use, counting like an odometer.
    unsigned p = 0;
    for (; p < parameters.size(); ++p)
      if (option[p]) {
        if (++world.options[p] < parameters[p].optionCount)
          break;
        world.options[p] = 0;
      }
    if (p == parameters.size())
      return;
  }
}

/// The worlds that rows for ops whose most specific capability is `op` can tell apart.
template <class Visit>
constexpr void forEachWorldOf(const MethodTable &table, Capability op, Visit &&visit) {
  forEachWorld(table.rows, table.parameters, isLinearMap(op), op == Capability::Convolution, visit,
               [op](const Row &row) { return serves(row.capability, op); });
}

enum class Coverage : uint8_t { None, Partly, Complete };

/// How far the rows (not the ordinary derivative) serve ops whose most specific capability is `op`.
constexpr Coverage coverageOf(const MethodTable &table, Capability op) {
  bool some = false, all = true;
  forEachWorldOf(table, op, [&](const World &world) {
    const bool found = findRow(table, op, world);
    some |= found;
    all &= found;
  });
  return all ? Coverage::Complete : some ? Coverage::Partly : Coverage::None;
}

} // namespace saliency::rules

#endif // SALIENCY_RULES_LANGUAGE_WORLDS_H
