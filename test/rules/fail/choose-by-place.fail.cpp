// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// expect: saliency rule: choose(parameter.is(option), a, b) decides by an option
#include "passes/rules/families/CommonRules.h"
#include "passes/rules/language/Compile.h"

using namespace saliency::rules;

struct Broken {
  static constexpr std::string_view name = "broken";
  static consteval void write(Method &m) {
    m.title = "Broken", m.source = "test", m.help = "test";
    m.seed(m.target());
    m.elsewhere(gradient);
    const auto op = m.activation();
    m.on(op, choose(firstLayer, op.R, op.x));
  }
};
constexpr const MethodTable &table = tableOf<Broken>();
