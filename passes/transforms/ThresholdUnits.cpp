// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A batch norm and the rectifier behind it become a threshold unit and weights of what reads it.
#include "passes/transforms/Passes.h"

#include "dialect/ops/Builders.h"
#include "passes/Counter.h"
#include "passes/transforms/ChannelReaders.h"
#include "passes/transforms/InOrder.h"
#include "llvm/Support/DebugLog.h"

#include <cmath>

#define DEBUG_TYPE "saliency-threshold-units"

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

///   %n = saliency.batch_norm %x, ...              n = s x + h by channel
///   %r = saliency.relu %n                         r limits n to [0, infinity)
///   %y = saliency.conv %r, %w, %b
/// -->
///   %t = saliency.threshold %x, %low, %high       r = s t + h: Unit has the bounds
///   %y = saliency.conv %t, %w', %b'               see ChannelReaders::fold
///
/// 1. The activation only limits its data, which a norm of constants makes.
/// 2. All readers of the activation are linear maps with constant weights.
/// 3. They absorb s t + h; the unit takes the activation's place.
/// 4. The norm goes where nothing else reads it.
struct MakeUnit final : OpInterfaceRewritePattern<ActivationOpInterface> {
  using OpInterfaceRewritePattern::OpInterfaceRewritePattern;

  LogicalResult matchAndRewrite(ActivationOpInterface activation,
                                PatternRewriter &rewriter) const override {
    auto norm = activation->getOperand(0).getDefiningOp<NormalisationOpInterface>();
    std::optional<std::pair<double, double>> limits = activation.getLimits();
    if (!norm || !limits)
      return failure();
    std::optional<ChannelAffine> affine = affineOf(norm);
    std::optional<ChannelReaders> readers = ChannelReaders::of(activation->getResult(0));
    bool isMeant = affine && readers && limits->first <= limits->second;
    std::optional<Unit> unit = isMeant ? std::optional(Unit(*affine, *limits)) : std::nullopt;
    if (!unit || failed(readers->absorb(rewriter, unit->affine))) {
      LDBG() << "no unit at " << activation->getLoc() << ": "
             << (!affine    ? "the norm's parameters are no finite constants"
                 : !readers ? "a reader is no linear map with constant weights"
                 : !unit    ? "the bounds are no interval"
                            : "a new weight would not be finite");
      return failure();
    }
    rewriter.setInsertionPoint(activation);
    RankedTensorType bounds = tensorType(norm.getGamma());
    Value low = buildWeights(rewriter, norm->getLoc(), bounds, unit->low),
          high = buildWeights(rewriter, norm->getLoc(), bounds, unit->high);
    rewriter.replaceOpWithNewOp<ThresholdOp>(activation, norm->getOperand(0), low, high);
    if (norm->use_empty())
      rewriter.eraseOp(norm);
    return success();
  }
};

struct ThresholdUnitsPass : saliency::impl::ThresholdUnitsPassBase<ThresholdUnitsPass> {
  void runOnOperation() override {
    Applied applied = applyInOrder<ActivationOpInterface>(
        getOperation(), MakeUnit(&getContext()), [](ActivationOpInterface activation) {
          return activation.getLimits() &&
                 activation->getOperand(0).getDefiningOp<NormalisationOpInterface>();
        });
    count("threshold-units", "batch norms folded", applied.rewritten);
    count("threshold-units", "batch norms left", applied.left);
  }
};

} // namespace
