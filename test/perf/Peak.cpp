// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "test/perf/Peak.h"

#include "passes/codegen/cpu/contraction/Machine.h"
#include "test/passes/contraction/Jit.h"

#include <algorithm>
#include <chrono>
#include <sstream>

namespace saliency::test {
namespace {

constexpr int64_t chains = 12, iterations = 1 << 20;

/// `chains` independent accumulators, as scf.for iter_args.
std::string peakModule(int64_t lanes) {
  std::ostringstream text;
  std::string vector = "vector<" + std::to_string(lanes) + "xf32>";
  auto list = [&](const char *prefix, const std::string &suffix) {
    std::string joined;
    for (int64_t i = 0; i < chains; ++i)
      joined += (i ? ", " : "") + (prefix + std::to_string(i)) + suffix;
    return joined;
  };
  std::string memref = "memref<" + std::to_string(chains * lanes) + "xf32>";
  text << "func.func @kernel(%x: " << memref << ", %y: " << memref << ", %z: " << memref
       << ") {\n  %c0 = arith.constant 0 : index\n"
       << "  %c1 = arith.constant 1 : index\n  %n = arith.constant " << iterations << " : index\n"
       << "  %a = vector.load %x[%c0] : " << memref << ", " << vector << "\n"
       << "  %b = vector.load %y[%c0] : " << memref << ", " << vector << "\n";
  for (int64_t i = 0; i < chains; ++i)
    text << "  %o" << i << " = arith.constant " << i * lanes << " : index\n"
         << "  %i" << i << " = vector.load %z[%o" << i << "] : " << memref << ", " << vector
         << "\n";
  text << "  %r:" << chains << " = scf.for %k = %c0 to %n step %c1 iter_args(";
  for (int64_t i = 0; i < chains; ++i)
    text << (i ? ", " : "") << "%s" << i << " = %i" << i;
  std::string types;
  for (int64_t i = 0; i < chains; ++i)
    types += (i ? ", " : "") + vector;
  text << ") -> (" << types << ") {\n";
  for (int64_t i = 0; i < chains; ++i)
    text << "    %t" << i << " = vector.fma %a, %b, %s" << i << " : " << vector << "\n";
  text << "    scf.yield " << list("%t", "") << " : " << types << "\n  }\n";
  for (int64_t i = 0; i < chains; ++i)
    text << "  vector.store %r#" << i << ", %z[%o" << i << "] : " << memref << ", " << vector
         << "\n";
  text << "  return\n}\n";
  return text.str();
}

} // namespace

double measurePeak() {
  static const int64_t lanes = Machine::host().lanes(32);
  static Jit jit(peakModule(lanes), "func.func(canonicalize)");
  alignas(64) static float x[16], y[16], z[chains * 64];
  double best = 0;
  for (int i = 0; i < 20; ++i) {
    auto start = std::chrono::steady_clock::now();
    jit.kernel()(x, y, z);
    std::chrono::duration<double> time = std::chrono::steady_clock::now() - start;
    best = std::max(best, 2.0 * chains * lanes * iterations / time.count());
  }
  return best;
}

} // namespace saliency::test
