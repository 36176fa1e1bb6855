// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// expect: saliency rule: the epsilon of a division must be a number or a number parameter
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
    m.on(conv, conv.x * adjoint(conv.w, stab(conv.R, conv.z, conv.z)));
  }
};
constexpr const MethodTable &table = tableOf<Broken>();
