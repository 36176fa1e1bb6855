// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// expect: saliency method: this seed is unreachable
#include "passes/rules/families/CommonRules.h"
#include "passes/rules/language/Compile.h"

using namespace saliency::rules;

struct Broken {
  static constexpr std::string_view name = "broken";
  static consteval void write(Method &m) {
    m.title = "Broken", m.source = "test", m.help = "test";
    m.elsewhere(gradient);
    m.seed(m.target());
    const auto seed = m.choice("seed", {"one", "logit"}, "test");
    m.seed(m.logits(), seed.is("logit"));
  }
};
constexpr const MethodTable &table = tableOf<Broken>();
