// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/rules/language/Text.h"

#include <cstdio>

std::string saliency::rules::numberText(double value) {
  char buffer[32];
  std::snprintf(buffer, sizeof buffer, "%g", value);
  return buffer;
}

std::string saliency::rules::quoted(std::string_view text) { return "'" + std::string(text) + "'"; }

void saliency::rules::append(std::string &list, std::string_view separator, std::string_view item) {
  if (!list.empty())
    list += separator;
  list += item;
}
