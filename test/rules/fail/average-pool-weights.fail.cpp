// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// expect: saliency method: a row for linearMap() computes with changed weights or correlate(x, r), which an average pool does not
// have
#include "passes/rules/families/CommonRules.h"
#include "passes/rules/language/Compile.h"

using namespace saliency::rules;

struct Broken {
  static constexpr std::string_view name = "broken";
  static consteval void write(Method &m) {
    m.title = "Broken", m.source = "test", m.help = "test";
    m.seed(m.target());
    m.elsewhere(gradient);
    const auto op = m.linearMap();
    m.on(op, pos(op.x) * adjoint(pos(op.w), stab(op.R, forward(pos(op.w), pos(op.x)), 1e-6)));
  }
};
constexpr const MethodTable &table = tableOf<Broken>();
