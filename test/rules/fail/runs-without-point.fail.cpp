// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// expect: saliency method: the runs of m.runs(count) need a point: m.repeat(run, point)
#include "passes/rules/families/CommonRules.h"
#include "passes/rules/language/Compile.h"

using namespace saliency::rules;

struct Broken {
  static constexpr std::string_view name = "broken";
  static consteval void write(Method &m) {
    m.title = "Broken", m.source = "test", m.help = "test";
    m.elsewhere(gradient);
    m.seed(m.target());
    const auto run = m.runs(m.integer("count", 2, "test"));
    m.finish(run.sum(m.map()));
  }
};
constexpr const MethodTable &table = tableOf<Broken>();
