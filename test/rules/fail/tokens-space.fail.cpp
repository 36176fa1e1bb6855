// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// expect: saliency rule: atTokens(a, before) takes a map of the image's patches
#include "passes/rules/families/CommonRules.h"
#include "passes/rules/language/Compile.h"

using namespace saliency::rules;

struct Broken {
  static constexpr std::string_view name = "broken";
  static consteval void write(Method &m) {
    m.title = "Broken", m.source = "test", m.help = "test";
    m.seed(m.target());
    m.elsewhere(gradient);
    m.finish(m.map() * sumPerSample(atTokens(sumOverChannels(m.layer()), 1)));
  }
};
constexpr const MethodTable &table = tableOf<Broken>();
