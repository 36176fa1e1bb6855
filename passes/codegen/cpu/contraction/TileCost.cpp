// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The model counts in slots of one multiply-add. Loads go beside the
// multiply-adds at the same rate, so a step of P products takes
// max(P, loads, latency) slots; the rest is start and end of tiles. Its
// purpose is to rank tiles, not to predict time.
#include "passes/codegen/cpu/contraction/TileCost.h"

#include "passes/codegen/cpu/contraction/HorizontalSum.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/MathExtras.h"

#include <set>

using namespace llvm;

namespace saliency::contraction {
namespace {

/// Products in flight that hide a multiply-add's latency (4 cycles, 2 units).
constexpr double latencySlots = 8;
/// A load that rides along, against one multiply-add.
constexpr double loadShare = 0.1;
/// Counter, compare, branch of the innermost loop.
constexpr double stepOverhead = 1;
/// Start and end of a tile apart from its accumulators.
constexpr double tileOverhead = 20;
/// A load that misses the first cache because too many rows share a set.
constexpr double conflictSlots = 2;

/// Rows walked through side by side: a matrix that streams from memory was
/// fastest with 8 to 12, at half speed with 30 and two thirds with 2.
constexpr int64_t mostWalks = 12;

struct Shape {
  int64_t products = 1; // accumulators
  int64_t vectors = 1;  // of the lane loop
  int64_t taps = 1;     // spelt-out reduction iterations of one step
  std::array<int64_t, 2> loads = {1, 1};
};

class Cost {
public:
  Cost(const Contraction &contraction, const Schedule &schedule, const Machine &machine)
      : contraction(contraction), loops(contraction.loops), schedule(schedule), machine(machine) {}

  std::optional<double> total();

private:
  Shape shapeOf(ArrayRef<int64_t> sizes, int64_t vectors) const;
  int64_t distinct(unsigned operand, ArrayRef<int64_t> sizes) const;
  bool fits(const Shape &shape) const;
  double step(const Shape &shape) const;
  double conflicts(ArrayRef<int64_t> sizes) const;

  const Contraction &contraction;
  ArrayRef<ContractionLoop> loops;
  const Schedule &schedule;
  const Machine &machine;
};

/// Different addresses of `operand` over the register loops and taps.
int64_t Cost::distinct(unsigned operand, ArrayRef<int64_t> sizes) const {
  int64_t count = 1;
  for (auto [block, size] : llvm::zip(schedule.registers, sizes))
    if (loops[block.loop].stride[operand])
      count *= size;
  if (schedule.unroll.empty())
    return count;
  std::set<int64_t> offsets = {0};
  auto expand = [&](int64_t loop, int64_t size) {
    std::set<int64_t> next;
    for (int64_t offset : offsets)
      for (int64_t i = 0; i < size; ++i)
        next.insert(offset + i * loops[loop].stride[operand]);
    offsets = std::move(next);
  };
  for (auto [block, size] : llvm::zip(schedule.registers, sizes))
    expand(block.loop, size);
  for (int64_t loop : schedule.unroll)
    expand(loop, loops[loop].extent);
  return offsets.size();
}

Shape Cost::shapeOf(ArrayRef<int64_t> sizes, int64_t vectors) const {
  Shape shape;
  for (int64_t size : sizes)
    shape.products *= size;
  shape.products *= vectors;
  shape.vectors = vectors;
  for (int64_t loop : schedule.unroll)
    shape.taps *= loops[loop].extent;
  for (unsigned operand : {Lhs, Rhs})
    shape.loads[operand] =
        distinct(operand, sizes) * (loops[schedule.lane].stride[operand] ? vectors : 1);
  return shape;
}

/// Accumulators, the operand that stays, and one value of the other in flight;
/// two when several taps use it. Rows of a dot are as many walks through
/// memory, which the processor must recognise to fetch ahead.
bool Cost::fits(const Shape &shape) const {
  int64_t held = std::min(shape.loads[Lhs], shape.loads[Rhs]);
  int64_t flying = (shape.taps > 1 ? 2 : 1) + (machine.fma ? 0 : 1);
  if (schedule.form == LaneForm::Dot &&
      (shape.loads[Lhs] + shape.loads[Rhs]) / shape.vectors > mostWalks)
    return false;
  return shape.products + held + flying <= machine.vectorRegisters;
}

double Cost::step(const Shape &shape) const {
  double loads = shape.loads[Lhs] + shape.loads[Rhs];
  double products = std::max<double>(shape.products, latencySlots);
  return std::max(products * shape.taps, loads) + loadShare * loads + stepOverhead;
}

/// Loads per step that lose their cache line before the next step reads on in
/// it: one value a line from more rows than a set has ways.
double Cost::conflicts(ArrayRef<int64_t> sizes) const {
  if (schedule.form != LaneForm::Broadcast)
    return 0;
  unsigned single = loops[schedule.lane].stride[Lhs] ? Rhs : Lhs;
  int64_t setSpan = machine.l1Bytes / machine.l1Ways;
  SmallVector<int64_t> offsets = {0};
  for (auto [block, size] : llvm::zip(schedule.registers, sizes)) {
    SmallVector<int64_t> next;
    for (int64_t offset : offsets)
      for (int64_t i = 0; i < (loops[block.loop].stride[single] ? size : 1); ++i)
        next.push_back(offset + i * loops[block.loop].stride[single] * 4);
    offsets = std::move(next);
  }
  std::map<int64_t, int64_t> rows;
  for (int64_t offset : offsets)
    ++rows[(std::abs(offset) % setSpan) / 64];
  double lost = 0;
  for (auto [set, count] : rows)
    if (count >= machine.l1Ways)
      lost += count;
  return lost * conflictSlots;
}

std::optional<double> Cost::total() {
  if (meetsItself(contraction, schedule))
    return std::nullopt;
  const ContractionLoop &lane = loops[schedule.lane];
  bool dot = schedule.form == LaneForm::Dot;
  SmallVector<Piece> lanes = cutLanes(lane.extent, schedule.width, schedule.vectors);
  double steps = 1, tiles = 1;
  for (auto [index, loop] : llvm::enumerate(loops)) {
    if (int64_t(index) == schedule.lane || schedule.isUnrolled(index))
      continue;
    bool inTile = llvm::any_of(schedule.registers,
                               [&](LoopBlock block) { return block.loop == int64_t(index); });
    if (inTile)
      continue;
    auto *blocked = llvm::find_if(schedule.blocks,
                                  [&](LoopBlock block) { return block.loop == int64_t(index); });
    double block = blocked != schedule.blocks.end() ? double(blocked->size)
                   : loop.sums()                    ? double(loop.extent)
                                                    : 1;
    steps *= block;
    tiles *= loop.extent / block;
  }

  // Every combination of pieces of the register loops.
  double cost = 0;
  bool allFit = true;
  SmallVector<int64_t> sizes;
  auto visit = [&](auto &&self, size_t level, double count) -> void {
    if (level < schedule.registers.size()) {
      LoopBlock block = schedule.registers[level];
      for (const Piece &piece : cutLoop(loops[block.loop].extent, block.size)) {
        sizes.push_back(piece.size);
        self(self, level + 1, count * piece.trips);
        sizes.pop_back();
      }
      return;
    }
    double lost = conflicts(sizes);
    for (const Piece &piece : lanes) {
      Shape shape = shapeOf(sizes, piece.vectors.size());
      allFit &= fits(shape);
      double end = tileOverhead + 2.0 * shape.products;
      if (dot)
        end = tileOverhead + sumSlots(sumChunks(contraction, schedule, sizes), schedule.width);
      double inner = steps * (dot ? piece.trips : 1) * (step(shape) + lost);
      cost += count * (dot ? 1 : piece.trips) * (inner + end);
    }
    // Code size decides between equals.
    cost *= 1 + 1e-4;
  };
  visit(visit, 0, tiles);
  if (!allFit)
    return std::nullopt;
  return cost;
}

} // namespace

std::optional<double> tileCost(const Contraction &contraction, const Schedule &schedule,
                               const Machine &machine) {
  return Cost(contraction, schedule, machine).total();
}

} // namespace saliency::contraction
