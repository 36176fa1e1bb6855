// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What tile selection needs to know of a processor: the size and number of its
// vector registers and of the two caches a core has to itself.
#ifndef SALIENCY_CODEGEN_CPU_CONTRACTION_MACHINE_H
#define SALIENCY_CODEGEN_CPU_CONTRACTION_MACHINE_H

#include "llvm/ADT/StringRef.h"

#include <cstdint>

namespace saliency {

struct Machine {
  int64_t vectorBits = 128;
  int64_t vectorRegisters = 16;
  int64_t l1Bytes = 32 << 10;
  int64_t l1Ways = 8;
  int64_t l2Bytes = 512 << 10;
  /// A product is added in one instruction; otherwise it needs a register.
  bool fma = false;

  int64_t lanes(int64_t elementBits) const { return vectorBits / elementBits; }

  /// The machine this process runs on.
  static Machine host();

  /// The machine of an LLVM triple, CPU name and feature string
  /// ("+avx512f,-fma"). An empty or unknown CPU is the triple's baseline.
  static Machine of(llvm::StringRef triple, llvm::StringRef cpu, llvm::StringRef features);
};

} // namespace saliency

#endif // SALIENCY_CODEGEN_CPU_CONTRACTION_MACHINE_H
