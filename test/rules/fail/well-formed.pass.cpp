// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The control of the compile-fail tests: what they break, whole.
#include "passes/rules/families/LrpFamily.h"
#include "passes/rules/language/Compile.h"

using namespace saliency::rules;

struct WellFormed {
  static constexpr std::string_view name = "well-formed";
  static consteval void write(Method &m) {
    m.title = "Well-formed", m.source = "test", m.help = "test";
    const auto start = m.choice("start", {"one", "logit"}, "test");
    m.convention("zennit", start.is("one"));
    m.seed(m.target(), start.is("one"));
    m.seed(m.target() * m.logits(), start.is("logit"));
    const auto conv = m.convolution();
    const auto dense = m.dense();
    m.on(conv, firstLayer, kernel(1),
         pos(conv.x) * adjoint(pos(conv.w), stab(conv.R, forward(pos(conv.w), pos(conv.x)), 1e-6)));
    m.on(conv, !depthwise,
         where(nonzero(conv.x), conv.x * adjoint(conv.w, stab(conv.R, conv.z, 1e-6)), 0));
    m.on(conv, conv.x * percentile(conv.x, 98) *
                   adjoint(correlate(conv.x, conv.R), forward(conv.w, conv.x)));
    m.on(dense, dense.x * adjoint(dense.w, stab(dense.R, dense.z, 1e-6)));
    LrpFamily(m).elsewhere();
    m.finish(m.map() * m.input());
    m.finish2d(sumOverChannels(m.map()));
  }
};
constexpr const MethodTable &table = tableOf<WellFormed>();
