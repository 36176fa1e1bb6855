// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef SALIENCY_RULES_METHODS_RFEMCLASS_H
#define SALIENCY_RULES_METHODS_RFEMCLASS_H

#include "passes/rules/methods/Rfem.h"

namespace saliency::rules::methods {

struct RfemClass {
  static constexpr std::string_view name = "rfem-class";
  static consteval void write(Method &m) {
    m.title = "RFEM-Class, attention times gradient under the k-sigma rule";
    m.source = "Ayyar, Benois-Pineau, Zemmari 2025 (arXiv 2510.06070)";
    m.help = "As RFEM, of attention times the positive part of the target's gradient there.";
    m.seed(m.target());
    m.elsewhere(gradient);
    Rfem::overHeads(m, m.attention().y * pos(m.attention().R));
    m.note("unverified: the gradient's positive part");
  }
};

} // namespace saliency::rules::methods

#endif // SALIENCY_RULES_METHODS_RFEMCLASS_H
