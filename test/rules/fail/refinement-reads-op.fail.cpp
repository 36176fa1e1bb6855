// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// expect: saliency step: a refinement reads the map so far, m.map2d(), and the activation at hand, m.layer(), nothing of an op
#include "passes/rules/families/CommonRules.h"
#include "passes/rules/language/Compile.h"

using namespace saliency::rules;

struct Broken {
  static constexpr std::string_view name = "broken";
  static consteval void write(Method &m) {
    m.title = "Broken", m.source = "test", m.help = "test";
    m.record(m.selection());
    m.refine(m.map2d() * meanPerSample(m.activation().x));
    m.finish(m.map2d());
  }
};
constexpr const MethodTable &table = tableOf<Broken>();
