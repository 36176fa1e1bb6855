// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// expect: saliency method: meet(place, r) gives relevance of the value, as fork().R is
#include "passes/rules/families/CommonRules.h"
#include "passes/rules/language/Compile.h"

using namespace saliency::rules;

struct Broken {
  static constexpr std::string_view name = "broken";
  static consteval void write(Method &m) {
    m.title = "Broken", m.source = "test", m.help = "test";
    const auto place = m.valueName("place", "where");
    m.seed(m.target());
    m.elsewhere(gradient);
    m.meet(place, m.convolution().R);
  }
};
constexpr const MethodTable &table = tableOf<Broken>();
