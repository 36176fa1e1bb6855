// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// expect: saliency method: a method has a name, a title, a source (paper and equation) and a help text
#include "passes/rules/families/CommonRules.h"
#include "passes/rules/language/Compile.h"

using namespace saliency::rules;

struct Broken {
  static constexpr std::string_view name = "broken";
  static consteval void write(Method &m) {
    m.seed(m.target());
    m.elsewhere(gradient);
    m.title = "Undescribed";
  }
};
constexpr const MethodTable &table = tableOf<Broken>();
