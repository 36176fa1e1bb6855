// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// NumPy's files: .npy (one array) and .npz (a zip of them).
// Format: numpy/lib/format.py, versions 1.0 and 2.0.

#ifndef SALIENCY_RUNTIME_IMAGE_NPY_H
#define SALIENCY_RUNTIME_IMAGE_NPY_H

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace saliency {

struct NpyArray {
  std::vector<int64_t> shape;
  std::vector<float> values; ///< row-major
};

/// What stands before the data.
struct NpyHeader {
  std::string descr; ///< "<f4"
  bool fortranOrder = false;
  std::vector<int64_t> shape;
  size_t size = 0; ///< bytes of the header
};

std::optional<NpyHeader> parseNpyHeader(std::string_view bytes, std::string &error);

/// Little-endian f2, f4, f8, i4, i8 and u1 in C order become float; anything else, a truncated file
/// or trailing bytes are an error. `error` names the file.
std::optional<NpyArray> readNpy(const std::string &path, std::string &error);
std::optional<NpyArray> decodeNpy(std::string_view bytes, std::string &error);

/// The header of a float32 array in C order; the dense data follows it.
std::string npyHeader(const std::vector<int64_t> &shape);

struct NpzEntry {
  std::string name; ///< the key, without .npy
  std::vector<int64_t> shape;
  const float *values;
};

/// A zip file with stored (uncompressed) members, as numpy.savez writes; below 4 GiB.
std::optional<std::string> encodeNpz(const std::vector<NpzEntry> &entries, std::string &error);

struct NpzArray {
  std::string name; ///< the key, without .npy
  NpyArray array;
};

/// All arrays of a file that numpy.savez or numpy.savez_compressed wrote, in its order; elements as
/// in readNpy. A damaged file, another member than a .npy file or 4 GiB and more are an error.
/// `error` names the file.
std::optional<std::vector<NpzArray>> readNpz(const std::string &path, std::string &error);
std::optional<std::vector<NpzArray>> decodeNpz(std::string_view bytes, std::string &error);

/// "1x3x224x224"
std::string shapeText(const std::vector<int64_t> &shape);

} // namespace saliency

#endif // SALIENCY_RUNTIME_IMAGE_NPY_H
