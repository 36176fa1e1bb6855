// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Processors that tests generate code for, so that no machine hides another's fault.
#ifndef SALIENCY_TEST_SUPPORT_PROCESSORS_H
#define SALIENCY_TEST_SUPPORT_PROCESSORS_H

#include "passes/codegen/cpu/contraction/Machine.h"
#include "passes/codegen/target/Target.h"

#include <iostream>
#include <set>
#include <string>

namespace saliency::test {

/// Whether code for the processor runs on this machine.
inline bool runsHere([[maybe_unused]] const std::string &processor) {
#if defined(__x86_64__)
  if (processor == "x86-64-v2")
    return __builtin_cpu_supports("x86-64-v2");
  if (processor == "x86-64-v3")
    return __builtin_cpu_supports("x86-64-v3");
  if (processor == "x86-64-v4")
    return __builtin_cpu_supports("x86-64-v4");
#endif
  return processor == "native";
}

/// A processor whose schedules are tested everywhere, as code for itself where that runs.
struct Processor {
  explicit Processor(const std::string &name)
      : name(name), target(runsHere(name) ? Target::of("", name) : Target::host()) {
    Target scheduled = name == "native" ? Target::host() : Target::of("x86_64-linux-gnu", name);
    machine = Machine::of(scheduled.triple, scheduled.cpu, scheduled.features);
    static std::set<std::string> said;
    if (!runsHere(name) && said.insert(name).second)
      std::cerr << "no code for " << name
                << " runs here: its schedules are run as this machine's code\n";
  }

  std::string name;
  /// What schedules are chosen for.
  Machine machine;
  /// What code is generated for: the processor, or this machine in its place.
  Target target;
  /// Whether that has fused multiply-adds.
  bool fuses() const { return Machine::of(target.triple, target.cpu, target.features).fma; }
};

/// Vectors of 128, 256 and 512 bits, and this machine.
inline const std::string processors[] = {"x86-64-v2", "x86-64-v3", "x86-64-v4", "native"};

/// The compiler's passes that make register tiles of contractions, as text.
inline std::string tilesFor(const Machine &machine) {
  return "func.func(saliency-select-schedule{vector-bits=" + std::to_string(machine.vectorBits) +
         " vector-registers=" + std::to_string(machine.vectorRegisters) +
         " l1-bytes=" + std::to_string(machine.l1Bytes) +
         " l1-ways=" + std::to_string(machine.l1Ways) +
         " l2-bytes=" + std::to_string(machine.l2Bytes) + " fma=" + std::to_string(machine.fma) +
         "},saliency-apply-schedule)";
}

/// Those that make loops of everything: contractions in register tiles, other operations
/// vectorised.
inline std::string scheduleFor(const Machine &machine) {
  return tilesFor(machine) +
         ",saliency-lower-loops{vector-bits=" + std::to_string(machine.vectorBits) + "}";
}

} // namespace saliency::test

#endif // SALIENCY_TEST_SUPPORT_PROCESSORS_H
