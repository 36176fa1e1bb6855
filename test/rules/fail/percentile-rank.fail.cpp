// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// expect: saliency rule: percentile(a, q) needs a number q
#include "passes/rules/families/CommonRules.h"
#include "passes/rules/language/Compile.h"

using namespace saliency::rules;

struct Broken {
  static constexpr std::string_view name = "broken";
  static consteval void write(Method &m) {
    m.title = "Broken", m.source = "test", m.help = "test";
    m.seed(m.target());
    m.elsewhere(gradient);
    const auto conv = m.convolution();
    m.on(conv, conv.x * percentile(conv.x, conv.x));
  }
};
constexpr const MethodTable &table = tableOf<Broken>();
