// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// expect: saliency method: the options of a resize mode are nearest, bilinear, align-corners or cubic
#include "passes/rules/families/CommonRules.h"
#include "passes/rules/language/Compile.h"

using namespace saliency::rules;

struct Broken {
  static constexpr std::string_view name = "broken";
  static consteval void write(Method &m) {
    m.title = "Broken", m.source = "test", m.help = "test";
    m.seed(m.target());
    m.elsewhere(gradient);
    const auto resize = m.choice("resize", {"bilinear", "sharp"}, "test");
    m.finish2d(resizeToInput(sumOverChannels(m.layer()), resize));
  }
};
constexpr const MethodTable &table = tableOf<Broken>();
