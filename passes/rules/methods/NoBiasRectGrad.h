// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef SALIENCY_RULES_METHODS_NOBIASRECTGRAD_H
#define SALIENCY_RULES_METHODS_NOBIASRECTGRAD_H

#include "passes/rules/methods/RectGrad.h"

namespace saliency::rules::methods {

struct NoBiasRectGrad {
  static constexpr std::string_view name = "nobias-rectgrad";
  static consteval void write(Method &m) {
    m.title = "NoBias Rectified Gradient";
    m.source = "Brocki, Chung 2020, Removing Brightness Bias in Rectified Gradients";
    m.help = "Rectified Gradient without the product with the input, which hides dark pixels.";
    RectGrad::rectify(m);
  }
};

} // namespace saliency::rules::methods

#endif // SALIENCY_RULES_METHODS_NOBIASRECTGRAD_H
