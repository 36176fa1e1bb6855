// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Contractions as the compiler emits them for this machine (the same passes, target machine and
// optimisations, one thread), against the machine's multiply-add peak measured in the same run and,
// where it has the form, oneDNN.
#include "passes/codegen/interface/Interface.h"
#include "test/passes/contraction/Forms.h"
#include "test/passes/contraction/Jit.h"
#include "test/perf/Peak.h"
#include "test/perf/Yardstick.h"
#include "test/support/Processors.h"

#include <benchmark/benchmark.h>

#include <algorithm>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <optional>
#include <random>

using namespace saliency::test;

namespace {

/// Random floats, aligned as weights and workspace are.
struct Buffer {
  explicit Buffer(int64_t count)
      : data(static_cast<float *>(std::aligned_alloc(
            saliency::kAlignment, saliency::alignUp(saliency_float_bytes(count))))) {
    std::minstd_rand engine(7);
    std::uniform_real_distribution<float> draw(-1, 1);
    for (int64_t i = 0; i < count; ++i)
      data[i] = draw(engine);
  }
  ~Buffer() { std::free(data); }
  Buffer(const Buffer &) = delete;
  float *data;
};

double peakFlops() {
  static double peak = measurePeak();
  return peak;
}

/// Processor time of this thread, in seconds: other work on the machine does
/// not count.
double now() {
  timespec time;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return time.tv_sec + 1e-9 * time.tv_nsec;
}

/// Flops per second of `count` runs.
template <typename Run> double rateOf(double flops, int64_t count, Run run) {
  double start = now();
  for (int64_t i = 0; i < count; ++i)
    run();
  return flops * count / (now() - start);
}

/// SALIENCY_PERF_DUMP=FOLDER keeps each kernel's IR and object file there.
void dump(const Jit &jit, std::string name) {
  const char *folder = std::getenv("SALIENCY_PERF_DUMP");
  if (!folder)
    return;
  std::replace(name.begin(), name.end(), '/', '_');
  std::string path = std::string(folder) + "/" + name;
  jit.dump(path + ".o");
  std::ofstream(path + ".mlir") << jit.scheduled();
}

/// The time is the mean of the benchmark's own loop. The rates are the best of
/// some short rounds, in turn with oneDNN's if it has the form.
void runForm(benchmark::State &state, const Form &form, const std::optional<Conv> &same) {
  Jit jit(form.module(), scheduleFor(saliency::Machine::host()));
  dump(jit, form.name);
  Buffer lhs(form.elements(0)), rhs(form.elements(1)), out(form.elements(2));
  auto run = [&] { jit.kernel()(lhs.data, rhs.data, out.data); };
  run();
  for (auto _ : state)
    run();

  std::optional<Yardstick> yardstick;
  if (same)
    yardstick.emplace(*same);
  double ours = 0, theirs = 0, flops = form.flops();
  auto count = int64_t(1 + 2e8 / flops);
  for (int round = 0; round < 8; ++round) {
    ours = std::max(ours, rateOf(flops, count, run));
    if (yardstick && yardstick->available())
      theirs = std::max(theirs, rateOf(flops, count, [&] { yardstick->run(); }));
  }
  state.counters["GFLOP/s"] = ours * 1e-9;
  state.counters["of_peak"] = ours / peakFlops();
  if (theirs > 0)
    state.counters["of_onednn"] = ours / theirs;
}

void add(const Form &form, std::optional<Conv> same = std::nullopt) {
  auto run = [=](benchmark::State &state) { runForm(state, form, same); };
  benchmark::RegisterBenchmark(form.name.c_str(), run)->Unit(benchmark::kMicrosecond);
}

void addConvolution(const Conv &conv) { add(convolution(conv), conv); }

void addAll() {
  const Conv vgg{.h = 56, .w = 56, .c = 256, .k = 256, .block = 32};
  const Conv late{.h = 7, .w = 7, .c = 512, .k = 512, .block = 32};
  const Conv mid{.h = 14, .w = 14, .c = 256, .k = 256, .block = 32};
  const Conv pointwise{.h = 28, .w = 28, .c = 64, .k = 256, .kernel = 1, .block = 32};
  const Conv first{.h = 112, .w = 112, .c = 3, .k = 64, .kernel = 7, .stride = 2, .block = 32};
  const Conv strided{.h = 28, .w = 28, .c = 128, .k = 256, .stride = 2, .block = 32};
  for (const Conv &conv : {vgg, mid, late, pointwise, first, strided}) {
    addConvolution(conv);
  }
  for (Conv conv : {vgg, mid, late, pointwise, first, strided}) {
    conv.block = 0;
    addConvolution(conv);
    add(correlation(conv));
  }
  for (Conv conv : {strided, first}) {
    conv.block = 0;
    add(adjoint(conv));
    add(phasedAdjoint(conv));
  }
  for (Conv conv : {vgg, mid, late}) {
    conv.block = 0;
    conv.sumLast = true;
    addConvolution(conv);
  }
  for (int64_t stride : {1, 2}) {
    Conv conv{.h = 112 / stride, .w = 112 / stride, .c = 32, .k = 32, .stride = stride};
    Conv grouped = conv;
    grouped.groups = 32;
    add(depthwise(conv), grouped);
    add(depthwiseCorrelation(conv));
  }
  add(depthwise({.h = 14, .w = 14, .c = 384, .k = 384}));
  addConvolution({.h = 56, .w = 56, .c = 64, .k = 64, .groups = 4});
  add(channelsFirst({.h = 56, .w = 56, .c = 64, .k = 64}));
  // Bottlenecks, squeezes, few channels: 1x1 and 3x3.
  for (int64_t kernel : {1, 3})
    for (const Conv &conv : {Conv{.h = 14, .w = 14, .c = 1024, .k = 256, .kernel = kernel},
                             Conv{.h = 7, .w = 7, .c = 512, .k = 2048, .kernel = kernel},
                             Conv{.h = 13, .w = 13, .c = 48, .k = 192, .kernel = kernel},
                             Conv{.h = 32, .w = 32, .c = 16, .k = 16, .kernel = kernel},
                             Conv{.h = 64, .w = 64, .c = 8, .k = 8, .kernel = kernel},
                             Conv{.h = 112, .w = 112, .c = 64, .k = 3, .kernel = kernel}}) {
      addConvolution(conv);
      add(correlation(conv));
      Conv sumLast = conv;
      sumLast.sumLast = true;
      addConvolution(sumLast);
    }
  add(gemv(1000, 4096, false));
  add(gemv(1000, 4096, true));
  add(gemv(10, 64, false));
  add(matmul(1, 784, 784, 128, true, false));
  add(matmul(1, 784, 784, 128, false, true));
  add(matmul(1, 784, 784, 128));
  add(matmul(1, 64, 3136, 64));
  add(matmul(1, 64, 64, 3136, false, true));
  add(matmul(1, 196, 196, 4608, false, true));
  add(matmul(1, 196, 512, 196));
  add(matmul(3, 197, 197, 64, false, true));
  add(matmul(3, 197, 64, 197));
}

} // namespace

int main(int argc, char **argv) {
  addAll();
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv))
    return 1;
  benchmark::AddCustomContext("multiply-add peak, GFLOP/s", std::to_string(peakFlops() * 1e-9));
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
