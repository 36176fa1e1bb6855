// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// expect: saliency rule: overOperands(a) needs a in the operand's space
#include "passes/rules/families/CommonRules.h"
#include "passes/rules/language/Compile.h"

using namespace saliency::rules;

struct Broken {
  static constexpr std::string_view name = "broken";
  static consteval void write(Method &m) {
    m.title = "Broken", m.source = "test", m.help = "test";
    m.seed(m.target());
    m.elsewhere(gradient);
    const auto add = m.add();
    overOperands(sumPerChannel(add.x));
    m.on(add, add.R);
  }
};
constexpr const MethodTable &table = tableOf<Broken>();
