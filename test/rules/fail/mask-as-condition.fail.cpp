// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// expect: saliency rule: a comparison gives a mask, not a yes or no
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
    m.on(op, op.x > 0 ? op.R : op.x);
  }
};
constexpr const MethodTable &table = tableOf<Broken>();
