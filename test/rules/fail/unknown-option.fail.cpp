// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// expect: saliency method: is(option) must name one of the options that the choice was declared with
#include "passes/rules/families/CommonRules.h"
#include "passes/rules/language/Compile.h"

using namespace saliency::rules;

struct Broken {
  static constexpr std::string_view name = "broken";
  static consteval void write(Method &m) {
    m.title = "Broken", m.source = "test", m.help = "test";
    m.elsewhere(gradient);
    const auto seed = m.choice("seed", {"one", "logit"}, "test");
    m.seed(m.target(), seed.is("two"));
  }
};
constexpr const MethodTable &table = tableOf<Broken>();
