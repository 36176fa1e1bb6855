// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Offsets in one arena for buffers whose lifetimes are intervals of program
// positions.
#ifndef SALIENCY_CODEGEN_PLAN_MEMORYPLAN_H
#define SALIENCY_CODEGEN_PLAN_MEMORYPLAN_H

#include "llvm/ADT/ArrayRef.h"

#include <cstdint>

namespace saliency {

struct PlannedBuffer {
  /// First and last position at which the buffer is accessed, both inclusive.
  int64_t begin = 0, end = 0;
  int64_t bytes = 0;
  int64_t offset = -1;

  bool livesWith(const PlannedBuffer &other) const {
    return begin <= other.end && other.begin <= end;
  }
  bool overlaps(const PlannedBuffer &other) const {
    return offset < other.offset + other.bytes && other.offset < offset + bytes;
  }
};

/// Sets every offset, a multiple of `alignment`, and returns the size of the arena. Largest buffers
/// first, each into the smallest gap that holds it between the buffers placed before that live with
/// it. Without `reuse` no two overlap.
int64_t planMemory(llvm::MutableArrayRef<PlannedBuffer> buffers, int64_t alignment,
                   bool reuse = true);

/// Most bytes alive at one position: no plan with this alignment is smaller.
int64_t peakBytes(llvm::ArrayRef<PlannedBuffer> buffers, int64_t alignment);

/// Whether no two buffers that live together overlap.
bool isValidPlan(llvm::ArrayRef<PlannedBuffer> buffers);

} // namespace saliency

#endif // SALIENCY_CODEGEN_PLAN_MEMORYPLAN_H
