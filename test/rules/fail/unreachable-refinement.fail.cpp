// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// expect: saliency method: this row is unreachable: rows are tried in the order written
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
    const auto dense = m.dense();
    m.on(op, op.x * adjoint(op.w, stab(op.R, op.z, 1e-6)));
    m.on(dense,
         pos(dense.x) * adjoint(pos(dense.w), stab(dense.R, forward(pos(dense.w), pos(dense.x)),
                                                   1e-6))); // a dense layer is a linear map
  }
};
constexpr const MethodTable &table = tableOf<Broken>();
