// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// expect: saliency method: two rows have the same capability and the same conditions
#include "passes/rules/families/CommonRules.h"
#include "passes/rules/language/Compile.h"

using namespace saliency::rules;

struct Broken {
  static constexpr std::string_view name = "broken";
  static consteval void write(Method &m) {
    m.title = "Broken", m.source = "test", m.help = "test";
    m.seed(m.target());
    m.elsewhere(gradient);
    const auto op = m.dense();
    m.rule("plain", op, op.vjp(op.R));
    m.rule("plain", op, op.x * op.vjp(op.R));
  }
};
constexpr const MethodTable &table = tableOf<Broken>();
