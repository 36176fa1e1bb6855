// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Files that appear together or not at all.
#ifndef SALIENCY_CODEGEN_EMIT_OUTPUTSET_H
#define SALIENCY_CODEGEN_EMIT_OUTPUTSET_H

#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/raw_ostream.h"

#include <string>
#include <vector>

namespace saliency {

/// Each file is written beside its place under a temporary name; `commit`
/// renames them all. Without it the destructor removes them.
class OutputSet {
public:
  OutputSet() = default;
  OutputSet(const OutputSet &) = delete;
  ~OutputSet();

  /// Writes a file and checks that all of it reached the disk.
  llvm::Error add(llvm::StringRef path,
                  llvm::function_ref<llvm::Error(llvm::raw_pwrite_stream &)> write);
  llvm::Error add(llvm::StringRef path, llvm::ArrayRef<char> bytes);

  /// A temporary name for a program to write; it is renamed to `path` too.
  llvm::Expected<std::string> reserve(llvm::StringRef path);

  /// On failure no file is where none was before; an older file that was
  /// replaced by then stays replaced.
  llvm::Error commit();

private:
  struct File {
    std::string temporary, path;
  };
  std::vector<File> files;
};

} // namespace saliency

#endif // SALIENCY_CODEGEN_EMIT_OUTPUTSET_H
