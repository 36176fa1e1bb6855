// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/codegen/Pipelines.h"

#include "passes/codegen/Passes.h"
#include "passes/codegen/cpu/contraction/Passes.h"
#include "passes/to_linalg/Passes.h"

#include "mlir/Conversion/Passes.h"
#include "mlir/Dialect/Bufferization/Transforms/Passes.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Linalg/Passes.h"
#include "mlir/Dialect/MemRef/Transforms/Passes.h"
#include "mlir/Pass/PassRegistry.h"
#include "mlir/Transforms/Passes.h"

using namespace mlir;

namespace saliency {
namespace {

void addCleanup(OpPassManager &pm) {
  // Blocks are LLVM's to simplify; here it would cost most of the time.
  GreedyRewriteConfig config;
  config.setRegionSimplificationLevel(GreedySimplifyRegionLevel::Disabled);
  pm.addPass(createCanonicalizerPass(config));
  pm.addPass(createCSEPass());
}

/// The same for each function on its own, several at a time.
void addFunctionCleanup(OpPassManager &pm) { addCleanup(pm.nest<func::FuncOp>()); }

} // namespace

void buildBufferPipeline(OpPassManager &pm, const CpuOptions &options) {
  pm.addNestedPass<func::FuncOp>(createConvertElementwiseToLinalgPass());
  pm.addPass(createKernelInterfacePass());
  pm.addPass(createExternaliseWeightsPass());
  addCleanup(pm);
  pm.addPass(createFuseElementwisePass());
  addCleanup(pm);
  LowerMathPassOptions math;
  math.fma = options.machine.fma;
  pm.addPass(createLowerMathPass(math));
  // Every sum starts in a buffer of its own: a shared zero would be copied.
  pm.addPass(createUnshareFills());
  pm.addPass(createBufferisePass());
  addCleanup(pm);
  pm.addPass(createCanonicalizerPass());
  pm.addPass(createLowerCopiesPass());
}

static void addContractionSchedule(OpPassManager &pm, const CpuOptions &options) {
  SelectScheduleOptions select;
  select.vectorBits = options.machine.vectorBits;
  select.vectorRegisters = options.machine.vectorRegisters;
  select.l1Bytes = options.machine.l1Bytes;
  select.l2Bytes = options.machine.l2Bytes;
  pm.addNestedPass<func::FuncOp>(createSelectSchedule(select));
  pm.addPass(createMarkParallelPass());
}

static void addVectorLoops(OpPassManager &pm, const CpuOptions &options) {
  pm.addNestedPass<func::FuncOp>(createApplySchedule());
  LowerLoopsPassOptions loops;
  loops.vectorBits = options.machine.vectorBits;
  pm.addPass(createLowerLoopsPass(loops));
  ChunkParallelPassOptions parallel;
  parallel.chunks = options.chunks;
  pm.addPass(createChunkParallelPass(parallel));
}

void buildSchedulePipeline(OpPassManager &pm, const CpuOptions &options) {
  bool vector = options.schedule == Schedule::Vector;
  if (vector)
    addContractionSchedule(pm, options);
  // From here on, what happens to one layer happens to all of its shape.
  pm.addPass(createOutlineOperationsPass());
  if (vector)
    addVectorLoops(pm, options);
  else
    pm.addNestedPass<func::FuncOp>(createConvertLinalgToLoopsPass());
  addFunctionCleanup(pm);
  PlanMemoryPassOptions plan;
  plan.reuse = options.reuseMemory;
  pm.addPass(createPlanMemoryPass(plan));
  pm.addPass(createOutlineParallelPass());
  addFunctionCleanup(pm);
}

void buildLLVMPipeline(OpPassManager &pm, const CpuOptions &options) {
  pm.addNestedPass<func::FuncOp>(memref::createFoldMemRefAliasOpsPass());
  pm.addNestedPass<func::FuncOp>(memref::createExpandStridedMetadataPass());
  pm.addNestedPass<func::FuncOp>(createLowerAffinePass());
  addFunctionCleanup(pm);
  // Contraction tiles for machines without fused multiply-add.
  LowerMathPassOptions math;
  math.fma = options.machine.fma;
  pm.addPass(createLowerMathPass(math));
  pm.addNestedPass<func::FuncOp>(createSCFToControlFlowPass());
  pm.addNestedPass<func::FuncOp>(createConvertVectorToLLVMPass());
  pm.addPass(createConvertToLLVMPass());
  pm.addPass(createReconcileUnrealizedCastsPass());
  pm.addPass(createLowerParallelPass());
  addCleanup(pm.nest<LLVM::LLVMFuncOp>());
  pm.addPass(createCheckMachineCodePass());
}

void buildCpuPipeline(OpPassManager &pm, const CpuOptions &options) {
  buildBufferPipeline(pm, options);
  buildSchedulePipeline(pm, options);
  buildLLVMPipeline(pm, options);
}

namespace {

struct PipelineOptions : PassPipelineOptions<PipelineOptions> {
  Option<Schedule> schedule{
      *this, "schedule", llvm::cl::desc("How loops are made"), llvm::cl::init(Schedule::Plain),
      llvm::cl::values(clEnumValN(Schedule::Plain, "plain", "straightforward loops"),
                       clEnumValN(Schedule::Vector, "vector", "tiled and vectorised"))};
  Option<std::string> triple{*this, "triple", llvm::cl::desc("Machine; empty is the host")};
  Option<std::string> cpu{*this, "cpu", llvm::cl::desc("LLVM's CPU name")};
  Option<std::string> features{*this, "features", llvm::cl::desc("LLVM's features")};
  Option<int64_t> chunks{*this, "chunks", llvm::cl::desc("Parts of a parallel loop"),
                         llvm::cl::init(16)};
  Option<bool> reuse{*this, "reuse-memory", llvm::cl::desc("Let buffers share workspace"),
                     llvm::cl::init(true)};

  CpuOptions get() const {
    CpuOptions options;
    options.schedule = schedule;
    if (!triple.empty())
      options.machine = Machine::of(triple, cpu, features);
    options.chunks = chunks;
    options.reuseMemory = reuse;
    return options;
  }
};

using Build = void (*)(OpPassManager &, const CpuOptions &);

void registerPipeline(StringRef name, StringRef description, Build build) {
  PassPipelineRegistration<PipelineOptions>(
      name, description,
      [build](OpPassManager &pm, const PipelineOptions &from) { build(pm, from.get()); });
}

} // namespace

void registerCodegenPipelines() {
  registerPipeline("saliency-buffer-pipeline", "From linalg on tensors to linalg on buffers",
                   buildBufferPipeline);
  registerPipeline("saliency-schedule-pipeline", "From linalg on buffers to loops and vectors",
                   buildSchedulePipeline);
  registerPipeline("saliency-llvm-pipeline", "From loops and vectors to the LLVM dialect",
                   buildLLVMPipeline);
  registerPipeline("saliency-cpu-pipeline", "From linalg on tensors to the LLVM dialect",
                   buildCpuPipeline);
}

} // namespace saliency
