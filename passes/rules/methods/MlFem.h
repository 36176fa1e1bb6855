// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef SALIENCY_RULES_METHODS_MLFEM_H
#define SALIENCY_RULES_METHODS_MLFEM_H

#include "passes/rules/families/FemRules.h"

namespace saliency::rules::methods {

struct MlFem {
  static constexpr std::string_view name = "mlfem";
  static consteval void write(Method &m) {
    m.title = "MLFEM, multi-layered FEM";
    m.source = "Bourroux, Benois-Pineau, Bourqui, Giot 2022 (ICPRAI, LNCS 13363)";
    m.help = "FEM on several layers, each map resized to the input, and all put together; forward "
             "only, the same for every class.";
    const auto layers = m.valueNames("layers", "the maps that are examined; default: what pools "
                                               "and strided layers make coarser, and the last "
                                               "map before the classifier");
    const FemRules fem(m);
    const auto fusion =
        m.choice("fusion", {"mean", "sum", "max", "product"}, "how the layers' maps become one");
    m.collect(layers, fem.map(m.fork().x), ResizeMode::HalfPixel);
    m.finish(m.collected(fusion));
    m.note("unverified: choice of layers and fusion; no published code confirms them");
  }
};

} // namespace saliency::rules::methods

#endif // SALIENCY_RULES_METHODS_MLFEM_H
