// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Explainers from hand-written linalg, and calls of them.
#ifndef SALIENCY_TEST_CODEGEN_BUILDMODEL_H
#define SALIENCY_TEST_CODEGEN_BUILDMODEL_H

#include "passes/codegen/cpu/CpuTarget.h"
#include "passes/codegen/emit/CompiledModel.h"
#include "passes/codegen/emit/Jit.h"
#include "test/support/ExplainerCall.h"

#include <string>
#include <vector>

namespace saliency::test {

/// Compiles the file `name` of this folder; fails the test on errors. Without a target in `emit` it
/// is this machine as `cpu` describes it.
CompiledModel build(const std::string &name, const CpuOptions &cpu = {},
                    const EmitOptions &emit = {});

JitModel load(CompiledModel model);

/// A call of one compiled batch with these inputs and targets.
struct Call : ExplainerCall {
  Call(const JitModel &model, const std::vector<float> &input, const std::vector<int64_t> &targets);

  saliency_status run(saliency_status (*explain)(const saliency_args *)) { return explain(&args); }
};

/// Numbers that look random, between -1 and 1, the same in every run.
std::vector<float> noise(size_t count, uint32_t seed = 1);

} // namespace saliency::test

#endif // SALIENCY_TEST_CODEGEN_BUILDMODEL_H
