// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Small pieces of text that messages and documents share.
#ifndef SALIENCY_RULES_LANGUAGE_TEXT_H
#define SALIENCY_RULES_LANGUAGE_TEXT_H

#include <string>
#include <string_view>

namespace saliency::rules {

/// At most six significant digits, as %g writes them.
std::string numberText(double value);
/// In single quotes.
std::string quoted(std::string_view text);
/// Adds an item to a list that is written as text.
void append(std::string &list, std::string_view separator, std::string_view item);

} // namespace saliency::rules

#endif // SALIENCY_RULES_LANGUAGE_TEXT_H
