// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The host code of the reference target.
#ifndef SALIENCY_TEST_CODEGEN_REFERENCE_LAUNCHES_H
#define SALIENCY_TEST_CODEGEN_REFERENCE_LAUNCHES_H

#include "mlir/Pass/Pass.h"

#include <memory>

namespace saliency::test {

/// void (int64_t kernel, const void *arguments, int64_t bytes)
inline constexpr llvm::StringLiteral kLaunchHook = "saliency_launch";
/// void (void (*const *kernels)(const void *arguments))
inline constexpr llvm::StringLiteral kReplayHook = "saliency_replay";

/// Fails if @explain, once outlined, still computes on buffers: host code that records cannot read
/// what a kernel has yet to write. It may read constants.
std::unique_ptr<mlir::Pass> createCheckRecordablePass();

/// Every call of a kernel in @explain becomes one of kLaunchHook; kReplayHook runs them before
/// @explain returns.
std::unique_ptr<mlir::Pass> createLowerLaunchesPass();

} // namespace saliency::test

#endif // SALIENCY_TEST_CODEGEN_REFERENCE_LAUNCHES_H
