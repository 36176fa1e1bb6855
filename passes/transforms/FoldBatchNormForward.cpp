// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/transforms/Passes.h"

#include "passes/Counter.h"
#include "passes/transforms/ChannelReaders.h"

namespace saliency {
#define GEN_PASS_DEF_FOLDBATCHNORMFORWARDPASS
#include "passes/transforms/Passes.h.inc"
} // namespace saliency

using namespace mlir;
using namespace saliency;

namespace {

/// map(batch_norm(x), W, b) -> map(x, W', b'), in all maps that read the batch norm
LogicalResult fold(BatchNormOp norm) {
  std::optional<ChannelAffine> affine = affineOf(norm);
  std::optional<ChannelReaders> readers = ChannelReaders::of(norm.getResult());
  if (!affine || !readers || failed(readers->absorb(*affine)))
    return failure();
  norm.replaceAllUsesWith(norm.getX());
  norm.erase();
  return success();
}

struct FoldBatchNormForwardPass
    : saliency::impl::FoldBatchNormForwardPassBase<FoldBatchNormForwardPass> {
  void runOnOperation() override {
    SmallVector<BatchNormOp> norms;
    getOperation().walk([&](BatchNormOp norm) { norms.push_back(norm); });
    int64_t folded = llvm::count_if(norms, [](BatchNormOp norm) { return succeeded(fold(norm)); });
    count("fold-batch-norm-forward", "batch norms folded", folded);
    count("fold-batch-norm-forward", "batch norms left", norms.size() - folded);
  }
};

} // namespace
