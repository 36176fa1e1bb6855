// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The zip files that numpy.savez and numpy.savez_compressed write: PKWARE's APPNOTE 4.3, read from
// the directory at the end, members stored or deflated.

#include "runtime/image/Npy.h"
#include "runtime/image/ReadFile.h"

#include <zlib.h>

namespace saliency {
namespace {

constexpr int64_t maxArchiveSize = int64_t(4) << 30;

uint64_t number(std::string_view bytes, size_t at, size_t count) {
  uint64_t value = 0;
  for (size_t i = count; i-- > 0;)
    value = value << 8 | static_cast<unsigned char>(bytes[at + i]);
  return value;
}

/// What the directory says of a member.
struct Member {
  uint64_t method, checksum, packedSize, size, offset;
  std::string name;
};

class Archive {
public:
  Archive(std::string_view bytes, std::string &error) : bytes(bytes), error(error) {}

  bool read(std::vector<NpzArray> &arrays) {
    size_t end = findEnd();
    if (end == std::string_view::npos)
      return fail("a .npz file must end in the directory of a zip file, this one does not");
    uint64_t count = number(bytes, end + 10, 2), size = number(bytes, end + 12, 4),
             at = number(bytes, end + 16, 4);
    if (count == 0xffff || at == 0xffffffff)
      return fail("a .npz file must be below 4 GiB, this one is a zip64 file");
    if (at > end || size > end - at)
      return fail("the directory of a .npz file must lie inside the file, this one does not");
    for (std::string_view directory = bytes.substr(at, size); count > 0; --count) {
      Member member;
      if (!nextMember(directory, member) || !readMember(member, arrays.emplace_back()))
        return false;
    }
    return true;
  }

private:
  bool fail(const std::string &message) {
    error = message;
    return false;
  }

  /// Where the end record starts; a comment may follow it.
  size_t findEnd() const {
    if (bytes.size() < 22)
      return std::string_view::npos;
    size_t at = bytes.rfind("PK\5\6", bytes.size() - 22);
    return at != std::string_view::npos && at + 22 + number(bytes, at + 20, 2) == bytes.size()
               ? at
               : std::string_view::npos;
  }

  bool nextMember(std::string_view &directory, Member &member) {
    if (directory.size() < 46 || !directory.starts_with("PK\1\2"))
      return fail("the directory of a .npz file must list as many arrays as it says, this one ends "
                  "too early");
    size_t nameSize = number(directory, 28, 2),
           size = 46 + nameSize + number(directory, 30, 2) + number(directory, 32, 2);
    if (size > directory.size())
      return fail("the directory of a .npz file must list as many arrays as it says, this one ends "
                  "too early");
    member = {.method = number(directory, 10, 2),
              .checksum = number(directory, 16, 4),
              .packedSize = number(directory, 20, 4),
              .size = number(directory, 24, 4),
              .offset = number(directory, 42, 4),
              .name = std::string(directory.substr(46, nameSize))};
    directory.remove_prefix(size);
    return true;
  }

  bool readMember(const Member &member, NpzArray &result) {
    if (!member.name.ends_with(".npy"))
      return fail("a .npz file must hold .npy files, found '" + member.name + "'");
    result.name = member.name.substr(0, member.name.size() - 4);
    std::string_view packed;
    if (member.offset <= bytes.size() && bytes.size() - member.offset >= 30 &&
        bytes.substr(member.offset).starts_with("PK\3\4")) {
      uint64_t start = member.offset + 30 + number(bytes, member.offset + 26, 2) +
                       number(bytes, member.offset + 28, 2);
      if (start <= bytes.size() && member.packedSize <= bytes.size() - start)
        packed = bytes.substr(start, member.packedSize);
    }
    if (packed.size() != member.packedSize || packed.empty())
      return fail("array '" + result.name +
                  "' of a .npz file must lie inside the file, this one does not");
    std::string unpacked;
    if (member.method == 8 && !inflate(packed, member.size, unpacked))
      return fail("array '" + result.name +
                  "' of a .npz file must be whole, this one cannot be decompressed");
    if (member.method != 0 && member.method != 8)
      return fail("arrays of a .npz file must be stored or deflated, '" + result.name +
                  "' has method " + std::to_string(member.method));
    std::string_view data = member.method == 8 ? std::string_view(unpacked) : packed;
    if (crc32_z(0, reinterpret_cast<const Bytef *>(data.data()), data.size()) != member.checksum)
      return fail("array '" + result.name +
                  "' of a .npz file must fit its checksum, this one does not");
    std::optional<NpyArray> array = decodeNpy(data, error);
    if (!array)
      return fail("array '" + result.name + "': " + error);
    result.array = std::move(*array);
    return true;
  }

  /// Raw deflate, of exactly `size` bytes. The buffer grows with the data, so a false size costs no
  /// memory.
  static bool inflate(std::string_view packed, uint64_t size, std::string &result) {
    z_stream stream = {};
    if (inflateInit2(&stream, -MAX_WBITS) != Z_OK)
      return false;
    stream.next_in = reinterpret_cast<Bytef *>(const_cast<char *>(packed.data()));
    stream.avail_in = static_cast<uInt>(packed.size());
    std::string chunk(1 << 18, '\0');
    int status = Z_OK;
    while (status == Z_OK && result.size() <= size) {
      stream.next_out = reinterpret_cast<Bytef *>(chunk.data());
      stream.avail_out = static_cast<uInt>(chunk.size());
      status = ::inflate(&stream, Z_NO_FLUSH);
      result.append(chunk, 0, chunk.size() - stream.avail_out);
    }
    inflateEnd(&stream);
    return status == Z_STREAM_END && result.size() == size;
  }

  std::string_view bytes;
  std::string &error;
};

} // namespace

std::optional<std::vector<NpzArray>> decodeNpz(std::string_view bytes, std::string &error) {
  std::vector<NpzArray> arrays;
  if (!Archive(bytes, error).read(arrays))
    return std::nullopt;
  return arrays;
}

std::optional<std::vector<NpzArray>> readNpz(const std::string &path, std::string &error) {
  std::optional<std::string> bytes = readFile(path, maxArchiveSize, error);
  if (!bytes)
    return std::nullopt;
  std::optional<std::vector<NpzArray>> arrays = decodeNpz(*bytes, error);
  if (!arrays)
    error = path + ": " + error;
  return arrays;
}

} // namespace saliency
