// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// expect: saliency method: a seed reads the target layer, the logits, the target and listed classes, nothing of an op
#include "passes/rules/families/CommonRules.h"
#include "passes/rules/language/Compile.h"

using namespace saliency::rules;

struct Broken {
  static constexpr std::string_view name = "broken";
  static consteval void write(Method &m) {
    m.title = "Broken", m.source = "test", m.help = "test";
    m.elsewhere(gradient);
    m.seed(m.target() * sumPerSample(m.activation().x));
  }
};
constexpr const MethodTable &table = tableOf<Broken>();
