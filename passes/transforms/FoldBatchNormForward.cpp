// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Batch norm folded into the linear maps behind it.
#include "passes/transforms/Passes.h"

#include "passes/Counter.h"
#include "passes/transforms/ChannelReaders.h"
#include "passes/transforms/InOrder.h"
#include "llvm/Support/DebugLog.h"

#define DEBUG_TYPE "saliency-fold-batch-norm-forward"

namespace saliency {
#define GEN_PASS_DEF_FOLDBATCHNORMFORWARDPASS
#include "passes/transforms/Passes.h.inc"
} // namespace saliency

using namespace mlir;
using namespace saliency;

namespace {

///   %n = saliency.batch_norm %x, ...          n = s x + h by channel
///   %d = saliency.dropout %n
///   %y = saliency.conv %d, %w, %b             low = [1, 1], high = [1, 1]
///   %z = saliency.conv %n, %v
/// -->
///   %d = saliency.dropout %x
///   %y = saliency.conv %d, %w', %b'           b': one entry per position (ChannelReaders::fold)
///   %z = saliency.conv %x, %v', %c'
///
/// 1. The norm is an affine map of constants.
/// 2. All its readers are linear maps with constant weights; layers between carry channels.
/// 3. Every reader absorbs the map; x takes the norm's place.
struct FoldIntoReaders final : OpInterfaceRewritePattern<NormalisationOpInterface> {
  using OpInterfaceRewritePattern::OpInterfaceRewritePattern;

  LogicalResult matchAndRewrite(NormalisationOpInterface norm,
                                PatternRewriter &rewriter) const override {
    std::optional<ChannelAffine> affine = affineOf(norm);
    std::optional<ChannelReaders> readers = ChannelReaders::of(norm->getResult(0));
    if (!affine || !readers || failed(readers->absorb(rewriter, *affine))) {
      LDBG() << "not folded at " << norm->getLoc() << ": "
             << (!affine    ? "its parameters are no finite constants"
                 : !readers ? "a reader is no linear map with constant weights"
                            : "a new weight would not be finite");
      return failure();
    }
    rewriter.replaceOp(norm, norm->getOperand(0));
    return success();
  }
};

struct FoldBatchNormForwardPass
    : saliency::impl::FoldBatchNormForwardPassBase<FoldBatchNormForwardPass> {
  void runOnOperation() override {
    Applied applied =
        applyInOrder<NormalisationOpInterface>(getOperation(), FoldIntoReaders(&getContext()));
    count("fold-batch-norm-forward", "batch norms folded", applied.rewritten);
    count("fold-batch-norm-forward", "batch norms left", applied.left);
  }
};

} // namespace
