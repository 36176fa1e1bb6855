// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// expect: saliency rule: the expression reads a value that this row's capability does not offer
#include "passes/rules/families/CommonRules.h"
#include "passes/rules/language/Compile.h"

using namespace saliency::rules;

struct Broken {
  static constexpr std::string_view name = "broken";
  static consteval void write(Method &m) {
    m.title = "Broken", m.source = "test", m.help = "test";
    m.seed(m.target());
    m.on(m.averagePool(), m.averagePool().vjp(m.averagePool().R * m.convolution().interior()));
    m.elsewhere(gradient);
  }
};
constexpr const MethodTable &table = tableOf<Broken>();
