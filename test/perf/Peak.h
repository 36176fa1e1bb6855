// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef SALIENCY_TEST_PERF_PEAK_H
#define SALIENCY_TEST_PERF_PEAK_H

namespace saliency::test {

/// Multiply-adds on registers alone, in flops per second of one core: the
/// best of several short loops, emitted at this machine's vector width.
double measurePeak();

} // namespace saliency::test

#endif // SALIENCY_TEST_PERF_PEAK_H
