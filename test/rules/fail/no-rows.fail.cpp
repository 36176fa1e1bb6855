// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// expect: saliency method: no rule for Convolution
// expect: saliency method: no rule for Dense
// expect: saliency method: no rule for AveragePool
// expect: saliency method: no rule for Activation
// expect: saliency method: no rule for Rectifier
// expect: saliency method: no rule for Selection (max pool)
// expect: saliency method: no rule for Structural (reshape, slice, pad)
// expect: saliency method: no rule for Add
// expect: saliency method: no rule for Concat
// expect: saliency method: no rule for Normalisation (batch norm)
#include "passes/rules/families/CommonRules.h"
#include "passes/rules/language/Compile.h"

using namespace saliency::rules;

struct Broken {
  static constexpr std::string_view name = "broken";
  static consteval void write(Method &m) {
    m.title = "Broken", m.source = "test", m.help = "test";
    m.seed(m.target());
  }
};
constexpr const MethodTable &table = tableOf<Broken>();
