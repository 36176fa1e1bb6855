// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// expect: r), which an average pool does not have: write a row for averagePool() before it
#include "passes/rules/families/CommonRules.h"
#include "passes/rules/language/Compile.h"

using namespace saliency::rules;

struct Broken {
  static constexpr std::string_view name = "broken";
  static consteval void write(Method &m) {
    m.title = "Broken", m.source = "test", m.help = "test";
    const auto data = m.layerData("data", "test");
    m.seed(m.target());
    m.on(m.linearMap(), adjoint(data.at(m.linearMap()), m.linearMap().R));
    m.elsewhere(gradient);
  }
};
constexpr const MethodTable &table = tableOf<Broken>();
