// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// expect: saliency method: two rows have the same capability and the same conditions
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
    m.on(conv, firstLayer, kernel(1), conv.x * adjoint(conv.w, stab(conv.R, conv.z, 1e-6)));
    m.on(conv, kernel(1), firstLayer,
         pos(conv.x) * adjoint(pos(conv.w), stab(conv.R, forward(pos(conv.w), pos(conv.x)), 1e-6)));
  }
};
constexpr const MethodTable &table = tableOf<Broken>();
