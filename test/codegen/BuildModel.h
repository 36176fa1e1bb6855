// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Explainers from hand-written linalg, and calls of them.
#ifndef SALIENCY_TEST_CODEGEN_BUILDMODEL_H
#define SALIENCY_TEST_CODEGEN_BUILDMODEL_H

#include "passes/codegen/Pipelines.h"
#include "passes/codegen/emit/CompiledModel.h"
#include "passes/codegen/emit/Jit.h"

#include <string>
#include <vector>

namespace saliency::test {

/// Compiles the file `name` of this folder; fails the test on errors.
CompiledModel build(const std::string &name, const CpuOptions &cpu = {},
                    const EmitOptions &emit = {});

JitModel load(CompiledModel model);

/// Memory of a call: one compiled batch, `targets` targets of each image.
struct Call {
  Call(const JitModel &model, std::vector<float> input, std::vector<int64_t> targets);

  saliency_status run(saliency_status (*explain)(const saliency_args *)) { return explain(&args); }

  std::vector<float> input;
  std::vector<int64_t> targets, resolved;
  std::vector<float> maps, maps2d, logits, layers;
  std::vector<std::byte> workspace;
  saliency_args args = {};
};

/// Numbers that look random, between -1 and 1, the same in every run.
std::vector<float> noise(size_t count, uint32_t seed = 1);

} // namespace saliency::test

#endif // SALIENCY_TEST_CODEGEN_BUILDMODEL_H
