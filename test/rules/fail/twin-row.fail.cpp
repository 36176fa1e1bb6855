// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// expect: saliency method: a twin takes the relevance's rows: it has no row of its own
#include "passes/rules/families/CommonRules.h"
#include "passes/rules/language/Compile.h"

using namespace saliency::rules;

struct Broken {
  static constexpr std::string_view name = "broken";
  static consteval void write(Method &m) {
    m.title = "Broken", m.source = "test", m.help = "test";
    m.seed(m.target());
    m.elsewhere(gradient);
    const auto other = m.twin("other", m.target());
    const auto op = m.activation();
    m.on(other, op, other.at(op));
  }
};
constexpr const MethodTable &table = tableOf<Broken>();
