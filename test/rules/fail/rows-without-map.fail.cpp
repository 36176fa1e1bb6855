// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// expect: saliency method: rows and seeds are for relevance that is carried back, but no finish reads map()
#include "passes/rules/families/CommonRules.h"
#include "passes/rules/language/Compile.h"

using namespace saliency::rules;

struct Broken {
  static constexpr std::string_view name = "broken";
  static consteval void write(Method &m) {
    m.title = "Broken", m.source = "test", m.help = "test";
    m.seed(m.target());
    m.elsewhere(gradient);
    m.finish(sumOverChannels(m.layer()));
  }
};
constexpr const MethodTable &table = tableOf<Broken>();
