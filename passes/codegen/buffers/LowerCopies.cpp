// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/Counter.h"
#include "passes/codegen/buffers/Passes.h"

#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"

namespace saliency {
#define GEN_PASS_DEF_LOWERCOPIESPASS
#include "passes/codegen/buffers/Passes.h.inc"

using namespace mlir;

namespace {

struct LowerCopiesPass : impl::LowerCopiesPassBase<LowerCopiesPass> {
  void runOnOperation() override {
    SmallVector<memref::CopyOp> copies;
    getOperation()->walk([&](memref::CopyOp op) { copies.push_back(op); });
    for (memref::CopyOp op : copies) {
      OpBuilder b(op);
      linalg::CopyOp::create(b, op.getLoc(), op.getSource(), op.getTarget());
      op.erase();
    }
    count(getArgument(), "copies", copies.size());
  }
};

} // namespace
} // namespace saliency
