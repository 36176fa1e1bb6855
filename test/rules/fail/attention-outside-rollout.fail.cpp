// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// expect: saliency method: an attention layer's values (m.attention()) have a meaning only inside rollout(...)
#include "passes/rules/language/Compile.h"
#include "passes/rules/language/Method.h"

using namespace saliency::rules;

struct Broken {
  static constexpr std::string_view name = "broken";
  static consteval void write(Method &m) {
    m.title = "Broken", m.source = "test", m.help = "test";
    m.seed(m.target());
    m.elsewhere(gradient);
    m.finish(classTokenMap(meanOverHeads(m.attention().y)));
  }
};
constexpr const MethodTable &table = tableOf<Broken>();
