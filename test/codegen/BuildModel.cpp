// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "test/codegen/BuildModel.h"

#include "passes/codegen/buffers/Pipeline.h"
#include "passes/codegen/llvm/Pipeline.h"

#include "mlir/Parser/Parser.h"
#include "mlir/Pass/PassManager.h"

#include <gtest/gtest.h>

using namespace mlir;

namespace saliency::test {

CompiledModel build(const std::string &name, const CpuOptions &cpu, const EmitOptions &options) {
  EmitOptions emit = options;
  if (!emit.target)
    emit.target = createCpuTarget(Target::host(), cpu);
  DialectRegistry registry;
  registerCodegenDialects(registry);
  MLIRContext context(registry, MLIRContext::Threading::DISABLED);
  context.getDiagEngine().registerHandler(
      [](Diagnostic &diagnostic) { ADD_FAILURE() << diagnostic.str(); });
  auto module = parseSourceFile<ModuleOp>(std::string(SALIENCY_TEST_INPUTS "/") + name, &context);
  if (!module)
    llvm::report_fatal_error("test input does not parse");
  PassManager pm(&context);
  buildBufferPipeline(pm, emit.target->facts());
  emit.target->buildSchedule(pm);
  emit.target->buildLLVM(pm);
  if (failed(pm.run(*module)))
    llvm::report_fatal_error("pipeline failed");
  auto model = CompiledModel::compile(*module, emit);
  if (failed(model))
    llvm::report_fatal_error("emission failed");
  return std::move(*model);
}

JitModel load(CompiledModel model) { return llvm::cantFail(JitModel::load(std::move(model))); }

Call::Call(const JitModel &model, const std::vector<float> &input,
           const std::vector<int64_t> &targets)
    : ExplainerCall(*model.interface(), model.workspaceSize(), model.weights().data(),
                    model.interface()->batch, targets.size() / model.interface()->batch) {
  llvm::copy(input, this->input.begin());
  llvm::copy(targets, this->targets.begin());
}

std::vector<float> noise(size_t count, uint32_t seed) {
  std::vector<float> result(count);
  for (float &value : result) {
    seed = seed * 1664525u + 1013904223u;
    value = static_cast<int32_t>(seed) * 0x1p-31f;
  }
  return result;
}

} // namespace saliency::test
