// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Layer-wise relevance propagation: what its papers leave open and its libraries decide
// differently, as parameters; its rules, each under its name in the literature; and what it does
// with ops that have no weights. `op` is a context of Ops.h.
#ifndef SALIENCY_RULES_FAMILIES_LRPFAMILY_H
#define SALIENCY_RULES_FAMILIES_LRPFAMILY_H

#include "passes/rules/families/CommonRules.h"

namespace saliency::rules {

/// A sum of contributions w1 x+ + w2 x-, shared out through the same weights: one half of the
/// alpha-beta rule.
template <class W> struct SignedWeights {
  W positive, negative; // what positive and negative inputs meet
  template <AnyExpr X> constexpr Expr<Space::Out> sum(const X &x) const {
    return forward(positive, pos(x)) + forward(negative, negPart(x));
  }
  template <AnyExpr X, AnyExpr S> constexpr Expr<Space::In> shares(const X &x, const S &s) const {
    return shares(x, s, s);
  }
  /// With a quotient for each sign of the input.
  template <AnyExpr X, AnyExpr S, AnyExpr T>
  constexpr Expr<Space::In> shares(const X &x, const S &s, const T &t) const {
    return pos(x) * adjoint(positive, s) + negPart(x) * adjoint(negative, t);
  }
};
template <class W> SignedWeights(W, W) -> SignedWeights<W>;

/// The range of pixels per channel.
struct PixelRange {
  PerChannelParameter low, high;
};
constexpr PixelRange pixelRange(Method &m) {
  const auto low = m.perChannel(
      "low", {(0 - 0.485) / 0.229, (0 - 0.456) / 0.224, (0 - 0.406) / 0.225},
      "smallest input value per channel; default: black under ImageNet's mean and deviation");
  const auto high = m.perChannel(
      "high", {(1 - 0.485) / 0.229, (1 - 0.456) / 0.224, (1 - 0.406) / 0.225},
      "largest input value per channel; default: white under ImageNet's mean and deviation");
  return {low, high};
}

class LrpFamily {
public:
  Method &m;
  ChoiceParameter bias, foldedBias, seed, batchNorm, activation, residualAdd, maxPool, sharedConcat;
  DivisionParameter division;
  NumberParameter stabiliser;

  constexpr explicit LrpFamily(Method &m)
      : m(m), bias(m.choice(
                  "bias", {"denominator", "dropped"},
                  "count the bias in a rule's denominator, where its share is lost, or drop it")),
        foldedBias(m.choice("folded-bias", {"ordinary", "whole"},
                            "the bias of a layer that had none before batch norm was folded into "
                            "it: as any other; or, as in "
                            "zennit, whole in every sum that a rule adds up")),
        seed(
            m.choice("seed", {"logit", "one"}, "relevance at the target's logit: its value, or 1")),
        batchNorm(m.choice("batch-norm",
                           {"fold", "pass", "gradient", "proportional", "squared-variance",
                            "centred", "canonical"},
                           "fold it into the linear map before it and pass where there is none; "
                           "pass; its derivative; shares by "
                           "contribution; those of the AGF authors' code; those of iNNvestigate; "
                           "fold it before, else behind, "
                           "through a rectifier as a threshold unit")),
        activation(m.choice("activation", {"pass", "gradient"},
                            "pass relevance through, or take the derivative")),
        residualAdd(m.choice("residual-add", {"norm", "gradient"},
                             "shares by contribution, or all of R to every summand")),
        maxPool(m.choice("max-pool", {"winner", "proportional"},
                         "all of R to the maximum, or R x / y to it, stabilised")),
        sharedConcat(m.choice("shared-concat", {"pass", "multiply"},
                              "a concatenation's part that other layers read, too: its R; or, as "
                              "captum's hooks have it, x R")),
        division(m.division(
            "division", {Division::Stab, Division::Plus, Division::PlusMasked, Division::ZeroSafe},
            "divide(a, b, e): a / (b + e sign b); a / (b + e); the same, 0 where b = 0; a / b, 0 "
            "where b = 0")),
        stabiliser(m.number("stabiliser", 1e-6, "e of the divisions", 0)) {
    m.convention("paper");
    m.canonize(CanonizerKind::FoldBatchNorm, batchNorm.is("fold"));
    for (auto kind : {CanonizerKind::FoldBatchNorm, CanonizerKind::ThresholdUnits,
                      CanonizerKind::FoldBatchNormForward})
      m.canonize(kind, batchNorm.is("canonical"));
  }

  // The libraries' sets; `more` are settings of the method's own parameters. zennit-canon: after
  // its SequentialMergeBatchNorm.
  template <class... S> constexpr void zennit(const S &...more) const {
    m.convention("zennit", bias.is("denominator"), seed.is("one"), batchNorm.is("pass"), more...);
    m.convention("zennit-canon", bias.is("denominator"), seed.is("one"), foldedBias.is("whole"),
                 more...);
  }
  template <class... S> constexpr void captum(const S &...more) const {
    m.convention("captum", bias.is("denominator"), batchNorm.is("proportional"),
                 maxPool.is("proportional"), sharedConcat.is("multiply"), stabiliser.at(1e-9),
                 more...);
  }
  /// The baselines in the repository of AGF (Gur, Ali, Wolf 2021).
  template <class... S> constexpr void agf(const S &...more) const {
    m.convention("agf", bias.is("dropped"), batchNorm.is("squared-variance"),
                 maxPool.is("proportional"), division.is("plusMasked"), stabiliser.at(1e-9),
                 more...);
  }
  template <class... S> constexpr void torchray(const S &...more) const {
    m.convention("torchray", bias.is("dropped"), seed.is("one"), batchNorm.is("pass"),
                 activation.is("gradient"), division.is("plus"), stabiliser.at(1e-20), more...);
  }

  /// The target's logit, or 1.
  constexpr Expr<Space::PerSample> score() const {
    return choose(seed.is("logit"), sumPerSample(m.target() * m.logits()),
                  sumPerSample(m.target()));
  }
  constexpr void seeds() const {
    m.seed(m.target() * m.logits(), seed.is("logit"));
    m.seed(m.target());
  }

  template <AnyExpr A, AnyExpr B> constexpr auto divide(const A &a, const B &b) const {
    return division(a, b, stabiliser);
  }
  template <class Op> constexpr auto biasOf(const Op &op) const {
    return choose(bias.is("dropped"), 0, op.b);
  }
  /// Of all contributions.
  template <class Op> constexpr auto sumOf(const Op &op) const {
    return choose(bias.is("dropped"), op.zNoBias(), op.z);
  }

  /// The bias's part `b` in a denominator; that of a folded bias where it counts whole in `sums`
  /// sums.
  template <class Op, Operand B>
  constexpr auto biasPart(const Op &op, const B &b, double sums) const {
    return choose(foldedBias.is("whole"), where(op.biasIsFolded, sums * op.b, b), b);
  }

  /// Bach et al. 2015, eq. 58: shares in proportion to contributions x w.
  template <class Op, Operand E>
  constexpr Expr<Space::In> epsilon(const Op &op, const E &epsilon) const {
    return op.x * adjoint(op.w, division(op.R, sumOf(op), epsilon));
  }
  /// Bach et al. 2015, eq. 60, with alpha 1, beta 0: positive contributions only, for inputs of any
  /// sign.
  template <class Op> constexpr Expr<Space::In> zPlus(const Op &op) const {
    const SignedWeights w{pos(op.w), negPart(op.w)};
    return w.shares(op.x, divide(op.R, w.sum(op.x) + biasPart(op, pos(biasOf(op)), 2)));
  }
  /// Bach et al. 2015, eq. 60: alpha times the positive contributions' shares minus beta times the
  /// negative ones'.
  template <class Op, Operand A, Operand B>
  constexpr Expr<Space::In> alphaBeta(const Op &op, const A &alpha, const B &beta) const {
    const auto part = [&](const auto &w, const auto &b) {
      return w.shares(op.x, divide(op.R, w.sum(op.x) + biasPart(op, b, 2)));
    };
    const auto wp = pos(op.w), wn = negPart(op.w);
    return alpha * part(SignedWeights{wp, wn}, pos(biasOf(op))) -
           beta * part(SignedWeights{wn, wp}, negPart(biasOf(op)));
  }
  /// The same in the AGF authors' code: contributions of positive and of negative inputs each over
  /// their own sum, without bias.
  template <class Op, Operand A, Operand B>
  constexpr Expr<Space::In> alphaBetaPerSign(const Op &op, const A &alpha, const B &beta) const {
    const auto part = [&](const auto &w) {
      return w.shares(op.x, divide(op.R, forward(w.positive, pos(op.x))),
                      divide(op.R, forward(w.negative, negPart(op.x))));
    };
    const auto wp = pos(op.w), wn = negPart(op.w);
    return alpha * part(SignedWeights{wp, wn}) - beta * part(SignedWeights{wn, wp});
  }
  /// Montavon et al. 2019 (LNCS 11700, 10.2.3), for outputs and inputs of any sign: contributions
  /// of the output's sign count 1 + gamma times.
  template <class Op, Operand G>
  constexpr Expr<Space::In> gamma(const Op &op, const G &gamma) const {
    const auto b = biasOf(op);
    const auto part = [&](const auto &w, const auto &bias, const auto &R) {
      return w.shares(op.x, divide(R, w.sum(op.x) + biasPart(op, b + gamma * bias, 2)));
    };
    const auto wp = op.w + gamma * pos(op.w), wn = op.w + gamma * negPart(op.w);
    return part(SignedWeights{wp, wn}, pos(b), where(op.z > 0, op.R, 0)) +
           part(SignedWeights{wn, wp}, negPart(b), where(op.z < 0, op.R, 0));
  }
  /// Montavon et al. 2017 (Pattern Recognition 65), eq. 7: shares by squared weights, whatever the
  /// input.
  template <class Op> constexpr Expr<Space::In> wSquare(const Op &op) const {
    const auto w = square(op.w);
    return adjoint(w,
                   divide(op.R, forward(w, onesLike(op.x)) + biasPart(op, square(biasOf(op)), 1)));
  }
  /// Lapuschkin et al. 2019 (Nature Communications 10), supplement: equal shares for all inputs
  /// inside the image.
  template <class Op> constexpr Expr<Space::In> flat(const Op &op) const {
    const auto w = onesLike(op.w);
    return adjoint(w, divide(op.R, forward(w, onesLike(op.x)) + biasPart(op, 0, 1)));
  }
  /// Montavon et al. 2017, eq. 8, for inputs within [low, high].
  template <class Op, AnyExpr L, AnyExpr H>
  constexpr Expr<Space::In> zBox(const Op &op, const L &low, const H &high) const {
    return zBoxShares(op, low, high, divide(op.R, zBoxSum(op, low, high) + biasPart(op, 0, -1)));
  }

  /// alpha-beta on every layer; `first-layer` may ask for the box rule within the image's own
  /// range, `sums` for sums apart by the input's sign: the baselines in the repository of AGF.
  template <Operand A, Operand B>
  constexpr void alphaBetaLayers(const A &alpha, const B &beta) const {
    const auto sums = m.choice("sums", {"whole", "per-sign"},
                               "one denominator for all inputs, or one for each sign of the input");
    const auto first = m.choice("first-layer", {"same", "image-box"},
                                "as the others, or zB within the image's own extremes");
    agf(sums.is("per-sign"), first.is("image-box"));
    const auto rows = [&](const auto &op) {
      const auto low = minPerSample(op.x), high = maxPerSample(op.x);
      const auto quotient = plus(op.R, zBoxSum(op, low, high), stabiliser);
      m.on(op, firstLayer, first.is("image-box"), zBoxShares(op, low, high, quotient))
          .holds(Invariant::Conserves)
          .conserves(Conservation::WithoutBias);
      m.on(op, sums.is("per-sign"), alphaBetaPerSign(op, alpha, beta));
      m.on(op, alphaBeta(op, alpha, beta)).conserves(Conservation::BothParts);
    };
    rows(m.convolution());
    rows(m.dense());
  }

  /// Ops without weights: average pool and sum by zennit's Norm, the others as the switches say or
  /// rearranged.
  constexpr void elsewhere() const {
    const auto average = m.averagePool();
    m.on(average, average.x * average.vjp(divide(average.R, average.y)))
        .holds(Invariant::Conserves)
        .conserves(Conservation::Unbounded);
    passConstants(m);
    const auto add = m.add();
    m.on(add, residualAdd.is("gradient"), add.R);
    m.on(add, add.x * divide(add.R, add.y))
        .holds(Invariant::Conserves)
        .conserves(Conservation::Unbounded);
    const auto act = m.activation();
    m.on(act, activation.is("gradient"), act.vjp(act.R));
    m.on(act, act.R).holds(Invariant::Conserves).conserves(Conservation::ByFiat);
    const auto norm = m.normalisation();
    m.on(norm, batchNorm.is("gradient"), norm.vjp(norm.R));
    m.on(norm, batchNorm.is("proportional"), norm.x * norm.vjp(divide(norm.R, norm.y)))
        .conserves(Conservation::Leaks);
    const auto contribution =
        norm.x * zeroSafe(norm.gamma, sqrt(square(norm.variance) + norm.epsilon));
    m.on(norm, batchNorm.is("squared-variance"),
         plus(contribution * norm.R, contribution, stabiliser))
        .conserves(Conservation::WithoutBias);
    m.on(norm, batchNorm.is("centred"),
         divide(norm.x * (norm.y - norm.beta) * norm.R, (norm.x - norm.mean) * norm.y));
    m.on(norm, norm.R).holds(Invariant::Conserves).conserves(Conservation::ByFiat);
    const auto pool = m.selection();
    m.on(pool, maxPool.is("proportional"), pool.x * pool.vjp(divide(pool.R, pool.y)))
        .conserves(Conservation::WithoutBias);
    m.on(pool, pool.vjp(pool.R)).holds(Invariant::Conserves);
    m.on(m.structural(), m.structural().vjp(m.structural().R)).conserves(Conservation::Inside);
    const auto concat = m.concat();
    m.on(concat, sharedConcat.is("multiply"),
         where(concat.usedElsewhere, concat.x * concat.R, concat.R));
    m.on(concat, concat.R).holds(Invariant::Conserves);
    m.on(m.fork(), overOperands(m.fork().R)).holds(Invariant::Conserves);
    m.holds(Invariant::Odd, Invariant::Homogeneous);
  }
};

/// alpha-beta from two seeds by the same rows. variant=reference, the AGF authors' baseline: the
/// target's relevance minus the contrast's, which is scaled to the same sum.
struct ContrastiveLrp {
  ChoiceParameter variant;
  NumberParameter alpha;
  LrpFamily lrp;
  constexpr ContrastiveLrp(Method &m, std::string_view help)
      : variant(m.choice("variant", {"paper", "reference"}, help)),
        alpha(m.number("alpha", 1,
                       "weight of the positive contributions; the negative ones' is alpha - 1", 1)),
        lrp(m) {
    lrp.zennit();
    lrp.agf(variant.is("reference"));
  }
  /// `paper` is the map where variant=paper.
  constexpr void finish(StreamHandle contrast, const Expr<Space::In> &paper) const {
    lrp.alphaBetaLayers(alpha, alpha - 1);
    lrp.elsewhere();
    const auto a = lrp.m.map(), b = lrp.m.map(contrast);
    lrp.m.finish(
        choose(variant.is("paper"), paper, a - b * zeroSafe(sumPerSample(a), sumPerSample(b))));
  }
};

} // namespace saliency::rules

#endif // SALIENCY_RULES_FAMILIES_LRPFAMILY_H
