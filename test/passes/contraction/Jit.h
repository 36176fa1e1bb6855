// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Compiles one function of three bare pointers in this process, from loops on by the same passes,
// target machine and optimisations as explainers.
#ifndef SALIENCY_TEST_PASSES_CONTRACTION_JIT_H
#define SALIENCY_TEST_PASSES_CONTRACTION_JIT_H

#include "passes/codegen/emit/ObjectCode.h"

#include <memory>
#include <string>

namespace saliency::test {

class Jit {
public:
  using Kernel = void (*)(const float *, const float *, float *);

  /// Parses `module`, runs the textual pass pipeline `schedule` on it, lowers what is left to LLVM
  /// and compiles it for `target`, whose code this machine must be able to run. Prints a diagnostic
  /// and exits on failure: a broken kernel has no use.
  Jit(const std::string &module, const std::string &schedule,
      const Target &target = Target::host());
  ~Jit();

  /// The function `@kernel`.
  Kernel kernel() const { return function; }

  /// The module after `schedule`.
  const std::string &scheduled() const { return text; }

  /// Writes the object file, to read its assembly.
  void dump(const std::string &path) const;

private:
  struct Impl;
  std::unique_ptr<Impl> impl;
  Kernel function = nullptr;
  std::string text;
};

/// No schedule: scalar loops.
inline const char *naive = "func.func(convert-linalg-to-loops)";

} // namespace saliency::test

#endif // SALIENCY_TEST_PASSES_CONTRACTION_JIT_H
