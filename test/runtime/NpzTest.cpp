// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/image/Npy.h"
#include "test/runtime/TestFiles.h"

#include <gtest/gtest.h>
#include <zlib.h>

using namespace saliency;
using namespace saliency::test;

namespace {

const std::vector<float> values = {1, -2, 3.5f, 4, 5, 6};

std::string archive() {
  std::string error;
  std::optional<std::string> bytes =
      encodeNpz({{"a", {2, 3}, values.data()}, {"/b/c", {6}, values.data()}}, error);
  EXPECT_TRUE(bytes) << error;
  return bytes.value_or("");
}

void append(std::string &bytes, uint64_t value, int count) {
  for (int i = 0; i < count; ++i)
    bytes += static_cast<char>(value >> (8 * i) & 255);
}

/// One deflated member as numpy.savez_compressed writes it: a zip64 local header whose own sizes
/// say nothing. `claimed`: the size that the directory gives, 0 for the true one.
std::string deflated(const std::string &name, const std::string &content, uint64_t claimed = 0) {
  std::string packed(compressBound(content.size()) + 16, '\0');
  z_stream stream = {};
  EXPECT_EQ(deflateInit2(&stream, 6, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY), Z_OK);
  stream.next_in = reinterpret_cast<Bytef *>(const_cast<char *>(content.data()));
  stream.avail_in = static_cast<uInt>(content.size());
  stream.next_out = reinterpret_cast<Bytef *>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  uint64_t sum = crc32_z(0, reinterpret_cast<const Bytef *>(content.data()), content.size());

  std::string file = "PK\3\4";
  append(file, 45, 2), append(file, 0, 2), append(file, 8, 2), append(file, 0, 4),
      append(file, sum, 4);
  append(file, 0xffffffff, 4), append(file, 0xffffffff, 4), append(file, name.size(), 2),
      append(file, 20, 2);
  file += name;
  append(file, 1, 2), append(file, 16, 2), append(file, content.size(), 8),
      append(file, packed.size(), 8);
  file += packed;
  uint64_t start = file.size();
  file += "PK\1\2";
  append(file, 45, 2), append(file, 45, 2), append(file, 0, 2), append(file, 8, 2),
      append(file, 0, 4), append(file, sum, 4);
  append(file, packed.size(), 4), append(file, claimed ? claimed : content.size(), 4),
      append(file, name.size(), 2);
  append(file, 0, 2), append(file, 0, 2), append(file, 0, 2), append(file, 0, 2),
      append(file, 0, 4), append(file, 0, 4);
  file += name;
  uint64_t size = file.size() - start;
  file += "PK\5\6";
  append(file, 0, 4), append(file, 1, 2), append(file, 1, 2), append(file, size, 4),
      append(file, start, 4), append(file, 0, 2);
  return file;
}

std::string errorOf(const std::string &bytes) {
  std::string error;
  EXPECT_FALSE(decodeNpz(bytes, error));
  return error;
}

TEST(NpzReader, ReadsWhatTheWriterWrites) {
  std::string error;
  auto arrays = decodeNpz(archive(), error);
  ASSERT_TRUE(arrays) << error;
  ASSERT_EQ(arrays->size(), 2u);
  EXPECT_EQ((*arrays)[0].name, "a");
  EXPECT_EQ((*arrays)[0].array.shape, (std::vector<int64_t>{2, 3}));
  EXPECT_EQ((*arrays)[0].array.values, values);
  EXPECT_EQ((*arrays)[1].name, "/b/c");
  EXPECT_EQ((*arrays)[1].array.shape, (std::vector<int64_t>{6}));
}

TEST(NpzReader, ReadsDeflatedMembersBehindZip64Headers) {
  std::string error;
  std::vector<float> many(100000, 0.25f);
  auto arrays = decodeNpz(deflated("w.npy", npyBytes({100000}, many)), error);
  ASSERT_TRUE(arrays) << error;
  EXPECT_EQ(arrays->front().name, "w");
  EXPECT_EQ(arrays->front().array.values, many);
}

TEST(NpzReader, SaysWhatIsWrong) {
  EXPECT_NE(errorOf("").find("directory of a zip file"), std::string::npos);
  EXPECT_NE(errorOf(npyBytes({1}, {1})).find("directory of a zip file"), std::string::npos);
  EXPECT_NE(
      errorOf(deflated("w.txt", npyBytes({1}, {1}))).find("must hold .npy files, found 'w.txt'"),
      std::string::npos);
  EXPECT_NE(errorOf(deflated("w.npy", "text")).find("array 'w': a .npy file must begin"),
            std::string::npos);
  EXPECT_NE(errorOf(deflated("w.npy", npyBytes({1}, {1}), 10)).find("cannot be decompressed"),
            std::string::npos);
  EXPECT_NE(
      errorOf(deflated("w.npy", npyBytes({1}, {1}), 0xfffffff0)).find("cannot be decompressed"),
      std::string::npos);
  std::string damaged = archive();
  damaged[damaged.find("NUMPY") + 200] ^= 1;
  EXPECT_NE(errorOf(damaged).find("checksum"), std::string::npos) << errorOf(damaged);
}

/// However a file is cut or damaged, it is refused or read, within its bounds.
TEST(NpzReader, SurvivesDamage) {
  const std::string good = archive(), packed = deflated("w.npy", npyBytes({3}, {1, 2, 3}));
  for (const std::string &file : {good, packed}) {
    std::string error;
    for (size_t size = 0; size < file.size(); ++size)
      EXPECT_FALSE(decodeNpz(file.substr(0, size), error)) << size;
    for (size_t at = 0; at < file.size(); ++at)
      for (int bit : {1, 0x80, 0xff}) {
        std::string damaged = file;
        damaged[at] = static_cast<char>(damaged[at] ^ bit);
        if (auto arrays = decodeNpz(damaged, error))
          for (const NpzArray &array : *arrays)
            EXPECT_LE(array.array.values.size(), 6u);
      }
  }
}

TEST(NpzReader, NamesTheFile) {
  TemporaryFolder folder;
  std::string error;
  EXPECT_FALSE(readNpz(folder / "absent.npz", error));
  EXPECT_NE(error.find("absent.npz: No such file"), std::string::npos) << error;
  writeFile(folder / "text.npz", "text");
  EXPECT_FALSE(readNpz(folder / "text.npz", error));
  EXPECT_NE(error.find("text.npz: a .npz file must"), std::string::npos) << error;
}

} // namespace
