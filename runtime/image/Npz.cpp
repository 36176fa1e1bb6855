// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Zip without compression: PKWARE's APPNOTE 4.3, local headers, then the central directory.

#include "runtime/image/Npy.h"

#include <set>
#include <zlib.h>

namespace saliency {
namespace {

void append(std::string &bytes, uint64_t value, int count) {
  for (int i = 0; i < count; ++i)
    bytes += static_cast<char>(value >> (8 * i) & 255);
}

uint32_t checksum(std::string_view first, std::string_view second) {
  uLong sum = crc32_z(0, nullptr, 0);
  sum = crc32_z(sum, reinterpret_cast<const Bytef *>(first.data()), first.size());
  return static_cast<uint32_t>(
      crc32_z(sum, reinterpret_cast<const Bytef *>(second.data()), second.size()));
}

/// The fields that a member's local header and its entry in the directory share. Version 2.0, names
/// in UTF-8, stored, dated 1980-01-01 so that equal maps give equal files.
void appendMember(std::string &bytes, uint32_t sum, uint64_t size, size_t nameSize) {
  append(bytes, 20, 2);
  append(bytes, 1 << 11, 2);
  append(bytes, 0, 2);
  append(bytes, 0, 2);
  append(bytes, 0x21, 2);
  append(bytes, sum, 4);
  append(bytes, size, 4);
  append(bytes, size, 4);
  append(bytes, nameSize, 2);
  append(bytes, 0, 2);
}

} // namespace

std::optional<std::string> encodeNpz(const std::vector<NpzEntry> &entries, std::string &error) {
  std::string file, directory;
  std::set<std::string> names;
  for (const NpzEntry &entry : entries) {
    std::string name = entry.name + ".npy", header = npyHeader(entry.shape);
    uint64_t count = 1;
    for (int64_t dim : entry.shape)
      count *= static_cast<uint64_t>(dim);
    std::string_view data(reinterpret_cast<const char *>(entry.values), count * sizeof(float));
    uint64_t size = header.size() + data.size();
    if (!names.insert(name).second || name.size() > 65535 || entries.size() > 65534) {
      error = "a .npz file must have at most 65534 arrays with different names, found '" +
              entry.name + "' once more";
      return std::nullopt;
    }
    if (file.size() + directory.size() + size + 2 * name.size() + 256 > UINT32_MAX) {
      error = "a .npz file must stay below 4 GiB, with '" + entry.name + "' it would not";
      return std::nullopt;
    }
    uint32_t sum = checksum(header, data);
    append(directory, 0x02014b50, 4);
    append(directory, 20, 2); // made by
    appendMember(directory, sum, size, name.size());
    append(directory, 0, 2); // comment
    append(directory, 0, 2); // disk
    append(directory, 0, 2); // internal attributes
    append(directory, 0, 4); // external attributes
    append(directory, file.size(), 4);
    directory += name;
    append(file, 0x04034b50, 4);
    appendMember(file, sum, size, name.size());
    file.append(name).append(header).append(data);
  }
  uint64_t start = file.size();
  file += directory;
  append(file, 0x06054b50, 4);
  append(file, 0, 4); // disks
  append(file, entries.size(), 2);
  append(file, entries.size(), 2);
  append(file, directory.size(), 4);
  append(file, start, 4);
  append(file, 0, 2);
  return file;
}

} // namespace saliency
