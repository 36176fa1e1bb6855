// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// expect: saliency method: where streams meet the relevance is made of what fork() offers, its R and stream.at(fork())
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
    m.meet(place, m.activation().y * m.fork().R);
  }
};
constexpr const MethodTable &table = tableOf<Broken>();
