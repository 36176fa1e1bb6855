// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//     %a = memref.alloc() : memref<16xf32>
//     use(%a)
//     scf.parallel (%i) = (%c0) to (%c4) {
//       %b = memref.alloc() : memref<20xf32>
//       use(%b)
//     }
//   -->
//     %a = memref.view %workspace[0] : memref<16xf32>
//     use(%a)
//     scf.parallel (%i) = (%c0) to (%c4) {
//       %b = memref.view %workspace[0 + %i * 128] : memref<20xf32>    // %a is no longer in use
//       use(%b)
//     }
//     // on the module: saliency.workspace_size = 512
//
//  1. Every allocation must be in @explain and of static size.
//  2. Lifetimes says from which operation to which each buffer is in use; one that never is goes.
//  3. Buffers of a parallel loop's body are planned in a frame of their own, which the loop needs
//     once for each iteration; the frames are one buffer of the function.
//  4. MemoryPlan gives the function's buffers offsets so that two share bytes only if they are not
//     in use at the same time.
//  5. Allocations become views of the workspace at these offsets.
#include "passes/Counter.h"
#include "passes/codegen/interface/Interface.h"
#include "passes/codegen/plan/Lifetimes.h"
#include "passes/codegen/plan/MemoryPlan.h"
#include "passes/codegen/plan/Passes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "llvm/Support/Debug.h"

#define DEBUG_TYPE "saliency-plan-memory"

namespace saliency {
#define GEN_PASS_DEF_PLANMEMORYPASS
#include "passes/codegen/plan/Passes.h.inc"

using namespace mlir;

namespace {

/// Allocations that share one arena: those of the function, or those of one
/// parallel loop, whose iterations run at the same time in frames of their own.
struct Arena {
  scf::ParallelOp parallel;
  int64_t iterations = 1;
  SmallVector<memref::AllocOp> allocs;
  SmallVector<PlannedBuffer> buffers;
  int64_t frame = 0;
  /// As a buffer of the function, if this is a parallel loop's.
  PlannedBuffer whole;
};

struct PlanMemoryPass : impl::PlanMemoryPassBase<PlanMemoryPass> {
  using PlanMemoryPassBase::PlanMemoryPassBase;

  void runOnOperation() override {
    ModuleOp module = getOperation();
    FailureOr<func::FuncOp> found = findKernel(module);
    if (failed(found))
      return signalPassFailure();
    kernel = *found;
    arenas.clear();
    if (failed(checkAllocations(module)) || failed(collect()))
      return signalPassFailure();
    int64_t size = plan();
    for (auto &[op, arena] : arenas)
      replace(arena);
    module->setAttr(kWorkspaceSizeAttr, OpBuilder(module).getI64IntegerAttr(size));
    count(getArgument(), "workspace bytes", size);
  }

private:
  LogicalResult checkAllocations(ModuleOp module);
  LogicalResult collect();
  LogicalResult open(Arena &arena, scf::ParallelOp parallel);
  int64_t plan();
  void replace(Arena &arena);

  func::FuncOp kernel;
  /// By parallel loop; null is the function.
  llvm::MapVector<Operation *, Arena> arenas;
};

LogicalResult PlanMemoryPass::checkAllocations(ModuleOp module) {
  WalkResult result = module.walk([&](memref::AllocOp op) {
    MemRefType type = op.getType();
    if (op->getParentOfType<func::FuncOp>() != kernel)
      return op.emitError("memory is allocated in @")
                 << kExplainName << " only, this is another function",
             WalkResult::interrupt();
    if (!type.hasStaticShape() || !type.getLayout().isIdentity())
      return op.emitError("memory is planned at compile time, this buffer has "
                          "no static size: ")
                 << type,
             WalkResult::interrupt();
    return WalkResult::advance();
  });
  return failure(result.wasInterrupted());
}

LogicalResult PlanMemoryPass::open(Arena &arena, scf::ParallelOp parallel) {
  arena.parallel = parallel;
  if (!parallel)
    return success();
  auto constant = [&](ValueRange values) {
    return values.size() == 1 ? getConstantIntValue(values.front()) : std::nullopt;
  };
  std::optional<int64_t> count = constant(parallel.getUpperBound());
  if (constant(parallel.getLowerBound()) != 0 || constant(parallel.getStep()) != 1 || !count)
    return parallel.emitError("a parallel loop that allocates must count from 0 "
                              "to a constant, as --saliency-chunk-parallel "
                              "makes it");
  arena.iterations = *count;
  return success();
}

LogicalResult PlanMemoryPass::collect() {
  SmallVector<memref::DeallocOp> deallocs;
  kernel.walk([&](memref::DeallocOp op) { deallocs.push_back(op); });
  for (memref::DeallocOp op : deallocs)
    op.erase();

  arenas[nullptr];
  Lifetimes lifetimes(kernel);
  SmallVector<memref::AllocOp> allocs;
  kernel.walk([&](memref::AllocOp op) { allocs.push_back(op); });
  for (memref::AllocOp op : allocs) {
    auto range = lifetimes.of(op);
    if (failed(range))
      return op.emitError("a buffer allocated in a loop must not leave its iteration");
    if (!*range) {
      op.erase();
      continue;
    }
    auto parallel = op->getParentOfType<scf::ParallelOp>();
    Arena &arena = arenas[parallel];
    if (arena.allocs.empty() && failed(open(arena, parallel)))
      return failure();
    arena.allocs.push_back(op);
    arena.buffers.push_back(
        {(*range)->begin, (*range)->end, std::max<int64_t>(1, bytesOf(op.getType()))});
    if (parallel) {
      auto [begin, end] = lifetimes.of(parallel);
      arena.whole.begin = begin;
      arena.whole.end = end;
    }
  }
  return success();
}

int64_t PlanMemoryPass::plan() {
  Arena &root = arenas[nullptr];
  size_t own = root.buffers.size();
  for (auto &[op, arena] : arenas) {
    if (!op)
      continue;
    arena.frame = planMemory(arena.buffers, alignment, reuse);
    arena.whole.bytes = arena.frame * arena.iterations;
    root.buffers.push_back(arena.whole);
  }
  int64_t size = planMemory(root.buffers, alignment, reuse);
  size_t next = own;
  for (auto &[op, arena] : arenas)
    if (op)
      arena.whole.offset = root.buffers[next++].offset;
  root.whole.offset = 0;
  int64_t total = 0;
  for (const PlannedBuffer &buffer : root.buffers)
    total += buffer.bytes;
  count(getArgument(), "buffers", root.buffers.size());
  count(getArgument(), "bytes without reuse", total);
  count(getArgument(), "bytes at peak", peakBytes(root.buffers, alignment));
  return size;
}

void PlanMemoryPass::replace(Arena &arena) {
  for (auto [alloc, buffer] : llvm::zip(arena.allocs, arena.buffers)) {
    OpBuilder b(alloc);
    Location loc = alloc.getLoc();
    LLVM_DEBUG(llvm::dbgs() << "bytes " << arena.whole.offset + buffer.offset << " to "
                            << arena.whole.offset + buffer.offset + buffer.bytes
                            << (arena.parallel ? " of the first iteration" : "") << ", in use from "
                            << buffer.begin << " to " << buffer.end << ": " << loc << '\n');
    Value offset = arith::ConstantIndexOp::create(b, loc, arena.whole.offset + buffer.offset);
    if (arena.parallel) {
      Value frame = arith::ConstantIndexOp::create(b, loc, arena.frame);
      Value start = arith::MulIOp::create(b, loc, arena.parallel.getInductionVars().front(), frame);
      offset = arith::AddIOp::create(b, loc, start, offset);
    }
    Value view = memref::ViewOp::create(b, loc, alloc.getType(), kernel.getArgument(Workspace),
                                        offset, ValueRange());
    alloc.replaceAllUsesWith(view);
    alloc.erase();
  }
}

} // namespace
} // namespace saliency
