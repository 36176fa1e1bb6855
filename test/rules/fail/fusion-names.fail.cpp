// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// expect: saliency method: the options of a fusion are sum, mean, max or product
#include "passes/rules/families/CommonRules.h"
#include "passes/rules/language/Compile.h"

using namespace saliency::rules;

struct Broken {
  static constexpr std::string_view name = "broken";
  static consteval void write(Method &m) {
    m.title = "Broken", m.source = "test", m.help = "test";
    const auto fusion = m.choice("fusion", {"mean", "median"}, "how maps become one");
    m.collect(m.convolution(), sumOverChannels(m.convolution().y), ResizeMode::Nearest);
    m.finish(m.collected(fusion));
  }
};
constexpr const MethodTable &table = tableOf<Broken>();
