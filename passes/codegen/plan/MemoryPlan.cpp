// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/codegen/plan/MemoryPlan.h"

#include "passes/codegen/interface/Interface.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallVector.h"

#include <limits>
#include <map>

using namespace llvm;

namespace saliency {
namespace {

/// The start of the smallest gap that holds `buffer` between `neighbours`,
/// which live with it and are sorted by offset; the end of the last one if
/// there is none.
int64_t bestFit(const PlannedBuffer &buffer, ArrayRef<const PlannedBuffer *> neighbours,
                int64_t alignment) {
  int64_t cursor = 0, best = -1;
  int64_t bestGap = std::numeric_limits<int64_t>::max();
  for (const PlannedBuffer *neighbour : neighbours) {
    int64_t gap = neighbour->offset - cursor;
    if (gap >= buffer.bytes && gap < bestGap) {
      best = cursor;
      bestGap = gap;
    }
    cursor = std::max(cursor, alignUp(neighbour->offset + neighbour->bytes, alignment));
  }
  return best >= 0 ? best : cursor;
}

} // namespace

int64_t planMemory(MutableArrayRef<PlannedBuffer> buffers, int64_t alignment, bool reuse) {
  SmallVector<PlannedBuffer *> order;
  for (PlannedBuffer &buffer : buffers)
    order.push_back(&buffer);
  llvm::stable_sort(order, [](auto *a, auto *b) {
    return std::pair(-a->bytes, a->begin) < std::pair(-b->bytes, b->begin);
  });
  int64_t size = 0;
  SmallVector<PlannedBuffer *> placed; // sorted by offset
  for (PlannedBuffer *buffer : order) {
    SmallVector<const PlannedBuffer *> neighbours;
    for (const PlannedBuffer *other : placed)
      if (!reuse || buffer->livesWith(*other))
        neighbours.push_back(other);
    buffer->offset = bestFit(*buffer, neighbours, alignment);
    size = std::max(size, alignUp(buffer->offset + buffer->bytes, alignment));
    placed.insert(
        llvm::upper_bound(placed, buffer, [](auto *a, auto *b) { return a->offset < b->offset; }),
        buffer);
  }
  assert(isValidPlan(buffers) && "buffers that live together overlap");
  return size;
}

int64_t peakBytes(ArrayRef<PlannedBuffer> buffers, int64_t alignment) {
  std::map<int64_t, int64_t> change;
  for (const PlannedBuffer &buffer : buffers) {
    change[buffer.begin] += alignUp(buffer.bytes, alignment);
    change[buffer.end + 1] -= alignUp(buffer.bytes, alignment);
  }
  int64_t alive = 0, peak = 0;
  for (auto [position, bytes] : change)
    peak = std::max(peak, alive += bytes);
  return peak;
}

bool isValidPlan(ArrayRef<PlannedBuffer> buffers) {
  for (size_t i = 0; i < buffers.size(); ++i)
    for (size_t j = 0; j < i; ++j)
      if (buffers[i].livesWith(buffers[j]) && buffers[i].overlaps(buffers[j]))
        return false;
  return true;
}

} // namespace saliency
