// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/Pipelines.h"

#include "dialect/SaliencyDialect.h"
#include "passes/Contracts.h"
#include "passes/attribution/Passes.h"
#include "passes/codegen/Passes.h"
#include "passes/codegen/cpu/contraction/Passes.h"
#include "passes/to_linalg/Passes.h"
#include "passes/transforms/Passes.h"
#include "mlir/Transforms/Passes.h"

using namespace mlir;
using namespace saliency;

static void cleanUp(OpPassManager &pm) {
  pm.addPass(createCanonicalizerPass());
  pm.addPass(createCSEPass());
}

static void buildStage(OpPassManager &pm, const PipelineOptions &options, Stage stage) {
  bool vector = options.cpu.schedule == Schedule::Vector;
  switch (stage) {
  case Stage::Import:
    return;
  case Stage::Canonical: {
    pm.addPass(createCheckNetworkPass());
    pm.addPass(createRecogniseLayersPass());
    bool wanted = options.method && options.method->wants(rules::CanonizerKind::FoldBatchNorm);
    if (options.foldBatchNorm.value_or(wanted))
      pm.addPass(createFoldBatchNormPass());
    cleanUp(pm);
    return;
  }
  case Stage::Attribution:
    if (options.layerStatistics)
      pm.addPass(createLayerStatisticsPass({*options.layerStatistics}));
    else
      pm.addPass(createAttributePass(options.method, options.attribution));
    pm.addPass(createCheckAttributionPass());
    return;
  case Stage::Specialised:
    if (!options.specialise)
      return cleanUp(pm);
    pm.addPass(createLoopInvariantCodeMotionPass());
    pm.addPass(createCSEPass());
    pm.addPass(createSimplifyBySignPass());
    pm.addPass(createSliceOneHotPass());
    pm.addPass(createRemoveDeadRelevancePass());
    cleanUp(pm);
    return;
  case Stage::Linalg: {
    pm.addPass(createFoldWeights());
    LowerToLinalgOptions lowering;
    lowering.layout = vector ? LayoutKind::ChannelsLast : LayoutKind::ChannelsFirst;
    lowering.contractions = vector ? Contractions::Tuned : Contractions::Plain;
    pm.addPass(createLowerToLinalg(lowering));
    pm.addPass(createCheckLinalgPass());
    cleanUp(pm);
    pm.addPass(createCountArithmetic());
    return;
  }
  case Stage::Buffers:
    return buildBufferPipeline(pm, options.cpu);
  case Stage::Scheduled:
    return buildSchedulePipeline(pm, options.cpu);
  case Stage::LLVM:
    return buildLLVMPipeline(pm, options.cpu);
  }
}

void saliency::buildPipeline(OpPassManager &pm, const PipelineOptions &options, Stage from, Stage to) {
  for (int stage = int(from) + 1; stage <= int(to); ++stage)
    buildStage(pm, options, Stage(stage));
}

void saliency::registerAllSaliencyPasses() {
  registerSaliencyContractsPasses();
  registerAttributionPasses();
  registerSaliencyTransformsPasses();
  registerSaliencyToLinalgPasses();
  registerSaliencyContractionPasses();
  registerSaliencyCodegenPasses();
  registerCodegenPipelines();
}

void saliency::registerAllSaliencyDialects(DialectRegistry &registry) {
  registry.insert<SaliencyDialect>();
  registerCodegenDialects(registry);
}
