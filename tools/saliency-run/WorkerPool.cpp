// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "tools/saliency-run/WorkerPool.h"

namespace saliency {

WorkerPool::WorkerPool(int count) {
  for (int i = 1; i < count; ++i)
    threads.emplace_back([this] { serve(); });
}

WorkerPool::~WorkerPool() {
  {
    std::lock_guard lock(mutex);
    ending = true;
  }
  started.notify_all();
  for (std::thread &thread : threads)
    thread.join();
}

void WorkerPool::work() {
  for (int64_t index; (index = next.fetch_add(1, std::memory_order_relaxed)) < count;)
    body(data, index);
}

void WorkerPool::serve() {
  uint64_t seen = 0;
  std::unique_lock lock(mutex);
  while (true) {
    started.wait(lock, [&] { return ending || generation != seen; });
    if (ending)
      return;
    seen = generation;
    lock.unlock();
    work();
    lock.lock();
    if (--working == 0)
      finished.notify_one();
  }
}

int WorkerPool::parallelFor(void *context, void (*body)(void *data, int64_t index), void *data,
                            int64_t count) {
  auto &pool = *static_cast<WorkerPool *>(context);
  if (pool.threads.empty() || count < 2 || pool.busy.exchange(true, std::memory_order_acquire))
    return 1;
  {
    std::lock_guard lock(pool.mutex);
    pool.body = body;
    pool.data = data;
    pool.count = count;
    pool.next.store(0, std::memory_order_relaxed);
    pool.working = pool.threads.size();
    ++pool.generation;
  }
  pool.started.notify_all();
  pool.work();
  std::unique_lock lock(pool.mutex);
  pool.finished.wait(lock, [&] { return pool.working == 0; });
  lock.unlock();
  pool.busy.store(false, std::memory_order_release);
  return 0;
}

} // namespace saliency
