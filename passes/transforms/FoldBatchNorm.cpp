// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/transforms/Passes.h"

#include "dialect/ops/Builders.h"
#include "passes/Counter.h"
#include "mlir/IR/AsmState.h"
#include "mlir/IR/DialectResourceBlobManager.h"

#include <cmath>

namespace saliency {
#define GEN_PASS_DEF_FOLDBATCHNORMPASS
#include "passes/transforms/Passes.h.inc"
} // namespace saliency

using namespace mlir;
using namespace saliency;

namespace {

/// The entries of a constant, a splat written out; nothing where `value` is no constant.
std::optional<SmallVector<float>> entries(Value value) {
  auto constant = value ? value.getDefiningOp<ConstantOp>() : ConstantOp();
  if (!constant)
    return std::nullopt;
  FloatElements elements(constant.getValue());
  if (elements.isSplat())
    return SmallVector<float>(constant.getValue().getNumElements(), *elements.begin());
  if (elements.begin() == elements.end())
    return std::nullopt;
  return SmallVector<float>(elements.begin(), elements.end());
}

Value buildWeights(OpBuilder &builder, Location loc, RankedTensorType type, ArrayRef<float> values) {
  auto attribute = DenseF32ResourceElementsAttr::get(
      type, "folded", HeapAsmResourceBlob::allocateAndCopyInferAlign(values, /*dataIsMutable=*/false));
  return ConstantOp::create(builder, loc, cast<ElementsAttr>(Attribute(attribute)));
}

/// batch_norm(map(x, W, b)) -> map(x, W', b')
LogicalResult fold(BatchNormOp norm) {
  Operation *linear = norm.getX().getDefiningOp();
  if (!linear || !isa<ConvOp, GemmOp>(linear) || !linear->hasOneUse())
    return failure();
  auto map = cast<LinearMapOpInterface>(linear);
  if (shapeOf(map.getLinearWeight()).size() != shapeOf(norm.getX()).size()) // one set of weights per sample
    return failure();
  auto weights = entries(map.getLinearWeight());
  auto gamma = entries(norm.getGamma()), beta = entries(norm.getBeta()), mean = entries(norm.getMean()), variance = entries(norm.getVariance());
  auto bias = map.getLinearBias() ? entries(map.getLinearBias()) : SmallVector<float>(shapeOf(norm.getGamma())[0], 0.0f);
  if (!weights || !gamma || !beta || !mean || !variance || !bias)
    return failure();
  size_t channels = gamma->size(), perChannel = weights->size() / channels;
  for (size_t channel = 0; channel != channels; ++channel) {
    double scale = (*gamma)[channel] / std::sqrt(double((*variance)[channel]) + norm.getEpsilon().convertToFloat());
    for (float &weight : MutableArrayRef(*weights).slice(channel * perChannel, perChannel))
      weight = static_cast<float>(weight * scale);
    (*bias)[channel] = static_cast<float>((*beta)[channel] + scale * (double((*bias)[channel]) - (*mean)[channel]));
  }
  OpBuilder builder(norm);
  Value newWeight = buildWeights(builder, linear->getLoc(), tensorType(map.getLinearWeight()), *weights);
  Value newBias = buildWeights(builder, linear->getLoc(), tensorType(norm.getGamma()), *bias);
  Operation *folded;
  if (auto conv = dyn_cast<ConvOp>(linear))
    folded = ConvOp::create(builder, conv.getLoc(), conv.getX(), newWeight, newBias, conv.getWindowAttr(), conv.getGroupsAttr());
  else
    folded = GemmOp::create(builder, linear->getLoc(), cast<GemmOp>(linear).getX(), newWeight, newBias);
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
