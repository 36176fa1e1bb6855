// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/transforms/Passes.h"

#include "dialect/ops/Builders.h"
#include "passes/Counter.h"
#include "passes/transforms/ChannelReaders.h"

#include <cmath>

namespace saliency {
#define GEN_PASS_DEF_THRESHOLDUNITSPASS
#include "passes/transforms/Passes.h.inc"
} // namespace saliency

using namespace mlir;
using namespace saliency;

namespace {

/// T with limit(scale x + shift) = affine(T(x)): T limits x to [low, high], by channel.
struct Unit {
  ChannelAffine affine;
  SmallVector<float> low, high;

  Unit(const ChannelAffine &norm, std::pair<double, double> limits) {
    for (auto [scale, shift] : llvm::zip_equal(norm.scale, norm.shift))
      add(scale, shift, limits);
  }

private:
  void add(double scale, double shift, std::pair<double, double> limits) {
    float first = static_cast<float>((limits.first - shift) / scale),
          second = static_cast<float>((limits.second - shift) / scale);
    if (scale < 0)
      std::swap(first, second);
    // Where x does not count, or no float32 lies between the bounds, the channel is a constant.
    bool isConstant = static_cast<float>(scale) == 0 || first == INFINITY || second == -INFINITY;
    affine.scale.push_back(isConstant ? 0 : scale);
    affine.shift.push_back(isConstant ? std::clamp(shift, limits.first, limits.second) : shift);
    low.push_back(isConstant ? 0 : first);
    high.push_back(isConstant ? 0 : second);
  }
};

/// map(relu(batch_norm(x)), W, b) -> map(threshold(x), W', b'), in all maps that read the rectifier
LogicalResult makeUnit(ActivationOpInterface activation) {
  auto norm = activation->getOperand(0).getDefiningOp<BatchNormOp>();
  std::optional<ChannelAffine> affine = affineOf(norm);
  std::optional<ChannelReaders> readers = ChannelReaders::of(activation->getResult(0));
  std::pair<double, double> limits = *activation.getLimits();
  if (!affine || !readers || !(limits.first <= limits.second))
    return failure();
  Unit unit(*affine, limits);
  if (failed(readers->absorb(unit.affine)))
    return failure();
  OpBuilder builder(activation);
  RankedTensorType bounds = tensorType(norm.getGamma());
  Value low = buildWeights(builder, norm.getLoc(), bounds, unit.low),
        high = buildWeights(builder, norm.getLoc(), bounds, unit.high);
  Value threshold = ThresholdOp::create(builder, activation.getLoc(), norm.getX(), low, high);
  activation->getResult(0).replaceAllUsesWith(threshold);
  activation->erase();
  if (norm.use_empty())
    norm.erase();
  return success();
}

struct ThresholdUnitsPass : saliency::impl::ThresholdUnitsPassBase<ThresholdUnitsPass> {
  void runOnOperation() override {
    SmallVector<ActivationOpInterface> activations;
    getOperation().walk([&](ActivationOpInterface activation) {
      if (activation.getLimits() && activation->getOperand(0).getDefiningOp<BatchNormOp>())
        activations.push_back(activation);
    });
    int64_t made = llvm::count_if(activations, [](ActivationOpInterface activation) {
      return succeeded(makeUnit(activation));
    });
    count("threshold-units", "batch norms folded", made);
    count("threshold-units", "batch norms left", activations.size() - made);
  }
};

} // namespace
