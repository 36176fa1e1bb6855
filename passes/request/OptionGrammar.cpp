// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/request/OptionGrammar.h"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace saliency {

std::vector<std::string_view> splitText(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  for (size_t at = 0;;) {
    size_t next = text.find(separator, at);
    parts.push_back(text.substr(at, next - at));
    if (next == std::string_view::npos)
      return parts;
    at = next + 1;
  }
}

template <class Number> static std::optional<Number> parse(std::string_view text) {
  Number number{};
  const char *end = text.data() + text.size();
  auto [next, code] = std::from_chars(text.data(), end, number);
  return code == std::errc() && next == end ? std::optional(number) : std::nullopt;
}

std::optional<int64_t> parseInteger(std::string_view text) { return parse<int64_t>(text); }

std::optional<double> parseNumber(std::string_view text) {
  std::optional<double> number = parse<double>(text);
  return number && std::isfinite(*number) ? number : std::nullopt;
}

std::optional<std::vector<int64_t>> parseIntegers(std::string_view text) {
  std::vector<int64_t> numbers;
  for (std::string_view part : splitText(text, ',')) {
    std::optional<int64_t> number = parseInteger(part);
    if (!number)
      return std::nullopt;
    numbers.push_back(*number);
  }
  return numbers;
}

std::optional<std::pair<std::string, std::string>> parseKeyValue(std::string_view text) {
  size_t equals = text.find('=');
  if (equals == 0 || equals == std::string_view::npos)
    return std::nullopt;
  return std::pair(std::string(text.substr(0, equals)), std::string(text.substr(equals + 1)));
}

std::string listText(const std::vector<std::string> &names) {
  std::string text;
  for (size_t i = 0; i != names.size(); ++i)
    text += (i == 0 ? "" : i + 1 == names.size() ? " or " : ", ") + names[i];
  return text;
}

/// How many letters must be changed, left out, put in or swapped with the next (Damerau and
/// Levenshtein's optimal string alignment).
static size_t editDistance(std::string_view a, std::string_view b) {
  size_t width = b.size() + 1;
  std::vector<size_t> edits((a.size() + 1) * width); // of the first i letters of a and j of b
  for (size_t i = 0; i <= a.size(); ++i)
    for (size_t j = 0; j <= b.size(); ++j) {
      size_t &cell = edits[i * width + j];
      cell = i + j;
      if (i == 0 || j == 0)
        continue;
      cell = std::min({edits[(i - 1) * width + j] + 1, edits[i * width + j - 1] + 1,
                       edits[(i - 1) * width + j - 1] + (a[i - 1] != b[j - 1])});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        cell = std::min(cell, edits[(i - 2) * width + j - 2] + 1);
    }
  return edits.back();
}

std::string didYouMean(std::string_view name, const std::vector<std::string> &candidates,
                       std::string_view prefix) {
  const std::string *best = nullptr;
  size_t distance = name.size() / 3 + 1;
  for (const std::string &candidate : candidates) {
    size_t edits =
        name.size() > 2 && candidate.starts_with(name) ? 0 : editDistance(name, candidate);
    if (edits < distance) {
      distance = edits;
      best = &candidate;
    }
  }
  return best ? " (did you mean '" + std::string(prefix) + *best + "'?)" : "";
}

} // namespace saliency
