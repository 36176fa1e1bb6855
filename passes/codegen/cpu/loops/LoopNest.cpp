// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/codegen/cpu/loops/LoopNest.h"

#include "passes/codegen/cpu/contraction/LinearExpr.h"

using namespace mlir;

namespace saliency {
namespace {

bool usesIndex(linalg::GenericOp op, int64_t dim) {
  return llvm::any_of(op.getBody()->getOps<linalg::IndexOp>(), [&](linalg::IndexOp index) {
    return static_cast<int64_t>(index.getDim()) == dim;
  });
}

} // namespace

FailureOr<LoopNest> LoopNest::match(linalg::GenericOp op) {
  LoopNest nest;
  nest.op = op;
  SmallVector<int64_t> extents = op.getStaticLoopRanges();
  unsigned operands = op->getNumOperands();
  nest.offsets.assign(operands, 0);
  SmallVector<SmallVector<int64_t>> strides(operands, SmallVector<int64_t>(extents.size(), 0));
  for (OpOperand &operand : op->getOpOperands()) {
    auto type = dyn_cast<MemRefType>(operand.get().getType());
    if (!type || !nest.isAccessed(operand.getOperandNumber()))
      continue;
    SmallVector<int64_t> memory;
    int64_t offset;
    if (!type.hasStaticShape() || failed(type.getStridesAndOffset(memory, offset)) ||
        llvm::is_contained(memory, ShapedType::kDynamic))
      return failure();
    unsigned i = operand.getOperandNumber();
    AffineMap map = op.getMatchingIndexingMap(&operand);
    for (auto [expr, stride] : llvm::zip(map.getResults(), memory))
      if (failed(addLinear(expr, stride, strides[i], nest.offsets[i])))
        return failure();
  }
  SmallVector<utils::IteratorType> iterators = op.getIteratorTypesArray();
  for (auto [dim, extent] : llvm::enumerate(extents)) {
    if (ShapedType::isDynamic(extent))
      return failure();
    if (extent == 1)
      continue;
    NestLoop loop;
    loop.extent = extent;
    if (usesIndex(op, dim))
      loop.dim = dim;
    loop.reduction = iterators[dim] == utils::IteratorType::reduction;
    for (unsigned i = 0; i < operands; ++i)
      loop.strides.push_back(strides[i][dim]);
    nest.loops.push_back(loop);
  }
  nest.sums = nest.loops.size();
  return nest;
}

int64_t LoopNest::iterations() const {
  int64_t result = 1;
  for (const NestLoop &loop : loops)
    result *= loop.extent;
  return result;
}

bool LoopNest::isAccessed(unsigned operand) const {
  return isOutput(operand) || !op.getBody()->getArgument(operand).use_empty();
}

bool LoopNest::scatters(const NestLoop &loop) const {
  if (!loop.reduction)
    return false;
  for (unsigned i = op.getNumDpsInputs(); i < loop.strides.size(); ++i)
    if (loop.strides[i])
      return true;
  return false;
}

/// Vectors are loaded, stored and broadcast, never gathered.
bool LoopNest::mayBeLane(const NestLoop &loop) const {
  if (loop.reduction || loop.extent < 4)
    return false;
  for (auto [i, stride] : llvm::enumerate(loop.strides))
    if (isOutput(i) ? stride != 1 : stride != 0 && stride != 1)
      return false;
  return true;
}

bool LoopNest::canJoin(const NestLoop &outer, const NestLoop &inner) const {
  if (outer.reduction != inner.reduction || scatters(outer) != scatters(inner) || outer.dim >= 0 ||
      inner.dim >= 0)
    return false;
  for (auto [far, near] : llvm::zip(outer.strides, inner.strides))
    if (far != inner.extent * near)
      return false;
  return true;
}

static void join(NestLoop &outer, const NestLoop &inner) {
  outer.extent *= inner.extent;
  outer.strides = inner.strides;
}

/// Removes a loop together with every loop around it that can be joined to it.
NestLoop LoopNest::takeJoined(unsigned loop) {
  NestLoop taken = loops[loop];
  loops.erase(loops.begin() + loop);
  for (unsigned i = 0; i < loops.size();) {
    if (!canJoin(loops[i], taken)) {
      ++i;
      continue;
    }
    join(loops[i], taken);
    taken = loops[i];
    loops.erase(loops.begin() + i);
    i = 0;
  }
  return taken;
}

/// Removes the longest possible lane loop.
std::optional<NestLoop> LoopNest::takeLane() {
  std::optional<unsigned> best;
  for (auto [i, loop] : llvm::enumerate(loops))
    if (mayBeLane(loop) && (!best || loop.extent >= loops[*best].extent))
      best = i;
  if (!best)
    return std::nullopt;
  return takeJoined(*best);
}

bool LoopNest::mayBeTileLane(const NestLoop &loop) const {
  if (loop.reduction || loop.extent < 4)
    return false;
  for (unsigned i = op.getNumDpsInputs(); i < loop.strides.size(); ++i)
    if (loop.strides[i] != 1)
      return false;
  return true;
}

/// Whether the inputs that are not contiguous in `lane` are so in `loop`.
bool LoopNest::mayCrossTile(const NestLoop &loop, const NestLoop &lane) const {
  if (loop.reduction || loop.extent < 4)
    return false;
  for (auto [across, along] : llvm::zip(loop.strides, lane.strides))
    if (along != 0 && along != 1 && across != 1)
      return false;
  return true;
}

/// Removes the two loops of a transposition.
std::optional<std::pair<NestLoop, NestLoop>> LoopNest::takeTile() {
  if (llvm::any_of(loops, [](const NestLoop &loop) { return loop.reduction; }))
    return std::nullopt;
  for (unsigned lane = 0; lane < loops.size(); ++lane) {
    if (!mayBeTileLane(loops[lane]))
      continue;
    for (unsigned cross = 0; cross < loops.size(); ++cross) {
      if (cross == lane || !mayCrossTile(loops[cross], loops[lane]))
        continue;
      // The other index may move when a loop is taken.
      NestLoop laneLoop = loops[lane];
      NestLoop crossLoop = takeJoined(cross);
      auto found = llvm::find_if(
          loops, [&](const NestLoop &loop) { return loop.strides == laneLoop.strides; });
      return std::pair(crossLoop, takeJoined(found - loops.begin()));
    }
  }
  return std::nullopt;
}

void LoopNest::arrange(int64_t vectorLanes) {
  std::optional<NestLoop> lane;
  std::optional<std::pair<NestLoop, NestLoop>> tile;
  if (hasVectorBody(op)) {
    lane = takeLane();
    if (!lane)
      tile = takeTile();
  }
  auto rank = [&](const NestLoop &loop) { return !loop.reduction ? 0 : scatters(loop) ? 1 : 2; };
  llvm::stable_sort(loops, [&](const NestLoop &a, const NestLoop &b) { return rank(a) < rank(b); });
  for (unsigned i = 1; i < loops.size();) {
    if (!canJoin(loops[i - 1], loops[i])) {
      ++i;
      continue;
    }
    join(loops[i - 1], loops[i]);
    loops.erase(loops.begin() + i);
  }
  auto firstOfRank = [&](int wanted) -> unsigned {
    return llvm::find_if(loops, [&](auto &l) { return rank(l) >= wanted; }) - loops.begin();
  };
  parallel = firstOfRank(1);
  sums = firstOfRank(2);
  auto append = [&](const NestLoop &loop) {
    loops.insert(loops.begin() + sums, loop);
    if (parallel == sums)
      ++parallel;
    ++sums;
    lanes = vectorLanes;
  };
  if (tile) {
    append(tile->first);
    append(tile->second);
    tiled = true;
  } else if (lane) {
    append(*lane);
  }
}

void LoopNest::splitLane() {
  if (lanes == 1 || tiled || parallel > (parallel == sums ? 1 : 0))
    return;
  NestLoop &lane = loops[sums - 1];
  if (lane.dim >= 0)
    return;
  // At least a cache line, so that threads do not write the same one.
  int64_t block = std::max<int64_t>(lanes, 16);
  while (block < lane.extent && (lane.extent % block || lane.extent / block > 16))
    block += lanes;
  if (block >= lane.extent)
    return;
  NestLoop outer = lane;
  outer.extent /= block;
  for (int64_t &stride : outer.strides)
    stride *= block;
  lane.extent = block;
  loops.insert(loops.begin(), outer);
  ++parallel;
  ++sums;
}

std::pair<LoopNest, std::optional<LoopNest>> LoopNest::cut(int64_t count, int64_t unit) const {
  assert(loops.size() == 1 && loops.front().dim < 0 && parallel == 1 &&
         "there must be one loop, and its index unused");
  int64_t extent = loops.front().extent;
  int64_t block = llvm::divideCeil(llvm::divideCeil(extent, count), unit) * unit;
  LoopNest blocks = *this;
  NestLoop inner = loops.front(), outer = inner;
  inner.extent = block;
  outer.extent = extent / block;
  for (int64_t &stride : outer.strides)
    stride *= block;
  blocks.loops = {outer, inner};
  blocks.sums = 2;
  if (extent % block == 0)
    return {blocks, std::nullopt};
  LoopNest rest = *this;
  rest.loops.front().extent = extent % block;
  for (auto [offset, stride] : llvm::zip(rest.offsets, outer.strides))
    offset += outer.extent * stride;
  return {blocks, rest};
}

} // namespace saliency
