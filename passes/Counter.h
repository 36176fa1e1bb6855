// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Numbers that passes report about their work (upstream's statistics are compiled out of release
// packages).
#ifndef SALIENCY_PASSES_COUNTER_H
#define SALIENCY_PASSES_COUNTER_H

#include "mlir/Support/LLVM.h"

#include <cstdint>
#include <memory>

namespace llvm {
class raw_ostream;
}

namespace saliency {

/// Adds to the counter `what` of `pass`. Thread-safe.
void count(llvm::StringRef pass, llvm::StringRef what, int64_t number);

/// One line "<pass>: <what> = <number>" per counter, in order of first use.
void printCounters(llvm::raw_ostream &os);

/// While it lives, counters start anew; at its end they are what they were.
class ScopedCounters {
public:
  ScopedCounters();
  ~ScopedCounters();
  ScopedCounters(const ScopedCounters &) = delete;
  /// What was counted since; 0 where nothing was.
  int64_t get(llvm::StringRef pass, llvm::StringRef what) const;

private:
  struct Saved;
  std::unique_ptr<Saved> saved;
};

} // namespace saliency

#endif // SALIENCY_PASSES_COUNTER_H
