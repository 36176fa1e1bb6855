// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The processor that code is generated for.
#ifndef SALIENCY_CODEGEN_TARGET_TARGET_H
#define SALIENCY_CODEGEN_TARGET_TARGET_H

#include "llvm/Support/Error.h"
#include "llvm/Target/TargetMachine.h"

#include <memory>
#include <string>

namespace saliency {

/// In LLVM's names, never empty but for the features.
struct Target {
  std::string triple, cpu, features;

  static Target host();

  /// An empty triple is the host's, with the host's CPU unless one is named;
  /// another triple without a CPU is that architecture's baseline.
  static Target of(llvm::StringRef triple, llvm::StringRef cpu);

  /// Position-independent code; products and sums are fused only where the IR
  /// says so.
  llvm::Expected<std::unique_ptr<llvm::TargetMachine>> createMachine() const;
};

} // namespace saliency

#endif // SALIENCY_CODEGEN_TARGET_TARGET_H
