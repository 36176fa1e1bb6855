// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "test/codegen/BuildModel.h"

#include "passes/codegen/Passes.h"

#include "mlir/Parser/Parser.h"
#include "mlir/Pass/PassManager.h"

#include <gtest/gtest.h>

using namespace mlir;

namespace saliency::test {

CompiledModel build(const std::string &name, const CpuOptions &cpu, const EmitOptions &emit) {
  DialectRegistry registry;
  registerCodegenDialects(registry);
  MLIRContext context(registry, MLIRContext::Threading::DISABLED);
  context.getDiagEngine().registerHandler(
      [](Diagnostic &diagnostic) { ADD_FAILURE() << diagnostic.str(); });
  auto module = parseSourceFile<ModuleOp>(std::string(SALIENCY_TEST_INPUTS "/") + name, &context);
  if (!module)
    llvm::report_fatal_error("test input does not parse");
  PassManager pm(&context);
  buildCpuPipeline(pm, cpu);
  if (failed(pm.run(*module)))
    llvm::report_fatal_error("pipeline failed");
  auto model = CompiledModel::compile(*module, emit);
  if (failed(model))
    llvm::report_fatal_error("emission failed");
  return std::move(*model);
}

JitModel load(CompiledModel model) { return llvm::cantFail(JitModel::load(std::move(model))); }

static size_t product(const int64_t *dims, int64_t rank) {
  size_t result = 1;
  for (int64_t i = 0; i < rank; ++i)
    result *= dims[i];
  return result;
}

Call::Call(const JitModel &model, std::vector<float> input, std::vector<int64_t> targets)
    : input(std::move(input)), targets(std::move(targets)) {
  const saliency_interface &info = *model.interface();
  size_t rows = this->targets.size(), perImage = rows / info.batch;
  resolved.resize(rows);
  for (const saliency_map *map = info.maps; map != info.maps + info.map_count; ++map) {
    maps.resize(maps.size() + perImage * product(map->dims, map->rank));
    maps2d.resize(maps2d.size() + rows * product(map->plane, 2));
  }
  logits.resize(info.batch * info.classes);
  layers.resize(perImage * info.layer_elements);
  workspace.resize(model.workspaceSize() + SALIENCY_ALIGNMENT);
  auto start = reinterpret_cast<uintptr_t>(workspace.data());

  args.size = sizeof args;
  args.weights = model.weights().data();
  args.weights_size = model.weights().size();
  args.workspace = reinterpret_cast<void *>(alignUp(start));
  args.workspace_size = model.workspaceSize();
  args.batch = info.batch;
  args.input = this->input.data();
  args.targets_per_image = perImage;
  args.targets = this->targets.data();
  args.maps = maps.data();
  args.maps2d = maps2d.empty() ? nullptr : maps2d.data();
  args.logits = logits.data();
  args.layers = layers.empty() ? nullptr : layers.data();
  args.resolved_targets = resolved.data();
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
