// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/codegen/cpu/contraction/SelectContractionTiles.h"

#include "passes/codegen/cpu/contraction/LoopOrder.h"
#include "passes/codegen/cpu/contraction/TileCost.h"

#include "llvm/ADT/STLExtras.h"

#include <limits>

using namespace llvm;

namespace saliency::contraction {
namespace {

/// A reduction this short is spelt out where values can be shared.
constexpr int64_t mostUnrolled = 8;
constexpr int64_t mostVectors = 8;
/// Giving up a parallel loop must save at least a fifth.
constexpr double worthMixing = 0.8;
constexpr int64_t streamedRows = 16, streamedVectors = 4;

class TileSearch {
public:
  TileSearch(const Contraction &contraction, const Machine &machine)
      : contraction(contraction), machine(machine), loops(contraction.loops),
        meeting(contraction.meeting()) {}

  /// Lanes that are output elements of their own are tried first. Those of a dot hold partial sums,
  /// so that whether there is a dot and how it is cut decides the order of a sum: that follows from
  /// the strides and the extent of the lane loop alone, never from a cost that counts samples.
  void run() {
    for (bool dots : {false, true})
      for (auto [index, loop] : llvm::enumerate(loops)) {
        std::optional<LaneForm> form = formOf(loop);
        if (form && (form == LaneForm::Dot) == dots && !(dots && chosen) && !meets(index))
          searchLane(index, *form);
      }
  }

  double least = std::numeric_limits<double>::infinity();
  std::optional<Schedule> chosen;

private:
  static std::optional<LaneForm> formOf(const ContractionLoop &loop);
  void searchLane(int64_t lane, LaneForm form);
  void searchRegisters(Schedule &schedule);
  void consider(const Schedule &schedule);
  bool meets(int64_t loop) const { return llvm::is_contained(meeting, loop); }
  /// The short reduction whose taps share vectors between register loops.
  std::optional<int64_t> slidingLoop(int64_t lane) const;

  const Contraction &contraction;
  const Machine &machine;
  ArrayRef<ContractionLoop> loops;
  SmallVector<int64_t, 4> meeting;
};

std::optional<LaneForm> TileSearch::formOf(const ContractionLoop &loop) {
  auto stride = [&](int64_t lhs, int64_t rhs, int64_t out) {
    return loop.stride == std::array<int64_t, 3>{lhs, rhs, out};
  };
  if (stride(1, 0, 1) || stride(0, 1, 1))
    return LaneForm::Broadcast;
  if (stride(1, 1, 1))
    return LaneForm::Pairwise;
  if (stride(1, 1, 0) && loop.sums())
    return LaneForm::Dot;
  return std::nullopt;
}

std::optional<int64_t> TileSearch::slidingLoop(int64_t lane) const {
  std::optional<int64_t> found;
  for (auto [index, loop] : llvm::enumerate(loops)) {
    if (!loop.sums() || int64_t(index) == lane || loop.extent > mostUnrolled)
      continue;
    if (!found || std::abs(loop.stride[Rhs]) < std::abs(loops[*found].stride[Rhs]))
      found = index;
  }
  return found;
}

void TileSearch::searchLane(int64_t lane, LaneForm form) {
  Schedule schedule;
  schedule.loops = contraction.groups();
  schedule.form = form;
  schedule.lane = lane;
  int64_t extent = loops[lane].extent;
  int64_t widest = std::min<int64_t>(machine.lanes(contraction.elementType().getWidth()),
                                     llvm::bit_floor<uint64_t>(extent));
  bool dot = form == LaneForm::Dot;
  int64_t narrowest = dot ? widest : std::max<int64_t>(widest / 4, 1), most = dot ? 1 : mostVectors;
  for (int64_t width = widest; width >= narrowest; width /= 2)
    for (int64_t vectors = 1; vectors <= std::min(most, (extent + width - 1) / width); ++vectors) {
      schedule.width = width;
      schedule.vectors = vectors;
      searchRegisters(schedule);
      if (form != LaneForm::Pairwise)
        continue;
      if (std::optional<int64_t> loop = slidingLoop(lane)) {
        schedule.unroll = {*loop};
        searchRegisters(schedule);
        schedule.unroll.clear();
      }
    }
}

/// None, one or two loops in registers, every size that could fit.
void TileSearch::searchRegisters(Schedule &schedule) {
  consider(schedule);
  auto canHold = [&](int64_t loop) {
    return loop != schedule.lane && loops[loop].stride[Out] != 0 && !meets(loop);
  };
  int64_t most = machine.vectorRegisters / schedule.vectors;
  int64_t count = loops.size();
  for (int64_t first = 0; first < count; ++first) {
    if (!canHold(first))
      continue;
    for (int64_t n = 2; n <= std::min(most, loops[first].extent); ++n) {
      schedule.registers = {{first, n}};
      consider(schedule);
      for (int64_t second = first + 1; second < count; ++second)
        for (int64_t m = 2; canHold(second) && m <= std::min(most / n, loops[second].extent); ++m) {
          schedule.registers = {{first, n}, {second, m}};
          // The loop along the output's memory last: its elements are stored
          // together.
          if (loops[first].stride[Out] == 1)
            std::swap(schedule.registers[0], schedule.registers[1]);
          consider(schedule);
        }
    }
  }
  schedule.registers.clear();
}

void TileSearch::consider(const Schedule &schedule) {
  std::optional<double> cost = tileCost(contraction, schedule, machine);
  if (!cost || *cost >= least)
    return;
  least = *cost;
  chosen = schedule;
}

/// Every element of the vector operand is used once and comes from memory: a
/// vector times a row-major matrix. Blocks of a few rows are read along the
/// rows instead of down the columns, 26 GFLOP/s against 12. Blocks of the
/// reduction gain nothing elsewhere: 107 against 110 for 256 channels, 3x3.
bool blockStreamedRows(const Contraction &contraction, Schedule &schedule, const Machine &machine) {
  ArrayRef<ContractionLoop> loops = contraction.loops;
  unsigned vector = loops[schedule.lane].stride[Lhs] ? Lhs : Rhs;
  SmallVector<int64_t> sums, others;
  double bytes = contraction.elementType().getWidth() / 8;
  for (auto [index, loop] : llvm::enumerate(loops)) {
    if (loop.stride[vector] == 0)
      return false;
    (loop.sums() ? sums : others).push_back(index);
    bytes *= loop.extent;
  }
  if (schedule.form != LaneForm::Broadcast || sums.size() != 1 || bytes <= machine.l2Bytes)
    return false;
  schedule.blocks = {{sums[0], streamedRows}};
  schedule.vectors = std::min(schedule.vectors, streamedVectors);
  schedule.order = {sums[0]};
  llvm::append_range(schedule.order, others);
  return true;
}

} // namespace

std::optional<Schedule> selectContractionTiles(Contraction &contraction, const Machine &machine,
                                               bool parallel) {
  std::optional<Contraction> best;
  std::optional<Schedule> schedule;
  double least = std::numeric_limits<double>::infinity();
  for (bool mixed : {false, true}) {
    Contraction candidate = contraction;
    if (failed(candidate.collapse(contraction.collapsible(mixed))))
      llvm_unreachable("collapsible() names loops that collapse");
    TileSearch search(candidate, machine);
    search.run();
    if (!search.chosen || search.least >= worthMixing * least)
      continue;
    least = search.least;
    schedule = search.chosen;
    best = std::move(candidate);
  }
  if (!schedule)
    return std::nullopt;
  contraction = std::move(*best);
  if (parallel || !blockStreamedRows(contraction, *schedule, machine))
    schedule->order = chooseOrder(contraction, *schedule, machine, parallel);
  return schedule;
}

} // namespace saliency::contraction
