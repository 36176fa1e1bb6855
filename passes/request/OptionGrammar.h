// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Small grammar that options share: numbers, lists, KEY=VALUE, and names that were nearly right.
#ifndef SALIENCY_REQUEST_OPTIONGRAMMAR_H
#define SALIENCY_REQUEST_OPTIONGRAMMAR_H

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace saliency {

/// The parts between separators; one empty part of an empty text.
std::vector<std::string_view> splitText(std::string_view text, char separator);

/// "-3", the whole text.
std::optional<int64_t> parseInteger(std::string_view text);

/// "3,4,0": whole numbers separated by commas.
std::optional<std::vector<int64_t>> parseIntegers(std::string_view text);

/// "0.5", the whole text, finite.
std::optional<double> parseNumber(std::string_view text);

/// KEY and VALUE around the first equals sign; nothing where there is none or no key.
std::optional<std::pair<std::string, std::string>> parseKeyValue(std::string_view text);

/// "plain or vector", "a, b or c".
std::string listText(const std::vector<std::string> &names);

/// " (did you mean 'batch'?)" for the candidate that `name` begins, or misses by at most one letter
/// in three, with `prefix` before it; empty where there is none.
std::string didYouMean(std::string_view name, const std::vector<std::string> &candidates,
                       std::string_view prefix = "");

} // namespace saliency

#endif // SALIENCY_REQUEST_OPTIONGRAMMAR_H
