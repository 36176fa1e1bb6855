// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// expect: saliency method: x0() and y0() are values at the reference input: write m.reference(image)
#include "passes/rules/families/CommonRules.h"
#include "passes/rules/language/Compile.h"

using namespace saliency::rules;

struct Broken {
  static constexpr std::string_view name = "broken";
  static consteval void write(Method &m) {
    m.title = "Broken", m.source = "test", m.help = "test";
    m.seed(m.target());
    m.on(m.activation(), m.activation().R * m.activation().x0());
    m.elsewhere(gradient);
  }
};
constexpr const MethodTable &table = tableOf<Broken>();
