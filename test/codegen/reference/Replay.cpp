// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The runtime of the reference target: generated code finds it in the program that loads it.
#include "test/codegen/reference/ReferenceTarget.h"

#include <cstring>
#include <vector>

namespace saliency::test {
namespace {

struct Launch {
  int64_t kernel;
  /// Copied: the place that generated code gives is used again.
  std::vector<std::max_align_t> arguments;
};

thread_local std::vector<Launch> recorded;
thread_local LaunchLog total;

} // namespace

LaunchLog &launchLog() { return total; }

} // namespace saliency::test

using namespace saliency::test;

extern "C" __attribute__((visibility("default"))) void
saliency_launch(int64_t kernel, const void *arguments, int64_t bytes) {
  Launch &launch = recorded.emplace_back();
  launch.kernel = kernel;
  launch.arguments.resize((bytes + sizeof(std::max_align_t) - 1) / sizeof(std::max_align_t));
  std::memcpy(launch.arguments.data(), arguments, bytes);
}

extern "C" __attribute__((visibility("default"))) void
saliency_replay(void (*const *kernels)(const void *arguments)) {
  for (const Launch &launch : recorded) {
    kernels[launch.kernel](launch.arguments.data());
    total.kernels.insert(launch.kernel);
  }
  ++total.calls;
  total.launches += recorded.size();
  recorded.clear();
}
