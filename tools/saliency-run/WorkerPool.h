// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef SALIENCY_TOOLS_RUN_WORKERPOOL_H
#define SALIENCY_TOOLS_RUN_WORKERPOOL_H

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <thread>
#include <vector>

namespace saliency {

/// Threads behind saliency_args::parallel_for. The caller's thread works too.
class WorkerPool {
public:
  explicit WorkerPool(int threads);
  ~WorkerPool();

  /// For saliency_args; `context` is the pool. One loop at a time: a nested or concurrent one is
  /// declined (1).
  static int parallelFor(void *context, void (*body)(void *data, int64_t index), void *data,
                         int64_t count);

private:
  void serve();
  void work();

  std::vector<std::thread> threads;
  std::mutex mutex;
  std::condition_variable started, finished;
  std::atomic<bool> busy = false;
  bool ending = false;
  uint64_t generation = 0;
  size_t working = 0;

  void (*body)(void *data, int64_t index) = nullptr;
  void *data = nullptr;
  int64_t count = 0;
  std::atomic<int64_t> next = 0;
};

} // namespace saliency

#endif // SALIENCY_TOOLS_RUN_WORKERPOOL_H
