// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// expect: saliency rule: data.at(op) is one array for each layer with weights: convolution(), dense() or linearMap()
#include "passes/rules/families/CommonRules.h"
#include "passes/rules/language/Compile.h"

using namespace saliency::rules;

struct Broken {
  static constexpr std::string_view name = "broken";
  static consteval void write(Method &m) {
    m.title = "Broken", m.source = "test", m.help = "test";
    const auto data = m.layerData("data", "test");
    m.seed(m.target());
    (void)data.at(m.averagePool());
    m.elsewhere(gradient);
  }
};
constexpr const MethodTable &table = tableOf<Broken>();
