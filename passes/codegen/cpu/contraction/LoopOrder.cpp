// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/codegen/cpu/contraction/LoopOrder.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/MathExtras.h"

#include <algorithm>
#include <limits>

using namespace llvm;

namespace saliency::contraction {
namespace {

constexpr int64_t lineBytes = 64;
/// Part of a cache that one nest may count on.
constexpr double usableShare = 0.75;
/// Bytes a cycle from the second cache, from the shared one, from memory.
constexpr double nearBytes = 32, farBytes = 8, memoryBytes = 4;
/// What one core may count on of the shared cache, in sizes of its own.
constexpr double sharedCaches = 4;
/// More loops than this keep the order they have in the op.
constexpr size_t mostPermuted = 7;

class OrderSearch {
public:
  OrderSearch(const Contraction &contraction, const Schedule &schedule, const Machine &machine,
              bool parallel)
      : contraction(contraction), loops(contraction.loops), schedule(schedule), machine(machine),
        parallel(parallel) {
    elementBytes = contraction.elementType().getWidth() / 8;
    for (auto [index, loop] : llvm::enumerate(loops))
      if (!loop.sums() || isBlocked(index))
        outer.push_back(index);
  }

  SmallVector<int64_t, 6> best();

private:
  bool isBlocked(int64_t loop) const {
    return llvm::any_of(schedule.blocks, [&](LoopBlock b) { return b.loop == loop; });
  }
  int64_t trips(int64_t loop) const {
    int64_t block = schedule.blockOf(loop);
    return (loops[loop].extent + block - 1) / block;
  }
  double footprint(unsigned operand, unsigned mask) const;
  double fetched(ArrayRef<int64_t> order, double capacity);
  double costOf(ArrayRef<int64_t> order);

  const Contraction &contraction;
  ArrayRef<ContractionLoop> loops;
  const Schedule &schedule;
  const Machine &machine;
  bool parallel;
  int64_t elementBytes;
  /// The loops to order; bit i of a mask stands for outer[i].
  SmallVector<int64_t, 6> outer;
  std::array<SmallVector<double>, 3> footprints;
};

/// Bytes of cache that one operand takes while the tile and the masked loops
/// around it run. Loops are taken by growing stride; one that steps inside
/// what is covered already extends it, another multiplies it.
double OrderSearch::footprint(unsigned operand, unsigned mask) const {
  SmallVector<std::pair<int64_t, int64_t>> walks;
  for (auto [index, loop] : llvm::enumerate(loops)) {
    int64_t size = loop.extent;
    auto *at = llvm::find(outer, int64_t(index));
    if (at != outer.end() && !(mask >> (at - outer.begin()) & 1))
      size = std::min(size, schedule.blockOf(index));
    if (loop.stride[operand] && size > 1)
      walks.push_back({std::abs(loop.stride[operand]) * elementBytes, size});
  }
  llvm::sort(walks);
  int64_t run = elementBytes, runs = 1;
  for (auto [stride, size] : walks) {
    if (runs == 1 && stride <= std::max(run, lineBytes)) {
      run += (size - 1) * stride;
      continue;
    }
    runs *= size;
  }
  return double(runs) * llvm::alignTo(run, lineBytes);
}

double OrderSearch::fetched(ArrayRef<int64_t> order, double capacity) {
  double bytes = 0;
  std::array<double, 3> traffic;
  for (unsigned i : {Lhs, Rhs, Out})
    traffic[i] = footprints[i][0];
  unsigned mask = 0;
  for (int64_t position : llvm::reverse(order)) {
    double nest = 0;
    for (unsigned i : {Lhs, Rhs, Out})
      nest += footprints[i][mask];
    unsigned wider = mask | 1u << position;
    int64_t loop = outer[position];
    for (unsigned i : {Lhs, Rhs, Out}) {
      if (loops[loop].stride[i])
        traffic[i] *= footprints[i][wider] / footprints[i][mask];
      else if (nest > capacity)
        traffic[i] *= trips(loop);
    }
    mask = wider;
  }
  for (unsigned i : {Lhs, Rhs, Out})
    bytes += traffic[i] * (i == Out ? 2 : 1);
  return bytes;
}

double OrderSearch::costOf(ArrayRef<int64_t> order) {
  double cost = fetched(order, usableShare * machine.l1Bytes) / nearBytes +
                fetched(order, usableShare * machine.l2Bytes) / farBytes +
                fetched(order, sharedCaches * machine.l2Bytes) / memoryBytes;
  if (parallel && loops[outer[order[0]]].reduction)
    cost *= 1e3;
  return cost;
}

SmallVector<int64_t, 6> OrderSearch::best() {
  if (outer.empty() || outer.size() > mostPermuted)
    return outer;
  for (unsigned i : {Lhs, Rhs, Out})
    for (unsigned mask = 0; mask < 1u << outer.size(); ++mask)
      footprints[i].push_back(footprint(i, mask));

  auto order = llvm::to_vector<6>(llvm::seq<int64_t>(0, outer.size()));
  double least = std::numeric_limits<double>::infinity();
  SmallVector<int64_t, 6> chosen;
  SmallVector<int64_t, 4> meeting = contraction.meeting();
  do {
    SmallVector<int64_t, 6> named;
    for (int64_t position : order)
      named.push_back(outer[position]);
    if (!keepsOrder(contraction, meeting, named))
      continue;
    double cost = costOf(order);
    if (cost >= least * (1 - 1e-9))
      continue;
    least = cost;
    chosen = order;
  } while (std::next_permutation(order.begin(), order.end()));
  for (int64_t &loop : chosen)
    loop = outer[loop];
  return chosen;
}

} // namespace

SmallVector<int64_t, 6> chooseOrder(const Contraction &contraction, const Schedule &schedule,
                                    const Machine &machine, bool parallel) {
  return OrderSearch(contraction, schedule, machine, parallel).best();
}

} // namespace saliency::contraction
