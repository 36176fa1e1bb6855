// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/codegen/buffers/Pipeline.h"

#include "passes/codegen/buffers/Passes.h"
#include "passes/codegen/interface/Passes.h"
#include "passes/to_linalg/Passes.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/Passes.h"
#include "mlir/Transforms/Passes.h"

using namespace mlir;

namespace saliency {

void addCleanup(OpPassManager &pm) {
  // Blocks are LLVM's to simplify; here it would cost most of the time.
  GreedyRewriteConfig config;
  config.setRegionSimplificationLevel(GreedySimplifyRegionLevel::Disabled);
  pm.addPass(createCanonicalizerPass(config));
  pm.addPass(createCSEPass());
}

void addFunctionCleanup(OpPassManager &pm) { addCleanup(pm.nest<func::FuncOp>()); }

void buildBufferPipeline(OpPassManager &pm, const TargetFacts &facts) {
  pm.addNestedPass<func::FuncOp>(createConvertElementwiseToLinalgPass());
  pm.addPass(createKernelInterfacePass());
  ExternaliseWeightsPassOptions weights;
  weights.alignment = facts.alignment;
  pm.addPass(createExternaliseWeightsPass(weights));
  addCleanup(pm);
  pm.addPass(createFuseElementwisePass());
  addCleanup(pm);
  LowerMathPassOptions math;
  math.fma = facts.fusedMultiplyAdd;
  pm.addPass(createLowerMathPass(math));
  // Every sum starts in a buffer of its own: a shared zero would be copied.
  pm.addPass(createUnshareFills());
  BufferisePassOptions bufferise;
  bufferise.alignment = facts.alignment;
  pm.addPass(createBufferisePass(bufferise));
  addCleanup(pm);
  pm.addPass(createCanonicalizerPass());
  pm.addPass(createLowerCopiesPass());
}

} // namespace saliency
