// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// expect: saliency rule: resizeToInput(a, mode) takes a map per pixel of the target layer
#include "passes/rules/families/CommonRules.h"
#include "passes/rules/language/Compile.h"

using namespace saliency::rules;

struct Broken {
  static constexpr std::string_view name = "broken";
  static consteval void write(Method &m) {
    m.title = "Broken", m.source = "test", m.help = "test";
    m.seed(m.target());
    m.elsewhere(gradient);
    m.finish2d(resizeToInput(sumOverChannels(m.map()), ResizeMode::Nearest));
  }
};
constexpr const MethodTable &table = tableOf<Broken>();
