// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// expect: saliency method: no rule for Convolution: write a row for convolution() or linearMap() without a condition
#include "passes/rules/families/LrpFamily.h"
#include "passes/rules/language/Compile.h"

using namespace saliency::rules;

struct Broken {
  static constexpr std::string_view name = "broken";
  static consteval void write(Method &m) {
    m.title = "Broken", m.source = "test", m.help = "test";
    m.seed(m.target());
    const auto conv = m.convolution();
    const auto dense = m.dense();
    m.on(conv, kernel(1), conv.x * adjoint(conv.w, stab(conv.R, conv.z, 1e-6)));
    m.on(dense, dense.x * adjoint(dense.w, stab(dense.R, dense.z, 1e-6)));
    LrpFamily(m).elsewhere();
  }
};
constexpr const MethodTable &table = tableOf<Broken>();
