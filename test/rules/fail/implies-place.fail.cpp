// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// expect: saliency method: implies(parameter.is(option), setting) starts from an option
#include "passes/rules/families/CommonRules.h"
#include "passes/rules/language/Compile.h"

using namespace saliency::rules;

struct Broken {
  static constexpr std::string_view name = "broken";
  static consteval void write(Method &m) {
    m.title = "Broken", m.source = "test", m.help = "test";
    m.seed(m.target());
    m.elsewhere(gradient);
    const auto seed = m.choice("seed", {"one", "logit"}, "test");
    m.implies(firstLayer, seed.is("one"));
  }
};
constexpr const MethodTable &table = tableOf<Broken>();
