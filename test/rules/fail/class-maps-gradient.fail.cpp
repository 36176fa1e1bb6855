// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// expect: saliency method: a method on class maps, m.classMaps(...), is forward only
#include "passes/rules/families/CamRules.h"
#include "passes/rules/language/Compile.h"

using namespace saliency::rules;

struct Broken {
  static constexpr std::string_view name = "broken";
  static consteval void write(Method &m) {
    m.title = "Broken", m.source = "test", m.help = "test";
    m.classMaps("size", 23, "test");
    m.finish(sumOverChannels(m.layer() * gradient(m.target())));
  }
};
constexpr const MethodTable &table = tableOf<Broken>();
