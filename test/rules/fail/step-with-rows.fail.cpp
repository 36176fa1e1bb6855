// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// expect: saliency step: a step records activations, record(op), and refines a method's 2-D map; it has no rows of its own
#include "passes/rules/families/CommonRules.h"
#include "passes/rules/language/Compile.h"

using namespace saliency::rules;

struct Broken {
  static constexpr std::string_view name = "broken";
  static consteval void write(Method &m) {
    m.title = "Broken", m.source = "test", m.help = "test";
    m.seed(m.target());
    m.elsewhere(gradient);
    m.record(m.selection());
    m.refine(m.map2d());
    m.finish(m.map());
  }
};
constexpr const MethodTable &table = tableOf<Broken>();
