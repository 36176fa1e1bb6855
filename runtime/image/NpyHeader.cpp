// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The header is a Python literal: {'descr': '<f4', 'fortran_order': False, 'shape': (1, 3), }.

#include "runtime/image/Npy.h"

#include <cctype>
#include <charconv>

namespace saliency {
namespace {

class LiteralReader {
public:
  explicit LiteralReader(std::string_view text) : rest(text) {}

  bool accept(std::string_view token) {
    skipSpace();
    if (!rest.starts_with(token))
      return false;
    rest.remove_prefix(token.size());
    return true;
  }

  bool string(std::string &value) {
    skipSpace();
    if (rest.empty() || (rest[0] != '\'' && rest[0] != '"'))
      return false;
    size_t end = rest.find(rest[0], 1);
    if (end == std::string_view::npos)
      return false;
    value = rest.substr(1, end - 1);
    rest.remove_prefix(end + 1);
    return true;
  }

  bool boolean(bool &value) {
    value = accept("True");
    return value || accept("False");
  }

  /// (), (3,), (3, 4)
  bool tuple(std::vector<int64_t> &values) {
    if (!accept("("))
      return false;
    while (!accept(")")) {
      skipSpace();
      int64_t value = 0;
      auto [end, code] = std::from_chars(rest.data(), rest.data() + rest.size(), value);
      if (code != std::errc() || value < 0)
        return false;
      rest.remove_prefix(end - rest.data());
      values.push_back(value);
      accept("L"); // Python 2
      if (!accept(",") && !rest.starts_with(")"))
        return false;
    }
    return true;
  }

  bool atEnd() {
    skipSpace();
    return rest.empty();
  }

private:
  void skipSpace() {
    while (!rest.empty() && std::isspace(static_cast<unsigned char>(rest[0])))
      rest.remove_prefix(1);
  }

  std::string_view rest;
};

bool parseDictionary(std::string_view text, NpyHeader &header) {
  LiteralReader reader(text);
  int found = 0;
  if (!reader.accept("{"))
    return false;
  while (!reader.accept("}")) {
    std::string key;
    bool read = reader.string(key) && reader.accept(":");
    if (read && key == "descr")
      read = reader.string(header.descr), found |= 1;
    else if (read && key == "fortran_order")
      read = reader.boolean(header.fortranOrder), found |= 2;
    else if (read && key == "shape")
      read = header.shape.empty() && reader.tuple(header.shape), found |= 4;
    else
      return false;
    if (!read)
      return false;
    reader.accept(",");
  }
  return reader.atEnd() && found == 7;
}

uint64_t littleEndian(std::string_view bytes) {
  uint64_t value = 0;
  for (size_t i = bytes.size(); i-- > 0;)
    value = value << 8 | static_cast<unsigned char>(bytes[i]);
  return value;
}

} // namespace

std::optional<NpyHeader> parseNpyHeader(std::string_view bytes, std::string &error) {
  if (!bytes.starts_with("\x93NUMPY") || bytes.size() < 10) {
    error = "a .npy file must begin with the signature of NumPy, this one does not";
    return std::nullopt;
  }
  int version = bytes[6];
  if (version < 1 || version > 3) {
    error = "a .npy file must have version 1, 2 or 3, found " + std::to_string(version);
    return std::nullopt;
  }
  size_t start = version == 1 ? 10 : 12;
  uint64_t length = littleEndian(bytes.substr(8, start - 8));
  if (bytes.size() < start || length > bytes.size() - start) {
    error = "a .npy file must hold its whole header, this one ends too early";
    return std::nullopt;
  }
  NpyHeader header;
  header.size = start + length;
  if (!parseDictionary(bytes.substr(start, length), header)) {
    error = "a .npy header must have the keys descr (a plain type), fortran_order and shape, this "
            "one is different";
    return std::nullopt;
  }
  return header;
}

std::string shapeText(const std::vector<int64_t> &shape) {
  std::string text;
  for (int64_t dim : shape)
    text += (text.empty() ? "" : "x") + std::to_string(dim);
  return text.empty() ? "scalar" : text;
}

} // namespace saliency
