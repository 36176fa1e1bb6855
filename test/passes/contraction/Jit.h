// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Compiles one function of three bare pointers in this process.
#ifndef SALIENCY_TEST_PASSES_CONTRACTION_JIT_H
#define SALIENCY_TEST_PASSES_CONTRACTION_JIT_H

#include <memory>
#include <string>

namespace saliency::test {

class Jit {
public:
  using Kernel = void (*)(const float *, const float *, float *);

  /// Parses `module`, runs the textual pass pipeline `schedule` on it, lowers
  /// what is left to LLVM and compiles it for `cpu` (LLVM's name; empty: this
  /// machine's), with the options that the product's own code is generated
  /// with. Prints a diagnostic and exits on failure: a broken kernel has no use.
  Jit(const std::string &module, const std::string &schedule, const std::string &cpu = "");
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

/// The scheduling passes under test, and none: scalar loops.
inline const char *tiled = "func.func(saliency-select-schedule,"
                           "saliency-apply-schedule)";
inline const char *naive = "func.func(convert-linalg-to-loops)";

} // namespace saliency::test

#endif // SALIENCY_TEST_PASSES_CONTRACTION_JIT_H
