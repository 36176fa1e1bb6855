// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/codegen/cpu/contraction/Machine.h"

#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/TargetParser/AArch64TargetParser.h"
#include "llvm/TargetParser/Host.h"
#include "llvm/TargetParser/Triple.h"
#include "llvm/TargetParser/X86TargetParser.h"

using namespace llvm;

namespace saliency {
namespace {

/// Applies "+name,-name" to a set of feature names.
void applyFeatures(StringSet<> &set, StringRef features) {
  SmallVector<StringRef> names;
  features.split(names, ',', -1, /*KeepEmpty=*/false);
  for (StringRef name : names) {
    name = name.trim();
    if (name.consume_front("-"))
      set.erase(name);
    else
      set.insert(name.ltrim('+'));
  }
}

Machine x86(StringRef cpu, StringRef features) {
  StringSet<> set;
  if (X86::parseArchX86(cpu) != X86::CK_None) {
    SmallVector<StringRef> names;
    X86::getFeaturesForCPU(cpu, names);
    for (StringRef name : names)
      set.insert(name);
  }
  applyFeatures(set, features);

  Machine machine;
  machine.fma = set.contains("fma") || set.contains("avx512f");
  if (set.contains("avx512f")) {
    machine.vectorBits = 512;
    machine.vectorRegisters = 32;
    machine.l2Bytes = 1 << 20;
  } else if (set.contains("avx") || set.contains("avx2")) {
    machine.vectorBits = 256;
  }
  return machine;
}

/// Advanced SIMD; scalable vectors are left to LLVM.
Machine aarch64(StringRef cpu) {
  Machine machine;
  machine.vectorRegisters = 32;
  machine.l1Ways = 4;
  machine.fma = true;
  if (cpu.starts_with("neoverse") || cpu.starts_with("apple")) {
    machine.l1Bytes = 64 << 10;
    machine.l2Bytes = 1 << 20;
  }
  return machine;
}

} // namespace

Machine Machine::of(StringRef triple, StringRef cpu, StringRef features) {
  Triple parsed(triple);
  if (parsed.isX86())
    return x86(cpu, features);
  if (parsed.isAArch64())
    return aarch64(cpu);
  Machine machine;
  if (parsed.isRISCV() || parsed.isPPC())
    machine.vectorRegisters = 32;
  return machine;
}

Machine Machine::host() {
  std::string features;
  for (const auto &feature : sys::getHostCPUFeatures())
    features += (feature.second ? "+" : "-") + feature.first().str() + ",";
  return of(sys::getProcessTriple(), sys::getHostCPUName(), features);
}

} // namespace saliency
