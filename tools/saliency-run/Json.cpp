// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "tools/saliency-run/Json.h"

#include <charconv>
#include <cstdio>

namespace saliency {

/// Bytes of the UTF-8 sequence at the start of `text`, 0 if there is none (RFC 3629: no overlong
/// forms, no surrogates).
static size_t utf8Length(std::string_view text) {
  auto byte = [&](size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0u; };
  unsigned lead = byte(0);
  size_t length = lead < 0x80                   ? 1
                  : lead >= 0xc2 && lead < 0xe0 ? 2
                  : lead >= 0xe0 && lead < 0xf0 ? 3
                  : lead >= 0xf0 && lead < 0xf5 ? 4
                                                : 0;
  for (size_t i = 1; i < length; ++i)
    if ((byte(i) & 0xc0) != 0x80)
      return 0;
  bool wrong = (lead == 0xe0 && byte(1) < 0xa0) || (lead == 0xed && byte(1) > 0x9f) ||
               (lead == 0xf0 && byte(1) < 0x90) || (lead == 0xf4 && byte(1) > 0x8f);
  return wrong ? 0 : length;
}

void JsonWriter::separate() {
  if (afterKey) {
    afterKey = false;
    return;
  }
  if (!first)
    document += ',';
  if (depth != 0)
    document.append(1, '\n').append(depth * 2, ' ');
  first = false;
}

void JsonWriter::open(char bracket) {
  separate();
  document += bracket;
  ++depth;
  first = true;
}

void JsonWriter::close(char bracket) {
  --depth;
  if (!first)
    document.append(1, '\n').append(depth * 2, ' ');
  document += bracket;
  first = false;
}

void JsonWriter::key(std::string_view name) {
  separate();
  quote(name);
  document += ": ";
  afterKey = true;
}

void JsonWriter::value(std::string_view text) {
  separate();
  quote(text);
}

void JsonWriter::value(double number) {
  separate();
  char buffer[32];
  document.append(buffer, std::to_chars(buffer, buffer + sizeof buffer, number).ptr);
}

void JsonWriter::value(int64_t number) {
  separate();
  document += std::to_string(number);
}

/// File names may hold any bytes; what is not UTF-8 becomes U+FFFD.
void JsonWriter::quote(std::string_view text) {
  document += '"';
  while (!text.empty()) {
    size_t length = utf8Length(text);
    unsigned char byte = static_cast<unsigned char>(text[0]);
    if (length == 0) {
      document += "\\ufffd";
      length = 1;
    } else if (byte == '"' || byte == '\\') {
      document.append(1, '\\').append(1, text[0]);
    } else if (byte < 0x20) {
      char buffer[8];
      std::snprintf(buffer, sizeof buffer, "\\u%04x", byte);
      document += buffer;
    } else {
      document += text.substr(0, length);
    }
    text.remove_prefix(length);
  }
  document += '"';
}

} // namespace saliency
