// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/attribution/Passes.h"
#include "passes/attribution/network/Network.h"

namespace saliency {
#define GEN_PASS_DEF_LAYERSTATISTICSPASS
#include "passes/attribution/Passes.h.inc"
} // namespace saliency

using namespace mlir;
using namespace saliency;

namespace {

struct LayerStatisticsPass : saliency::impl::LayerStatisticsPassBase<LayerStatisticsPass> {
  using LayerStatisticsPassBase::LayerStatisticsPassBase;

  void runOnOperation() override {
    FailureOr<func::FuncOp> forward = checkNetwork(getOperation());
    if (failed(forward) || failed(emitLayerStatistics(*forward, active)))
      signalPassFailure();
  }
};

} // namespace
