// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// expect: saliency method: what is collected reads what its op offers, relevance only where there is a seed
#include "passes/rules/families/CommonRules.h"
#include "passes/rules/language/Compile.h"

using namespace saliency::rules;

struct Broken {
  static constexpr std::string_view name = "broken";
  static consteval void write(Method &m) {
    m.title = "Broken", m.source = "test", m.help = "test";
    m.collect(m.convolution(), sumOverChannels(m.convolution().R), ResizeMode::Nearest);
    m.finish(m.collected());
  }
};
constexpr const MethodTable &table = tableOf<Broken>();
