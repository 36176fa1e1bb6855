// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// expect: saliency rule: run.softmaxMean(score, a) needs one score per sample
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
    m.repeat(run, m.input());
    m.finish(run.softmaxMean(run.logits(), m.map()));
  }
};
constexpr const MethodTable &table = tableOf<Broken>();
