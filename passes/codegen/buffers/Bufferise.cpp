// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/Counter.h"
#include "passes/codegen/buffers/Passes.h"

#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "mlir/Dialect/Bufferization/Transforms/OneShotAnalysis.h"
#include "mlir/Dialect/Bufferization/Transforms/OneShotModuleBufferize.h"
#include "mlir/Dialect/Bufferization/Transforms/Transforms.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"

namespace saliency {
#define GEN_PASS_DEF_BUFFERISEPASS
#include "passes/codegen/buffers/Passes.h.inc"

using namespace mlir;

namespace {

bufferization::OneShotBufferizationOptions bufferisation(int64_t alignment) {
  bufferization::OneShotBufferizationOptions options;
  options.bufferAlignment = alignment;
  options.unknownTypeConverterFn = [](TensorType type, Attribute space, const auto &) {
    return bufferization::getMemRefTypeWithStaticIdentityLayout(type, space);
  };
  return options;
}

/// A loop that carries a tensor carries it in one buffer: every iteration ends
/// by writing its value back there.
void carryInPlace(scf::ForOp loop, OpBuilder &b) {
  Operation *yield = loop.getBody()->getTerminator();
  b.setInsertionPoint(yield);
  for (auto [i, carried] : llvm::enumerate(loop.getRegionIterArgs())) {
    if (!isa<RankedTensorType>(carried.getType()))
      continue;
    auto copy = linalg::CopyOp::create(b, loop.getLoc(), yield->getOperand(i), ValueRange{carried});
    yield->setOperand(i, copy.getResult(0));
  }
}

struct BufferisePass : impl::BufferisePassBase<BufferisePass> {
  using BufferisePassBase::BufferisePassBase;

  void runOnOperation() override {
    ModuleOp module = getOperation();
    IRRewriter rewriter(module);
    if (failed(bufferization::eliminateEmptyTensors(rewriter, module)))
      return signalPassFailure();
    module->walk([&](scf::ForOp loop) { carryInPlace(loop, rewriter); });
    bufferization::BufferizationState state;
    if (failed(bufferization::runOneShotBufferize(module, bufferisation(alignment), state)))
      return signalPassFailure();
    int64_t buffers = 0;
    module->walk([&](memref::AllocOp) { ++buffers; });
    count(getArgument(), "buffers", buffers);
  }
};

} // namespace
} // namespace saliency
