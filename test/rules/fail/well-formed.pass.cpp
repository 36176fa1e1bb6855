// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The control of the compile-fail tests: what they break, whole.
#include "passes/rules/CommonRules.h"
#include "passes/rules/Compile.h"

using namespace saliency::rules;

struct WellFormed {
  static constexpr std::string_view name = "well-formed";
  static consteval void write(Method &m) {
    m.title = "Well-formed", m.source = "test", m.help = "test";
    const auto seed = m.choice("seed", {"one", "logit"}, "test");
    m.convention("zennit", seed.is("one"));
    m.seed(m.target(), seed.is("one"));
    m.seed(m.target() * m.logits(), seed.is("logit"));
    const auto conv = m.convolution();
    const auto dense = m.dense();
    m.on(conv, firstLayer, kernel(1), zPlusRule(conv));
    m.on(conv, !depthwise, where(nonzero(conv.x), epsilonRule(conv, 1e-6), 0));
    m.on(conv, conv.x * percentile(conv.x, 98) * adjoint(correlate(conv.x, conv.R), forward(conv.w, conv.x)));
    m.on(dense, epsilonRule(dense, 1e-6));
    lrpElsewhere(m);
    m.finish(m.map() * m.input());
    m.finish2d(sumOverChannels(m.map()));
  }
};
constexpr const MethodTable &table = tableOf<WellFormed>();
