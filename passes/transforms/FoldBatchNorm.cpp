// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Batch norm folded into the linear map before it.
#include "passes/transforms/Passes.h"

#include "dialect/ops/Builders.h"
#include "passes/Counter.h"
#include "passes/transforms/ChannelReaders.h"
#include "passes/transforms/InOrder.h"
#include "llvm/Support/DebugLog.h"

#include <cmath>

#define DEBUG_TYPE "saliency-fold-batch-norm"

namespace saliency {
#define GEN_PASS_DEF_FOLDBATCHNORMPASS
#include "passes/transforms/Passes.h.inc"
} // namespace saliency

using namespace mlir;
using namespace saliency;

namespace {

///   %y = saliency.conv %x, %w, %b                 W: outputs x inputs/groups x kernel
///   %n = saliency.batch_norm %y, %gamma, %beta, %mean, %var
/// -->
///   %n = saliency.conv %x, %w', %b'
///
/// with s = gamma / sqrt(var + epsilon), one number per output channel:
///   W'[m, ...] = W[m, ...] s[m]
///   b'[m, ...] = beta[m] + s[m] (b[m, ...] - mean[m])
///
/// The same for every linear map with weights; a missing b counts as 0, and one that differs by
/// position stays so. Weights and biases are output-major: all entries of output m are neighbours,
/// in a place of `size / channels` entries. Products are formed in float64 and rounded once.
///
/// 1. The map is the norm's alone and has one set of weights for all samples.
/// 2. All parameters are constants.
/// 3. New weights, new bias, the map rebuilt with them.
/// 4. The new map makes the norm's ONNX value. A bias that only the folding made is marked as such.
struct FoldIntoMap final : OpInterfaceRewritePattern<NormalisationOpInterface> {
  using OpInterfaceRewritePattern::OpInterfaceRewritePattern;

  LogicalResult matchAndRewrite(NormalisationOpInterface norm,
                                PatternRewriter &rewriter) const override {
    LinearMapOpInterface map = weightedMap(norm->getOperand(0).getDefiningOp());
    if (!map || !map->hasOneUse())
      return refuse(rewriter, norm, "no linear map is its alone");
    if (shapeOf(map.getLinearWeight()).size() != shapeOf(norm->getOperand(0)).size())
      return refuse(rewriter, norm, "the map has weights of its own for every sample");

    auto weights = entriesOf(map.getLinearWeight());
    auto gamma = entriesOf(norm.getGamma()), beta = entriesOf(norm.getBeta()),
         mean = entriesOf(norm.getMean()), variance = entriesOf(norm.getVariance());
    auto bias = map.getLinearBias() ? entriesOf(map.getLinearBias())
                                    : SmallVector<float>(shapeOf(norm.getGamma())[0], 0.0f);
    if (!weights || !gamma || !beta || !mean || !variance || !bias)
      return refuse(rewriter, norm, "a parameter is no constant");

    size_t channels = gamma->size(), perChannel = weights->size() / channels,
           positions = bias->size() / channels;
    for (size_t channel = 0; channel != channels; ++channel) {
      double scale = (*gamma)[channel] /
                     std::sqrt(double((*variance)[channel]) + norm.getEpsilon().convertToFloat());
      for (float &weight : MutableArrayRef(*weights).slice(channel * perChannel, perChannel))
        weight = static_cast<float>(weight * scale);
      for (float &entry : MutableArrayRef(*bias).slice(channel * positions, positions))
        entry = static_cast<float>((*beta)[channel] + scale * (double(entry) - (*mean)[channel]));
    }
    Location loc = map->getLoc();
    Value newWeight = buildWeights(rewriter, loc, tensorType(map.getLinearWeight()), *weights);
    Value newBias = buildWeights(
        rewriter, loc, tensorType(map.getLinearBias() ? map.getLinearBias() : norm.getGamma()),
        *bias);
    Operation *folded = map.buildWithWeights(rewriter, loc, newWeight, newBias);

    if (!map.getLinearBias() || map->hasAttr(kFoldedBiasAttr))
      folded->setAttr(kFoldedBiasAttr, rewriter.getUnitAttr());
    if (Attribute name = norm->getAttr(kValueNameAttr))
      folded->setAttr(kValueNameAttr, name);
    rewriter.replaceOp(norm, folded);
    rewriter.eraseOp(map);
    return success();
  }

private:
  static LogicalResult refuse(PatternRewriter &rewriter, NormalisationOpInterface norm,
                              StringRef why) {
    LDBG() << "not folded at " << norm->getLoc() << ": " << why;
    return rewriter.notifyMatchFailure(norm, why);
  }
};

struct FoldBatchNormPass : saliency::impl::FoldBatchNormPassBase<FoldBatchNormPass> {
  void runOnOperation() override {
    Applied applied =
        applyInOrder<NormalisationOpInterface>(getOperation(), FoldIntoMap(&getContext()));
    count("fold-batch-norm", "batch norms folded", applied.rewritten);
    count("fold-batch-norm", "batch norms left", applied.left);
  }
};

} // namespace
