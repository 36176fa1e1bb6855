// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/request/OptionTable.h"

namespace saliency {

const char *titleOf(Group group) {
  static constexpr const char *titles[] = {"Input",   "Method",    "Output",
                                           "Machine", "Debugging", "Methods"};
  static_assert(std::size(titles) == size_t(Group::Count));
  return titles[size_t(group)];
}

std::string OptionInfo::message(const Mistake &mistake, std::string_view text) const {
  return flag() + " " + mistake.rule + "; found " +
         (mistake.found.empty() ? "'" + std::string(text) + "'" : mistake.found);
}

} // namespace saliency
