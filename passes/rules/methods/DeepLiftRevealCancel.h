// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef SALIENCY_RULES_METHODS_DEEPLIFTREVEALCANCEL_H
#define SALIENCY_RULES_METHODS_DEEPLIFTREVEALCANCEL_H

#include "passes/rules/methods/DeepLift.h"

namespace saliency::rules::methods {

/// A multiplier for the rise of a value, the relevance, and one for its fall: their contributions are m+ rise + m- fall.
class DeepLiftRevealCancel {
  /// Where the whole of a change is either, by its sign.
  template <AnyExpr D, AnyExpr M> static constexpr auto bySign(const D &change, const M &ofRise, const M &ofFall) {
    return where(change > 0, ofRise, where(change < 0, ofFall, (ofRise + ofFall) / 2));
  }
  /// The linear rule (section 3.4.1): a positive change adds through positive weights and takes through negative ones.
  template <class Op, AnyExpr M> static constexpr Expr<Space::In> linear(const Op &op, const M &ofFall) {
    const auto wp = pos(op.w), wn = negPart(op.w);
    const auto dx = op.x - op.x0();
    return where(dx > 0, adjoint(wp, op.R) + adjoint(wn, ofFall),
                 where(dx < 0, adjoint(wn, op.R) + adjoint(wp, ofFall), adjoint(op.w, (op.R + ofFall) / 2)));
  }
  /// Of one part of the input's change to what it makes of the output, whether it comes first or behind the other part.
  template <AnyExpr M, AnyExpr P, AnyExpr Q, Operand E>
  static constexpr Expr<Space::In> reveal(const ActivationOp &op, const M &multiplier, const P &part, const Q &other, const E &epsilon) {
    const auto change = (op.forward(op.x0() + part) - op.y0() + op.y - op.forward(op.x0() + other)) / 2;
    return where(abs(part) < epsilon, op.vjp(multiplier), multiplier * zeroSafe(change, part));
  }

public:
  static constexpr std::string_view name = "deeplift-reveal-cancel";
  static consteval void write(Method &m) {
    m.title = "DeepLIFT (RevealCancel)";
    m.source = "Shrikumar, Greenside, Kundaje 2017 (ICML, arXiv 1704.02685), the RevealCancel rule of section 3.5; modes, zero changes and max pools as in the authors' code";
    m.help = "Contributions to the logit's difference from its value at a reference input, positive and negative ones apart; they add up to it.";
    const auto mode = m.choice("mode", {"genomics-default", "reveal-cancel", "rescale"},
                               "RevealCancel behind dense layers and Rescale behind the others; RevealCancel at every activation; Rescale");
    const auto baseline = m.perChannel("baseline", {0}, "the reference input: one number, or one per channel");
    const auto epsilon = m.number("epsilon", 1e-7, "below this difference an op takes its ordinary derivative", 0);

    const auto reference = m.reference(baseline);
    m.seed(m.target());
    const auto fall = m.joint("fall", m.target());
    const auto alike = [&](const auto &op, const auto &rule) { m.on(op, rule), m.on(fall, op, rule); };
    const auto whole = [&](const auto &op) { return bySign(op.y - op.y0(), op.R, fall.at(op)); };
    alike(m.convolution(), linear(m.convolution(), fall.at(m.convolution())));
    alike(m.dense(), linear(m.dense(), fall.at(m.dense())));
    const auto norm = m.normalisation();
    m.on(norm, where(norm.gamma < 0, norm.vjp(fall.at(norm)), norm.vjp(norm.R)));
    m.on(fall, norm, where(norm.gamma < 0, norm.vjp(norm.R), norm.vjp(fall.at(norm))));

    const auto act = m.activation();
    const auto ofRise = reveal(act, whole(act), act.rise(), act.fall(), epsilon), ofFall = reveal(act, whole(act), act.fall(), act.rise(), epsilon);
    m.on(act, mode.is("reveal-cancel"), ofRise), m.on(fall, act, mode.is("reveal-cancel"), ofFall);
    m.on(act, mode.is("genomics-default"), follows(Capability::Dense), ofRise);
    m.on(fall, act, mode.is("genomics-default"), follows(Capability::Dense), ofFall);
    alike(act, DeepLift::rescale(act, whole(act), epsilon));
    alike(m.selection(), DeepLift::crossMaximum(m.selection(), whole(m.selection()), epsilon));
    m.on(m.add(), m.add().R), m.on(fall, m.add(), fall.at(m.add()));
    m.on(m.concat(), m.concat().R), m.on(fall, m.concat(), fall.at(m.concat()));
    alike(m.merge(), m.merge().vjp(whole(m.merge())));
    alike(m.softmax(), m.softmax().vjp(whole(m.softmax())));
    alike(m.layerNorm(), m.layerNorm().vjp(whole(m.layerNorm())));
    alike(m.bilinear(), m.bilinear().vjp(whole(m.bilinear())));
    m.elsewhere(gradient);
    const auto change = m.input() - reference;
    m.finish(bySign(change, m.map(), m.map(fall)) * change);
    m.note("complete: the map adds up to the difference of the logits, but for products of data, softmax and layer norms");
    m.note("our extension: parts of the change behind batch norms, sums, pools and concatenations");
  }
};

} // namespace saliency::rules::methods

#endif // SALIENCY_RULES_METHODS_DEEPLIFTREVEALCANCEL_H
