// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/codegen/cpu/contraction/HorizontalSum.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;

namespace saliency::contraction {
namespace {

int64_t lanesOf(Value vector) { return cast<VectorType>(vector.getType()).getNumElements(); }

/// Adds the lower to the upper half of every group of `group` lanes, in `a`
/// and then in `b` (null: `a` alone); the sums lie side by side.
Value addHalves(OpBuilder &b, Location loc, Value first, Value second, int64_t group) {
  SmallVector<int64_t> lower, upper;
  int64_t lanes = lanesOf(first) * (second ? 2 : 1);
  for (int64_t begin = 0; begin < lanes; begin += group)
    for (int64_t lane = begin; lane < begin + group / 2; ++lane) {
      lower.push_back(lane);
      upper.push_back(lane + group / 2);
    }
  if (!second)
    second = first;
  Value low = vector::ShuffleOp::create(b, loc, first, second, lower);
  Value high = vector::ShuffleOp::create(b, loc, first, second, upper);
  return arith::AddFOp::create(b, loc, low, high);
}

} // namespace

Value horizontalSums(OpBuilder &b, Location loc, ArrayRef<Value> vectors) {
  int64_t count = vectors.size(), width = lanesOf(vectors[0]);
  if (count > width) {
    Value low = horizontalSums(b, loc, vectors.take_front(count / 2));
    Value high = horizontalSums(b, loc, vectors.drop_front(count / 2));
    auto all = llvm::to_vector(llvm::seq<int64_t>(0, count));
    return vector::ShuffleOp::create(b, loc, low, high, all);
  }
  SmallVector<Value> level(vectors);
  int64_t group = width;
  for (; level.size() > 1; group /= 2) {
    SmallVector<Value> next;
    for (size_t i = 0; i < level.size(); i += 2)
      next.push_back(addHalves(b, loc, level[i], level[i + 1], group));
    level = std::move(next);
  }
  for (; group > 1; group /= 2)
    level[0] = addHalves(b, loc, level[0], Value(), group);
  return level[0];
}

SmallVector<SumChunk> sumChunks(const Contraction &contraction, const Schedule &schedule,
                                ArrayRef<int64_t> sizes) {
  int64_t elements = 1, run = 1;
  for (int64_t size : sizes)
    elements *= size;
  bool contiguous = false;
  if (!sizes.empty()) {
    int64_t last = schedule.registers.back().loop;
    contiguous = contraction.loops[last].stride[Out] == 1;
    run = contiguous ? sizes.back() : elements;
  }
  SmallVector<SumChunk> chunks;
  for (int64_t begin = 0; begin < elements; begin += run)
    for (int64_t at = begin; at < begin + run; at += chunks.back().size) {
      int64_t most = std::min(schedule.width, begin + run - at);
      chunks.push_back({at, int64_t(llvm::bit_floor<uint64_t>(most)), contiguous});
    }
  return chunks;
}

double sumSlots(ArrayRef<SumChunk> chunks, int64_t width) {
  double slots = 0;
  for (const SumChunk &chunk : chunks)
    slots += 3.0 * (chunk.size - 1) + 3.0 * llvm::Log2_64(width / chunk.size) +
             (chunk.contiguous ? 3 : 4 * chunk.size);
  return slots;
}

} // namespace saliency::contraction
