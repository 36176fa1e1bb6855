// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// expect: saliency method: a demand is made of parameters and numbers, by + - *, abs, max, min and comparisons
#include "passes/rules/families/CommonRules.h"
#include "passes/rules/language/Compile.h"

using namespace saliency::rules;

struct Broken {
  static constexpr std::string_view name = "broken";
  static consteval void write(Method &m) {
    m.title = "Broken", m.source = "test", m.help = "test";
    const auto alpha = m.number("alpha", 2, "test");
    m.seed(m.target());
    m.elsewhere(gradient);
    m.demand(alpha > m.normalisation().epsilon, "alpha is above the norm's epsilon");
  }
};
constexpr const MethodTable &table = tableOf<Broken>();
