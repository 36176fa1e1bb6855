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
    const auto op = m.activation();
    m.on(op, firstLayer, op.R); // only linear maps have a place
  }
};
constexpr const MethodTable &table = tableOf<Broken>();
