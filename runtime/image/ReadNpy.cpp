// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/image/Npy.h"
#include "runtime/image/ReadFile.h"

#include <bit>
#include <cstring>

namespace saliency {

constexpr int64_t maxFileSize = int64_t(16) << 30;

/// IEEE 754 binary16.
static float fromHalf(uint16_t half) {
  uint32_t sign = uint32_t(half & 0x8000) << 16, exponent = half >> 10 & 31,
           fraction = half & 0x3ff;
  if (exponent == 31)
    return std::bit_cast<float>(sign | 0x7f800000 | fraction << 13);
  if (exponent != 0)
    return std::bit_cast<float>(sign | (exponent + 112) << 23 | fraction << 13);
  float magnitude = static_cast<float>(fraction) * 0x1p-24f;
  return sign ? -magnitude : magnitude;
}

template <typename T, typename Convert>
static void convertValues(std::string_view data, std::vector<float> &values, Convert convert) {
  for (size_t i = 0; i < values.size(); ++i) {
    T value;
    std::memcpy(&value, data.data() + i * sizeof(T), sizeof(T));
    values[i] = convert(value);
  }
}

namespace {
struct ElementType {
  const char *descr;
  size_t size;
  void (*convert)(std::string_view data, std::vector<float> &values);
};
} // namespace

template <typename T> static void convertPlain(std::string_view data, std::vector<float> &values) {
  convertValues<T>(data, values, [](T value) { return static_cast<float>(value); });
}

static void convertHalf(std::string_view data, std::vector<float> &values) {
  convertValues<uint16_t>(data, values, fromHalf);
}

static const ElementType elementTypes[] = {
    {"<f4", 4, convertPlain<float>},   {"<f8", 8, convertPlain<double>},
    {"<f2", 2, convertHalf},           {"<i8", 8, convertPlain<int64_t>},
    {"<i4", 4, convertPlain<int32_t>}, {"|u1", 1, convertPlain<uint8_t>},
};

static const ElementType *findElementType(const std::string &descr) {
  for (const ElementType &type : elementTypes)
    if (descr == type.descr)
      return &type;
  return nullptr;
}

std::optional<NpyArray> decodeNpy(std::string_view bytes, std::string &error) {
  std::optional<NpyHeader> header = parseNpyHeader(bytes, error);
  if (!header)
    return std::nullopt;
  const ElementType *type = findElementType(header->descr);
  if (!type) {
    error = "a .npy file must hold little-endian f2, f4, f8, i4, i8 or u1, found '" +
            header->descr + "'";
    return std::nullopt;
  }
  if (header->fortranOrder) {
    error = "a .npy file must be in C order, this one is in Fortran order (use "
            "numpy.ascontiguousarray)";
    return std::nullopt;
  }
  uint64_t count = 1, expected = 0;
  bool overflow = false;
  for (int64_t dim : header->shape)
    overflow |= __builtin_mul_overflow(count, static_cast<uint64_t>(dim), &count);
  overflow |= __builtin_mul_overflow(count, type->size, &expected);
  std::string_view data = bytes.substr(header->size);
  if (overflow || expected != data.size()) {
    error = "a .npy file of shape " + shapeText(header->shape) + " and type " + header->descr +
            " must have " +
            (overflow ? "more bytes than can be counted" : std::to_string(expected) + " bytes") +
            " of data, found " + std::to_string(data.size());
    return std::nullopt;
  }
  NpyArray array;
  array.shape = std::move(header->shape);
  array.values.resize(count);
  type->convert(data, array.values);
  return array;
}

std::optional<NpyArray> readNpy(const std::string &path, std::string &error) {
  std::optional<std::string> bytes = readFile(path, maxFileSize, error);
  if (!bytes)
    return std::nullopt;
  std::optional<NpyArray> array = decodeNpy(*bytes, error);
  if (!array)
    error = path + ": " + error;
  return array;
}

} // namespace saliency
