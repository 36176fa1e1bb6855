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
  bool first = false, last = false, depthwise = false, samePadding = false, flattened = false,
       strided = false, bias = false, constant = false;
  unsigned stream = 0;
  int64_t kernel = -1;  // a kernel extent that conditions name; -1: another one
  int64_t follows = -1; // a capability that conditions name; -1: another one
  uint8_t options[kParameterCapacity] = {};

  constexpr bool operator()(const Condition &c) const {
    switch (c.kind) {
    case ConditionKind::FirstLayer:
      return first;
    case ConditionKind::LastLinear:
      return last;
    case ConditionKind::Depthwise:
      return depthwise;
    case ConditionKind::ByConstant:
      return constant;
    case ConditionKind::SamePadding:
      return samePadding;
    case ConditionKind::FlattenedMap:
      return flattened;
    case ConditionKind::Strided:
      return strided;
    case ConditionKind::InStream:
      return stream == unsigned(c.value);
    case ConditionKind::HasBias:
      return bias;
    case ConditionKind::Attention: // of collections, refinements and finishes, never of rows
    case ConditionKind::Enlarges:
    case ConditionKind::BeforeStep:
      return false;
    case ConditionKind::KernelIs:
      return kernel == c.value;
    case ConditionKind::Follows:
      return follows == c.value;
    case ConditionKind::OptionIs:
      return options[c.index] == c.value;
    }
    return false;
  }
};

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
  bool first = false, last = false, depthwise = false, samePadding = false, flattened = false,
       strided = false;
  bool bias = false, constant = false, inStream[4] = {true};
  bool option[kParameterCapacity] = {};
  NumberedPlaces kernels, layers;
  for (const auto &entry : entries)
    for (unsigned i = 0; matters(entry) && i < entry.conditionCount; ++i) {
      const Condition &c = entry.conditions[i];
      first |= linear && c.kind == ConditionKind::FirstLayer;
      last |= linear && c.kind == ConditionKind::LastLinear;
      depthwise |= convolution && c.kind == ConditionKind::Depthwise;
      samePadding |= convolution && c.kind == ConditionKind::SamePadding;
      flattened |= linear && c.kind == ConditionKind::FlattenedMap;
      strided |= convolution && c.kind == ConditionKind::Strided;
      bias |= linear && c.kind == ConditionKind::HasBias;
      if (c.kind == ConditionKind::InStream)
        inStream[c.value] = true;
      constant |= !linear && c.kind == ConditionKind::ByConstant;
      if (c.kind == ConditionKind::OptionIs)
        option[c.index] = true;
      if (convolution && c.kind == ConditionKind::KernelIs)
        kernels.add(c.value);
      if (c.kind == ConditionKind::Follows)
        layers.add(c.value);
    }
  World world;
  while (true) {
    for (unsigned bits = 0; bits < 256; ++bits) {
      world.first = bits & 1, world.last = bits & 2, world.depthwise = bits & 4,
      world.samePadding = bits & 8;
      world.flattened = bits & 16, world.strided = bits & 32;
      world.bias = bits & 64, world.constant = bits & 128;
      if ((world.first && !first) || (world.last && !last) || (world.depthwise && !depthwise) ||
          (world.samePadding && !samePadding) || (world.flattened && !flattened) ||
          (world.strided && !strided) || (world.bias && !bias) || (world.constant && !constant))
        continue;
      for (unsigned k = 0; k < kernels.count * layers.count; ++k) {
        world.kernel = kernels.values[k % kernels.count];
        world.follows = layers.values[k / kernels.count];
        for (world.stream = 0; world.stream < 4; ++world.stream)
          if (inStream[world.stream])
            visit(world);
      }
    }
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
