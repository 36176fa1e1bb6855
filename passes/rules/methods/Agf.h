// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef SALIENCY_RULES_METHODS_AGF_H
#define SALIENCY_RULES_METHODS_AGF_H

#include "passes/rules/families/CommonRules.h"

namespace saliency::rules::methods {

class Agf {
  static constexpr double kGuard = 1e-9;
  template <AnyExpr A, AnyExpr B> static constexpr auto over(const A &a, const B &b) {
    return plusMasked(a, b, kGuard);
  }
  template <AnyExpr A> static constexpr auto overMax(const A &a) {
    return over(a, maxPerSample(a));
  }

  /// The derivative of p_t with respect to the logits y, p = softmax(y_t exp(-((y - y_t) / sigma)^2
  /// / 2)), sigma = max |y - y_t|.
  static constexpr Expr<Space::Logits> seed(Method &m) {
    const auto y = m.logits(), target = m.target();
    const auto own = sumPerSample(y * target);
    const auto d = y - own;
    const auto sigma = maxPerSample(abs(d));
    const auto bell = exp(-0.5 * square(zeroSafe(d, sigma)));
    const auto e = exp(own * bell - maxPerSample(own * bell));
    const auto p = overNonZero(e, sumPerSample(e));
    const auto gamma = sumPerSample(p * target) * (target - p);
    const auto direct = -(gamma * own * bell * zeroSafe(d, square(sigma)));
    const auto throughSigma =
        zeroSafe(sumPerSample(gamma * own * bell * square(d)), sigma * square(sigma));
    const auto farthest = (abs(d) == sigma) * sign(d) * throughSigma;
    const auto atTarget =
        sumPerSample(gamma * bell) - sumPerSample(direct) - sumPerSample(farthest);
    return direct + farthest + target * atTarget;
  }

  /// C: relevance in proportion to |x| |w|, where there is any.
  template <class Op, AnyExpr X>
  static constexpr Expr<Space::In> absolute(const Op &op, const X &x) {
    const auto open = nonzero(op.R);
    return x * adjoint(abs(op.w), open * over(op.R, forward(abs(op.w), x) * open));
  }
  /// C plus r, moved so that r adds nothing to the sum.
  static constexpr Expr<Space::In> shifted(Expr<Space::In> c, Expr<Space::In> r) {
    return c + r - zeroSafe(sumPerSample(r), countNonzeroPerSample(c)) * nonzero(c);
  }

  /// Channels factorised into a positive and a negative part: their representatives are the means
  /// of H where phi is positive (negative), their images the ridge regression of H on both.
  static constexpr Expr<Space::PerPixel, Space::In> factor(Expr<Space::In> v,
                                                           Expr<Space::PerPixel, Space::In> phi) {
    const auto h = sigmoid(10 * overMax(v));
    const auto mean = [&](const auto &mask) {
      const auto here = mask * onesLike(v);
      return over(sumPerChannel(h * here), sumPerChannel(here));
    };
    const auto rp = mean(phi > 0), rn = mean(phi < 0);
    const auto pp = sumPerSample(square(rp)) + 1, nn = sumPerSample(square(rn)) + 1,
               pn = sumPerSample(rp * rn);
    const auto hp = sumOverChannels(rp * h), hn = sumOverChannels(rn * h);
    const auto det = nn * pp - square(pn);
    return pos(pos(overNonZero(nn * hp - pn * hn, det)) - pos(overNonZero(pp * hn - pn * hp, det)));
  }

  static constexpr Expr<Space::In> convolution(const ConvolutionOp &op,
                                               const StreamHandle &gradient,
                                               const ChoiceParameter &without) {
    const auto g = gradient.at(op);
    const auto gMasked = op.vjp(g * nonzero(op.R));
    const auto c = absolute(op, abs(op.x));
    const auto phi = meanOverChannels(c);
    const auto m = overMax(pos(meanOverChannels(op.x * op.vjp(g))));
    const auto fx = factor(op.x, phi), fdx = factor(gMasked, phi);
    const auto gradCam = pos(meanOverChannels(op.x * meanPerChannel(gMasked)));
    const auto drop = [&](std::string_view term, const auto &value) {
      return choose(without.is(term), 0, value);
    };
    const auto image = choose(without.is("grad-cam"), gradCam, drop("no-fx", fx) + drop("no-m", m));
    const auto regularised =
        choose(without.is("no-reg"), image * onesLike(op.x), over(image, 1 + exp(-c)));
    const auto residual =
        regularised + drop("no-fdx", fdx) + drop("no-a", absolute(op, onesLike(op.x)));
    return shifted(c, residual * nonzero(c));
  }
  static constexpr Expr<Space::In> behindMap(const DenseOp &op, const StreamHandle &gradient) {
    const auto c = absolute(op, abs(op.x));
    const auto m = pos(op.mapChannelMean(op.x * op.vjp(gradient.at(op)))) * nonzero(c);
    return shifted(c, overMax(m));
  }
  template <class Op> static constexpr Expr<Space::In> simple(const Op &op) {
    const auto open = nonzero(op.R);
    return op.x * op.vjp(open * over(op.R, op.y * open));
  }

public:
  static constexpr std::string_view name = "agf";
  static consteval void write(Method &m) {
    m.title = "AGF, attribution guided factorisation";
    m.source = "Gur, Ali, Wolf 2021 (AAAI 35, arXiv 2012.02166), and the authors' released code";
    m.help = "Relevance by absolute contributions, guided by factorised activations and gradients; "
             "red where the class is.";
    const auto ablation =
        m.choice("ablation", {"none", "no-fx", "no-m", "no-fdx", "no-a", "no-reg", "grad-cam"},
                 "leave out one term of the convolution's rule, or put Grad-CAM in place of two");
    const auto derivative = seed(m);
    m.seed(derivative);
    const auto g = m.stream("gradient", derivative);

    const auto conv = m.convolution();
    const auto dense = m.dense();
    const auto low = minPerSample(conv.x), high = maxPerSample(conv.x);
    m.on(conv, firstLayer, zBoxShares(conv, low, high, over(conv.R, zBoxSum(conv, low, high))))
        .conserves(Conservation::WithoutBias);
    m.on(conv, kernel(1), absolute(conv, abs(conv.x))).conserves(Conservation::WithoutBias);
    m.on(conv, convolution(conv, g, ablation)).conserves(Conservation::WithoutBias);
    m.on(dense, lastLinear, dense.x * dense.vjp(dense.R));
    m.on(dense, flattenedMap, behindMap(dense, g)).conserves(Conservation::WithoutBias);
    m.on(dense, absolute(dense, abs(dense.x))).conserves(Conservation::WithoutBias);
    m.on(m.averagePool(), simple(m.averagePool())).conserves(Conservation::WithoutBias);
    m.on(m.selection(), simple(m.selection())).conserves(Conservation::WithoutBias);
    m.on(m.activation(), simple(m.activation()));
    passConstants(m);
    m.on(m.add(), m.add().x * over(m.add().R, m.add().y * nonzero(m.add().R)))
        .conserves(Conservation::Unbounded);
    m.on(m.fork(), m.fork().x * overOperands(over(m.fork().R, m.fork().x)))
        .conserves(Conservation::WithoutBias);
    m.on(m.concat(), m.concat().R).label("our extension").holds(Invariant::Conserves);
    m.on(m.normalisation(), m.normalisation().R)
        .holds(Invariant::Conserves)
        .conserves(Conservation::ByFiat);
    m.on(m.structural(), m.structural().vjp(m.structural().R)).conserves(Conservation::Inside);
    m.finish2d(sumOverChannels(zeroSafe(m.map(), maxPerSample(m.map()))));
    m.note("1x1 convolutions keep to absolute contributions, as the authors set for the ResNet's "
           "1x1 and projection layers");
  }
};

} // namespace saliency::rules::methods

#endif // SALIENCY_RULES_METHODS_AGF_H
