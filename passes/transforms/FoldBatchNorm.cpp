// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/transforms/Passes.h"

#include "dialect/ops/Builders.h"
#include "passes/Counter.h"
#include "passes/transforms/ChannelReaders.h"

#include <cmath>

namespace saliency {
#define GEN_PASS_DEF_FOLDBATCHNORMPASS
#include "passes/transforms/Passes.h.inc"
} // namespace saliency

using namespace mlir;
using namespace saliency;

namespace {

/// batch_norm(map(x, W, b)) -> map(x, W', b')
LogicalResult fold(BatchNormOp norm) {
  Operation *linear = norm.getX().getDefiningOp();
  if (!linear || !isa<ConvOp, GemmOp>(linear) || !linear->hasOneUse())
    return failure();
  auto map = cast<LinearMapOpInterface>(linear);
  if (shapeOf(map.getLinearWeight()).size() !=
      shapeOf(norm.getX()).size()) // one set of weights per sample
    return failure();
  auto weights = entriesOf(map.getLinearWeight());
  auto gamma = entriesOf(norm.getGamma()), beta = entriesOf(norm.getBeta()),
       mean = entriesOf(norm.getMean()), variance = entriesOf(norm.getVariance());
  auto bias = map.getLinearBias() ? entriesOf(map.getLinearBias())
                                  : SmallVector<float>(shapeOf(norm.getGamma())[0], 0.0f);
  if (!weights || !gamma || !beta || !mean || !variance || !bias)
    return failure();
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
  OpBuilder builder(norm);
  Value newWeight =
      buildWeights(builder, linear->getLoc(), tensorType(map.getLinearWeight()), *weights);
  Value newBias =
      buildWeights(builder, linear->getLoc(),
                   tensorType(map.getLinearBias() ? map.getLinearBias() : norm.getGamma()), *bias);
  Operation *folded;
  if (auto conv = dyn_cast<ConvOp>(linear))
    folded = ConvOp::create(builder, conv.getLoc(), conv.getX(), newWeight, newBias,
                            conv.getWindowAttr(), conv.getGroupsAttr());
  else
    folded =
        GemmOp::create(builder, linear->getLoc(), cast<GemmOp>(linear).getX(), newWeight, newBias);
  if (!map.getLinearBias() || linear->hasAttr(kFoldedBiasAttr))
    folded->setAttr(kFoldedBiasAttr, builder.getUnitAttr());
  if (Attribute name = norm->getAttr(kValueNameAttr))
    folded->setAttr(kValueNameAttr, name);
  norm.replaceAllUsesWith(folded->getResult(0));
  norm.erase();
  linear->erase();
  return success();
}

struct FoldBatchNormPass : saliency::impl::FoldBatchNormPassBase<FoldBatchNormPass> {
  void runOnOperation() override {
    SmallVector<BatchNormOp> norms;
    getOperation().walk([&](BatchNormOp norm) { norms.push_back(norm); });
    int64_t folded = llvm::count_if(norms, [](BatchNormOp norm) { return succeeded(fold(norm)); });
    count("fold-batch-norm", "batch norms folded", folded);
    count("fold-batch-norm", "batch norms left", norms.size() - folded);
  }
};

} // namespace
