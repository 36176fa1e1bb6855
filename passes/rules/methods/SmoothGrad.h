// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef SALIENCY_RULES_METHODS_SMOOTHGRAD_H
#define SALIENCY_RULES_METHODS_SMOOTHGRAD_H

#include "passes/rules/language/Method.h"

namespace saliency::rules::methods {

struct SmoothGrad {
  static constexpr std::string_view name = "smoothgrad";
  static consteval void write(Method &m) {
    m.title = "SmoothGrad, SmoothGrad-squared, VarGrad";
    m.source = "Smilkov et al. 2017 (arXiv 1706.03825), section 2; squares: Hooker et al. 2019 "
               "(arXiv 1806.10758), section 3; "
               "variance: Adebayo et al. 2018 (arXiv 1810.03307), section 2";
    m.help = "The gradient at noisy copies of the input: its mean, the mean of its squares, or its "
             "variance.";
    const auto combine = m.choice("combine", {"mean", "mean-of-squares", "variance"},
                                  "what the map is of the gradients");
    const auto samples = m.integer("samples", 50, "noisy copies of the input", 1, 1000000);
    const auto sigma = m.number("sigma", 0.15, "standard deviation of the noise", 0);
    const auto scale = m.choice("scale", {"range", "absolute"},
                                "sigma is a share of the input's range; or a number as it is");
    const auto last =
        m.choice("last", {"noisy", "clean"}, "the last copy has noise; or is the input itself");
    const auto divisor = m.choice("variance", {"biased", "unbiased"}, "divide by n; or by n - 1");
    const auto seed = m.integer("random-seed", 0, "key of the generator", 0, 9007199254740991);
    const auto noise =
        m.images("noise", "what is added to the input, one copy each; default: drawn");
    m.convention("captum", samples.at(5), sigma.at(1), scale.is("absolute"));
    m.convention("zennit", samples.at(20), sigma.at(0.1), last.is("clean"));
    m.convention("pair", samples.at(25), sigma.at(0.15));
    m.convention("xplique", samples.at(50), sigma.at(0.2), scale.is("absolute"),
                 divisor.is("unbiased"));
    m.convention("innvestigate", samples.at(64), sigma.at(1), scale.is("absolute"));
    m.convention("tf-explain", samples.at(5), sigma.at(1), scale.is("absolute"));

    const auto x = m.input();
    const auto deviation =
        choose(scale.is("range"), sigma * (maxPerSample(x) - minPerSample(x)), sigma);
    const auto run = m.runs(samples, noise);
    const auto drawn = deviation * run.normal(seed);
    m.repeat(run,
             x + run.given(noise, choose(last.is("clean"),
                                         where(run.number() < run.count() - 1, drawn, 0), drawn)));
    m.seed(m.target());
    m.elsewhere(gradient);
    const auto g = m.map();
    const auto variance =
        choose(divisor.is("unbiased"), run.variance(g) * (run.count() / max(run.count() - 1, 1)),
               run.variance(g));
    m.finish(choose(combine.is("mean"), run.mean(g),
                    choose(combine.is("mean-of-squares"), run.mean(square(g)), variance)));
    m.holds(Invariant::Odd, Invariant::Homogeneous);
    m.note("the same noise for every image of a call; a run that is given noise uses it as it is, "
           "whatever sigma says");
  }
};

} // namespace saliency::rules::methods

#endif // SALIENCY_RULES_METHODS_SMOOTHGRAD_H
