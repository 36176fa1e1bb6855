// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The feature explanation method on a map: of the target layer, of each of several layers, of
// attention's heads.
#ifndef SALIENCY_RULES_FAMILIES_FEMRULES_H
#define SALIENCY_RULES_FAMILIES_FEMRULES_H

#include "passes/rules/language/Method.h"

namespace saliency::rules {

/// The k-sigma rule: which entries of a map stand out in their channel.
struct KSigma {
  NumberParameter k;
  ChoiceParameter comparison, deviation;

  constexpr explicit KSigma(Method &m, double k = 2)
      : k(m.number("k", k, "how many deviations above its mean an entry stands out", 0)),
        comparison(m.choice("comparison", {"greater", "at-least"},
                            "an entry at the threshold does not stand out; or does")),
        deviation(
            m.choice("deviation", {"population", "sample"},
                     "mean of the squares over n; or over n - 1, as ports to PyTorch take it")) {}

  /// 1 where an entry of A stands out.
  template <AnyExpr A> constexpr auto standsOut(const A &a) const {
    const auto mean = meanPerChannel(a);
    const auto squares = square(a - mean);
    const auto channels = entriesPerSample(mean);
    const auto sample = zeroSafe(sumPerChannel(squares) * channels, entriesPerSample(a) - channels);
    const auto threshold =
        mean + k * sqrt(choose(deviation.is("sample"), sample, meanPerChannel(squares)));
    return choose(comparison.is("at-least"), a >= threshold, a > threshold);
  }
};

/// Fuad et al. 2020 (IPTA): where a channel stands out it counts as much as its mean.
struct FemRules : KSigma {
  ChoiceParameter scale;

  constexpr explicit FemRules(Method &m, double k = 2)
      : KSigma(m, k),
        scale(m.choice("scale", {"maximum", "none"}, "divide a map by its largest entry; or not")) {
    m.note("nothing stands out by k deviations among k^2 + 1 entries or fewer: of so small a map, "
           "2 x 2 at k = 2, the result is 0");
  }

  template <AnyExpr A> constexpr auto map(const A &a) const {
    const auto sum = sumOverChannels(meanPerChannel(a) * standsOut(a));
    return choose(scale.is("none"), sum, zeroSafe(sum, maxPerSample(sum)));
  }
};

} // namespace saliency::rules

#endif // SALIENCY_RULES_FAMILIES_FEMRULES_H
