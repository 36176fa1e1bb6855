// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// expect: saliency method: maskNorms(factor) belongs to runs from the target layer on: m.repeat(run, point of the layer)
#include "passes/rules/families/CommonRules.h"
#include "passes/rules/language/Compile.h"

using namespace saliency::rules;

struct Broken {
  static constexpr std::string_view name = "broken";
  static consteval void write(Method &m) {
    m.title = "Broken", m.source = "test", m.help = "test";
    m.seed(m.target());
    m.elsewhere(gradient);
    m.maskNorms(m.layer());
  }
};
constexpr const MethodTable &table = tableOf<Broken>();
