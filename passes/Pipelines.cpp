// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/Pipelines.h"

#include "dialect/SaliencyDialect.h"
#include "mlir/Transforms/Passes.h"
#include "passes/Contracts.h"
#include "passes/Targets.h"
#include "passes/attribution/Passes.h"
#include "passes/codegen/buffers/Passes.h"
#include "passes/codegen/buffers/Pipeline.h"
#include "passes/codegen/interface/Passes.h"
#include "passes/codegen/llvm/Passes.h"
#include "passes/codegen/llvm/Pipeline.h"
#include "passes/codegen/plan/Passes.h"
#include "passes/to_linalg/Passes.h"
#include "passes/transforms/Passes.h"

using namespace mlir;
using namespace saliency;

static void cleanUp(OpPassManager &pm) {
  pm.addPass(createCanonicalizerPass());
  pm.addPass(createCSEPass());
}

static std::unique_ptr<Pass> createCanonizer(rules::CanonizerKind kind) {
  switch (kind) {
  case rules::CanonizerKind::FoldBatchNorm:
    return createFoldBatchNormPass();
  case rules::CanonizerKind::ThresholdUnits:
    return createThresholdUnitsPass();
  case rules::CanonizerKind::FoldBatchNormForward:
    return createFoldBatchNormForwardPass();
  case rules::CanonizerKind::Count:
    break;
  }
  llvm_unreachable("every canonizer is a pass");
}

SmallVector<rules::CanonizerKind> saliency::wantedCanonizers(const PipelineOptions &options) {
  SmallVector<rules::CanonizerKind> wanted;
  for (unsigned number = 0; number != unsigned(rules::CanonizerKind::Count); ++number) {
    auto kind = rules::CanonizerKind(number);
    auto given = options.request.canonizers.find(std::string(rules::nameOf(kind)));
    if (given != options.request.canonizers.end() ? given->second
                                                  : options.method && options.method->wants(kind))
      wanted.push_back(kind);
  }
  return wanted;
}

/// The outputs of a unit that an estimator of its pattern reads.
static ActiveUnits activeUnitsFor(SignalEstimator estimator) {
  switch (estimator) {
  case SignalEstimator::TwoComponent:
    return ActiveUnits::Rectified;
  case SignalEstimator::Linear:
    return ActiveUnits::Always;
  case SignalEstimator::ReluPositive:
    return ActiveUnits::Positive;
  }
  llvm_unreachable("every estimator reads some outputs");
}

static void buildStage(OpPassManager &pm, const PipelineOptions &options, Stage stage) {
  switch (stage) {
  case Stage::Import:
    return;
  case Stage::Canonical: {
    pm.addPass(createCheckNetworkPass());
    pm.addPass(createRecogniseLayersPass());
    for (rules::CanonizerKind kind : wantedCanonizers(options))
      pm.addPass(createCanonizer(kind));
    cleanUp(pm);
    return;
  }
  case Stage::Attribution:
    if (options.request.estimator)
      pm.addPass(createLayerStatisticsPass({activeUnitsFor(*options.request.estimator)}));
    else
      pm.addPass(createAttributePass(options.method, options.attribution));
    pm.addPass(createCheckAttributionPass());
    return;
  case Stage::Specialised:
    if (options.request.specialise) {
      pm.addPass(createLoopInvariantCodeMotionPass());
      pm.addPass(createCSEPass());
      pm.addPass(createSimplifyBySignPass());
      pm.addPass(createSliceOneHotPass());
      pm.addPass(createRemoveDeadRelevancePass());
    }
    cleanUp(pm);
    pm.addPass(createCheckSpecialisedPass());
    return;
  case Stage::Linalg: {
    pm.addPass(createFoldWeights());
    pm.addPass(createLowerToLinalg(options.target->lowering()));
    pm.addPass(createCheckLinalgPass());
    cleanUp(pm);
    pm.addPass(createCountArithmetic());
    return;
  }
  case Stage::Buffers:
    return buildBufferPipeline(pm, options.target->facts());
  case Stage::Scheduled:
    return options.target->buildSchedule(pm);
  case Stage::LLVM:
    return options.target->buildLLVM(pm);
  }
}

void saliency::buildPipeline(OpPassManager &pm, const PipelineOptions &options, Stage from,
                             Stage to) {
  assert((options.target || to < Stage::Linalg) && "stage linalg is made for a machine");
  for (int stage = int(from) + 1; stage <= int(to); ++stage)
    buildStage(pm, options, Stage(stage));
}

void saliency::registerAllSaliencyPasses() {
  registerSaliencyContractsPasses();
  registerAttributionPasses();
  registerSaliencyTransformsPasses();
  registerSaliencyToLinalgPasses();
  registerSaliencyInterfacePasses();
  registerSaliencyBuffersPasses();
  registerSaliencyPlanPasses();
  registerSaliencyLLVMPasses();
  registerTargetPasses();
}

void saliency::registerAllSaliencyDialects(DialectRegistry &registry) {
  registry.insert<SaliencyDialect>();
  registerCodegenDialects(registry);
}
