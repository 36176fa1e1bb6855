// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef SALIENCY_TEST_PASSES_CONTRACTION_GUARDEDBUFFER_H
#define SALIENCY_TEST_PASSES_CONTRACTION_GUARDEDBUFFER_H

#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>

namespace saliency::test {

/// Floats between two pages that may not be touched: directly before the upper
/// one, or directly after the lower one.
class GuardedBuffer {
public:
  GuardedBuffer(int64_t count, bool atEnd) : count(count) {
    int64_t page = sysconf(_SC_PAGESIZE);
    int64_t bytes = (count * 4 + page - 1) / page * page;
    length = bytes + 2 * page;
    base = static_cast<char *>(
        mmap(nullptr, length, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    mprotect(base, page, PROT_NONE);
    mprotect(base + page + bytes, page, PROT_NONE);
    first = reinterpret_cast<float *>(base + page + (atEnd ? bytes - count * 4 : 0));
  }
  ~GuardedBuffer() { munmap(base, length); }
  GuardedBuffer(const GuardedBuffer &) = delete;

  float *data() { return first; }
  float &operator[](int64_t i) { return first[i]; }
  int64_t size() const { return count; }

private:
  int64_t count, length;
  char *base;
  float *first;
};

} // namespace saliency::test

#endif // SALIENCY_TEST_PASSES_CONTRACTION_GUARDEDBUFFER_H
