// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// expect: saliency method: two rows have the same capability and the same conditions
#include "passes/rules/CommonRules.h"
#include "passes/rules/Compile.h"

using namespace saliency::rules;

struct Broken {
  static constexpr std::string_view name = "broken";
  static consteval void write(Method &m) {
    m.title = "Broken", m.source = "test", m.help = "test";
    m.seed(m.target());
    m.elsewhere(gradient);
    const auto conv = m.convolution();
    m.on(conv, firstLayer, kernel(1), epsilonRule(conv, 1e-6));
    m.on(conv, kernel(1), firstLayer, zPlusRule(conv));
  }
};
constexpr const MethodTable &table = tableOf<Broken>();
