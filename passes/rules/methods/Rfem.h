// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef SALIENCY_RULES_METHODS_RFEM_H
#define SALIENCY_RULES_METHODS_RFEM_H

#include "passes/rules/families/FemRules.h"

namespace saliency::rules::methods {

struct Rfem {
  static constexpr std::string_view name = "rfem";

  /// FEM with an attention layer's heads for channels, at every such layer; k as the authors find
  /// best.
  template <AnyExpr A> static constexpr void overHeads(Method &m, const A &attention) {
    const FemRules fem(m, 1);
    const auto fusion =
        m.choice("fusion", {"mean", "sum", "max", "product"}, "how the layers' maps become one");
    m.collect(m.attention(), fem.map(classTokenMap(attention)), ResizeMode::HalfPixel);
    m.finish(m.collected(fusion));
    m.note("unverified: how heads and layers are put together, and division by the maximum; no "
           "published code confirms them");
  }

  static consteval void write(Method &m) {
    m.title = "RFEM, attention under the k-sigma rule";
    m.source = "Ayyar, Benois-Pineau, Zemmari 2025 (arXiv 2510.06070)";
    m.help = "Patches to which the class token's attention stands out by k deviations, by head and "
             "layer; the same for every class.";
    overHeads(m, m.attention().y);
  }
};

} // namespace saliency::rules::methods

#endif // SALIENCY_RULES_METHODS_RFEM_H
