// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// expect: saliency method: what is collected reads what its op offers
#include "passes/rules/families/CommonRules.h"
#include "passes/rules/language/Compile.h"

using namespace saliency::rules;

struct Broken {
  static constexpr std::string_view name = "broken";
  static consteval void write(Method &m) {
    m.title = "Broken", m.source = "test", m.help = "test";
    const auto run = m.runs(m.number("samples", 3, "copies"));
    m.repeat(run, m.input());
    m.seed(m.target());
    m.elsewhere(gradient);
    m.collect(m.convolution(), sumOverChannels(m.convolution().R), ResizeMode::Nearest);
    m.finish(run.sum(m.map()) + m.collected());
  }
};
constexpr const MethodTable &table = tableOf<Broken>();
