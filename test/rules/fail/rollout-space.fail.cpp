// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// expect: saliency rule: rollout(a) needs a matrix between tokens, one for each attention layer
#include "passes/rules/language/Compile.h"
#include "passes/rules/language/Method.h"

using namespace saliency::rules;

struct Broken {
  static constexpr std::string_view name = "broken";
  static consteval void write(Method &m) {
    m.title = "Broken", m.source = "test", m.help = "test";
    m.seed(m.target());
    m.elsewhere(gradient);
    m.finish(classTokenMap(rollout(m.attention().y)));
  }
};
constexpr const MethodTable &table = tableOf<Broken>();
