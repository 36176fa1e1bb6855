// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "tools/saliency-run/LibraryFile.h"

#include <algorithm>
#include <cstring>
#include <elf.h>
#include <filesystem>
#include <fstream>
#include <link.h>

namespace saliency {

/// Where `size` bytes at `offset` end; the largest number if they end nowhere.
static uint64_t endOf(uint64_t offset, uint64_t size) {
  return std::max(offset, offset + size < offset ? UINT64_MAX : offset + size);
}

bool checkLibraryFile(const std::string &path, std::string &error) {
  std::error_code code;
  uint64_t size = std::filesystem::file_size(path, code);
  std::ifstream file(path, std::ios::binary);
  ElfW(Ehdr) header = {};
  if (code || !file.read(reinterpret_cast<char *>(&header), sizeof header) ||
      std::memcmp(header.e_ident, ELFMAG, SELFMAG) != 0 || header.e_phentsize != sizeof(ElfW(Phdr)))
    return true;
  uint64_t needed = std::max(endOf(header.e_phoff, uint64_t(header.e_phnum) * header.e_phentsize),
                             endOf(header.e_shoff, uint64_t(header.e_shnum) * header.e_shentsize));
  file.seekg(static_cast<std::streamoff>(header.e_phoff));
  for (int i = 0; i < header.e_phnum && needed <= size; ++i) {
    ElfW(Phdr) segment = {};
    if (!file.read(reinterpret_cast<char *>(&segment), sizeof segment))
      break;
    if (segment.p_type == PT_LOAD || segment.p_type == PT_DYNAMIC)
      needed = std::max(needed, endOf(segment.p_offset, segment.p_filesz));
  }
  if (file && needed <= size)
    return true;
  error = path + ": an explainer is a whole shared library, of at least " + std::to_string(needed) +
          " bytes; found " + std::to_string(size);
  return false;
}

} // namespace saliency
