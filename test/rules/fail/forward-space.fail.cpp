// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// expect: saliency rule: forward(w, x) needs x in the input's space
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
    m.on(conv, adjoint(conv.w, forward(conv.w, conv.R)));
  }
};
constexpr const MethodTable &table = tableOf<Broken>();
