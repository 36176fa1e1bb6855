// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// From what amount of work on a loop runs on several threads, and in how many pieces it is offered
// to them. Which iterations run in one piece changes no sum: each is made whole by one iteration.
#ifndef SALIENCY_CODEGEN_CPU_CONTRACTION_WORTHTHREADS_H
#define SALIENCY_CODEGEN_CPU_CONTRACTION_WORTHTHREADS_H

#include <cstdint>

namespace saliency {

/// Waking other threads costs some microseconds. A contraction makes its products in registers, so
/// these are some 10 to 20 microseconds on one core.
inline constexpr int64_t kProductsWorthThreads = 1 << 18;

/// Any other loop is as fast as memory is, a number or two in a nanosecond: these are some 20
/// microseconds, too.
inline constexpr int64_t kExecutionsWorthThreads = 1 << 15;

/// Enough iterations of a parallel loop to keep any number of threads evenly busy; more would only
/// make the pieces shorter.
inline constexpr int64_t kEnoughIterations = 256;

} // namespace saliency

#endif // SALIENCY_CODEGEN_CPU_CONTRACTION_WORTHTHREADS_H
