// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// expect: atClasses(a) belongs to such methods
#include "passes/rules/families/CamRules.h"
#include "passes/rules/language/Compile.h"

using namespace saliency::rules;

struct Broken {
  static constexpr std::string_view name = "broken";
  static consteval void write(Method &m) {
    m.title = "Broken", m.source = "test", m.help = "test";
    m.finish(sumOverChannels(m.layer() * atClasses(m.target())));
  }
};
constexpr const MethodTable &table = tableOf<Broken>();
