// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef SALIENCY_RULES_METHODS_EXCITATIONBACKPROP_H
#define SALIENCY_RULES_METHODS_EXCITATIONBACKPROP_H

#include "passes/rules/LrpFamily.h"

namespace saliency::rules::methods {

struct ExcitationBackprop {
  static constexpr std::string_view name = "excitation-backprop";
  static consteval void write(Method &m) {
    m.title = "Excitation backpropagation";
    m.source = "Zhang et al. 2016 (ECCV, arXiv 1608.00507), eq. 10; TorchRay";
    m.help = "Marginal winning probabilities: shares by positive weights and activations, without bias.";
    const LrpFamily lrp(m);
    m.defaults(lrp.bias.is("dropped"), lrp.seed.is("one"), lrp.division.is("zeroSafe"));
    lrp.torchray();

    lrp.seeds();
    const auto shares = [&](const auto &op) {
      const auto w = pos(op.w);
      return op.x * adjoint(w, lrp.divide(op.R, forward(w, op.x)));
    };
    m.on(m.convolution(), shares(m.convolution())).conserves(Conservation::WithoutBias);
    m.on(m.dense(), shares(m.dense())).conserves(Conservation::WithoutBias);
    lrp.elsewhere();
    m.note("zennit's method of that name is --method=lrp-composite --composite=excitation-backprop");
  }
};

} // namespace saliency::rules::methods

#endif // SALIENCY_RULES_METHODS_EXCITATIONBACKPROP_H
