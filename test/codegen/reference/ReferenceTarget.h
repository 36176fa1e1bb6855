// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A second kind of machine, as small as one can be: proof that the compiler's seam for targets
// holds, and a model of a GPU. Its host code computes nothing: it records which kernel is launched
// on which memory. At the end of the call the launches are replayed, one after the other.
//
// It differs from processors in everything that the seam lets differ: axes in memory, alignment,
// what is worth a function, the stage `scheduled`, and the functions that generated code calls.
#ifndef SALIENCY_TEST_CODEGEN_REFERENCE_REFERENCETARGET_H
#define SALIENCY_TEST_CODEGEN_REFERENCE_REFERENCETARGET_H

#include "passes/codegen/target/TargetSupport.h"

namespace saliency::test {

/// Adds the target, which claims every machine whose triple has the vendor "reference" or, to keep
/// channels before the spatial axes, "reference.first".
void registerReferenceTarget();

/// This machine's triple with that vendor and its baseline processor, which generated code can run
/// on.
Target referenceMachine(LayoutKind layout);

/// The triple and processor that they stand for.
Target baselineMachine();

/// What the calls of this thread launched since the last clear.
struct LaunchLog {
  int64_t calls = 0, launches = 0;
  std::set<int64_t> kernels;
};
LaunchLog &launchLog();

inline constexpr int64_t kReferenceAlignment = 256;

} // namespace saliency::test

#endif // SALIENCY_TEST_CODEGEN_REFERENCE_REFERENCETARGET_H
