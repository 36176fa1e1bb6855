// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// expect: saliency method: a listed class (classes.each()) has a meaning only inside classes.sum(...)
#include "passes/rules/families/CommonRules.h"
#include "passes/rules/language/Compile.h"

using namespace saliency::rules;

struct Broken {
  static constexpr std::string_view name = "broken";
  static consteval void write(Method &m) {
    m.title = "Broken", m.source = "test", m.help = "test";
    m.elsewhere(gradient);
    const auto classes = m.classes("classes", "test");
    m.seed(m.target() - classes.each());
  }
};
constexpr const MethodTable &table = tableOf<Broken>();
