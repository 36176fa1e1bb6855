// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/codegen/cpu/Pipelines.h"

#include "passes/codegen/buffers/Pipeline.h"
#include "passes/codegen/cpu/Passes.h"
#include "passes/codegen/cpu/contraction/Passes.h"
#include "passes/codegen/cpu/parallel/ParallelHook.h"
#include "passes/codegen/llvm/Pipeline.h"
#include "passes/codegen/plan/Passes.h"

#include "mlir/Conversion/Passes.h"
#include "mlir/Dialect/Linalg/Passes.h"
#include "mlir/Pass/PassRegistry.h"

using namespace mlir;

namespace saliency {

TargetFacts cpuFacts(const CpuOptions &options) {
  TargetFacts facts;
  facts.fusedMultiplyAdd = options.machine.fma;
  facts.reuseMemory = options.reuseMemory;
  return facts;
}

static void addContractionSchedule(OpPassManager &pm, const CpuOptions &options) {
  SelectScheduleOptions select;
  select.vectorBits = options.machine.vectorBits;
  select.vectorRegisters = options.machine.vectorRegisters;
  select.l1Bytes = options.machine.l1Bytes;
  select.l1Ways = options.machine.l1Ways;
  select.l2Bytes = options.machine.l2Bytes;
  select.fma = options.machine.fma;
  pm.addNestedPass<func::FuncOp>(createSelectSchedule(select));
  pm.addPass(createMarkParallelPass());
  pm.addPass(createGroupContractionsPass());
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

void buildCpuSchedulePipeline(OpPassManager &pm, const CpuOptions &options) {
  bool vector = options.schedule == Schedule::Vector;
  TargetFacts facts = cpuFacts(options);
  if (vector)
    addContractionSchedule(pm, options);
  // From here on, what happens to one layer happens to all of its shape.
  OutlineOperationsPassOptions outline;
  outline.worthCall = facts.worthCall;
  pm.addPass(createOutlineOperationsPass(outline));
  if (vector)
    addVectorLoops(pm, options);
  else
    pm.addNestedPass<func::FuncOp>(createConvertLinalgToLoopsPass());
  addFunctionCleanup(pm);
  PlanMemoryPassOptions plan;
  plan.reuse = facts.reuseMemory;
  plan.alignment = facts.alignment;
  pm.addPass(createPlanMemoryPass(plan));
  pm.addPass(createOutlineParallelPass());
  addFunctionCleanup(pm);
}

void buildCpuLLVMPipeline(OpPassManager &pm, const CpuOptions &options) {
  addLLVMConversion(pm, cpuFacts(options));
  pm.addPass(createLowerParallelPass());
  addMachineCodeCheck(pm, {kParallelHook.str()});
}

void buildCpuPipeline(OpPassManager &pm, const CpuOptions &options) {
  buildBufferPipeline(pm, cpuFacts(options));
  buildCpuSchedulePipeline(pm, options);
  buildCpuLLVMPipeline(pm, options);
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

void registerCpuPipelines() {
  registerPipeline("saliency-buffer-pipeline", "From linalg on tensors to linalg on buffers",
                   [](OpPassManager &pm, const CpuOptions &options) {
                     buildBufferPipeline(pm, cpuFacts(options));
                   });
  registerPipeline("saliency-schedule-pipeline", "From linalg on buffers to loops and vectors",
                   buildCpuSchedulePipeline);
  registerPipeline("saliency-llvm-pipeline", "From loops and vectors to the LLVM dialect",
                   buildCpuLLVMPipeline);
  registerPipeline("saliency-cpu-pipeline", "From linalg on tensors to the LLVM dialect",
                   buildCpuPipeline);
}

} // namespace saliency
