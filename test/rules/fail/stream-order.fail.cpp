// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// expect: saliency method: a further stream reads itself and the streams declared before it
#include "passes/rules/families/CommonRules.h"
#include "passes/rules/language/Compile.h"

using namespace saliency::rules;

struct Broken {
  static constexpr std::string_view name = "broken";
  static consteval void write(Method &m) {
    m.title = "Broken", m.source = "test", m.help = "test";
    m.seed(m.target());
    m.elsewhere(gradient);
    const auto g = m.stream("gradient", m.target());
    const auto op = m.activation();
    m.on(g, op, g.at(op) * op.R);
  }
};
constexpr const MethodTable &table = tableOf<Broken>();
