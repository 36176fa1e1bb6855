// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// expect: saliency method: this row is unreachable
#include "passes/rules/families/CommonRules.h"
#include "passes/rules/language/Compile.h"

using namespace saliency::rules;

struct Broken {
  static constexpr std::string_view name = "broken";
  static consteval void write(Method &m) {
    m.title = "Broken", m.source = "test", m.help = "test";
    m.seed(m.target());
    m.elsewhere(gradient);
    const auto rule = m.choice("rule", {"a", "b"}, "test");
    const auto op = m.activation();
    m.on(op, rule.is("a"), op.R);
    m.on(op, rule.is("b"), op.x);
    m.on(op, op.y); // every option is taken
  }
};
constexpr const MethodTable &table = tableOf<Broken>();
