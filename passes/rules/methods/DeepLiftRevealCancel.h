// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef SALIENCY_RULES_METHODS_DEEPLIFTREVEALCANCEL_H
#define SALIENCY_RULES_METHODS_DEEPLIFTREVEALCANCEL_H

#include "passes/rules/families/DeepLiftRules.h"

namespace saliency::rules::methods {

struct DeepLiftRevealCancel {
  static constexpr std::string_view name = "deeplift-reveal-cancel";
  static consteval void write(Method &m) {
    m.title = "DeepLIFT (RevealCancel)";
    m.source = "Shrikumar, Greenside, Kundaje 2017 (ICML, arXiv 1704.02685), the RevealCancel rule "
               "of section 3.5; modes, zero changes and max pools as in the authors' code";
    m.help = "Contributions to the logit's difference from its value at a reference input, "
             "positive and negative ones apart; they add up to it.";
    const auto mode = m.choice("mode", {"genomics-default", "reveal-cancel", "rescale"},
                               "RevealCancel behind dense layers and Rescale behind the others; "
                               "RevealCancel at every activation; Rescale");
    const auto baseline =
        m.perChannel("baseline", {0}, "the reference input: one number, or one per channel");
    const auto epsilon =
        m.number("epsilon", 1e-7, "below this difference an op takes its ordinary derivative", 0);

    const auto reference = m.reference(baseline);
    m.seed(m.target());
    const auto fall = m.joint("fall", m.target());
    const auto alike = [&](const auto &op, const auto &rule) {
      m.onEach(fall, op, [&](const auto &, const auto &) { return rule; });
    };
    const auto whole = [&](const auto &op) { return bySign(op.y - op.y0(), op.R, fall.at(op)); };
    alike(m.convolution(), bySigns(m.convolution(), m.convolution().R, fall.at(m.convolution())));
    alike(m.dense(), bySigns(m.dense(), m.dense().R, fall.at(m.dense())));
    const auto norm = m.normalisation();
    m.onEach(fall, norm, [&](const auto &own, const auto &other) {
      return where(norm.gamma < 0, norm.vjp(other), norm.vjp(own));
    });

    const auto act = m.activation();
    const auto reveals = [&](const auto &...conditions) {
      m.on(act, conditions..., reveal(act, whole(act), act.rise(), act.fall(), epsilon));
      m.on(fall, act, conditions..., reveal(act, whole(act), act.fall(), act.rise(), epsilon));
    };
    reveals(mode.is("reveal-cancel"));
    reveals(mode.is("genomics-default"), follows(Capability::Dense));
    alike(act, rescale(act, whole(act), epsilon));
    alike(m.selection(), crossMaximum(m.selection(), whole(m.selection()), epsilon));
    m.onEach(fall, m.add(), [](const auto &own, const auto &) { return own; });
    m.onEach(fall, m.concat(), [](const auto &own, const auto &) { return own; });
    alike(m.merge(), m.merge().vjp(whole(m.merge())));
    alike(m.softmax(), m.softmax().vjp(whole(m.softmax())));
    alike(m.layerNorm(), m.layerNorm().vjp(whole(m.layerNorm())));
    alike(m.bilinear(), m.bilinear().vjp(whole(m.bilinear())));
    m.elsewhere(gradient);
    const auto change = m.input() - reference;
    m.finish(bySign(change, m.map(), m.map(fall)) * change);
    m.note("complete: the map adds up to the difference of the logits, but for products of data, "
           "softmax and layer norms");
    m.note("our extension: parts of the change behind batch norms, sums, pools and concatenations");
  }
};

} // namespace saliency::rules::methods

#endif // SALIENCY_RULES_METHODS_DEEPLIFTREVEALCANCEL_H
