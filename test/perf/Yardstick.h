// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef SALIENCY_TEST_PERF_YARDSTICK_H
#define SALIENCY_TEST_PERF_YARDSTICK_H

#include "test/passes/contraction/Forms.h"

#include <memory>

namespace saliency::test {

/// oneDNN's convolution of the same shape on one thread, in the layouts it
/// prefers (their conversion is not counted).
class Yardstick {
public:
  explicit Yardstick(const Conv &conv);
  ~Yardstick();
  bool available() const;
  void run();

private:
  struct Impl;
  std::unique_ptr<Impl> impl;
};

} // namespace saliency::test

#endif // SALIENCY_TEST_PERF_YARDSTICK_H
