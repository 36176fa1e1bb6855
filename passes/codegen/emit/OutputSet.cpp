// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/codegen/emit/OutputSet.h"

#include "llvm/ADT/SmallString.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Errc.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Process.h"
#include "llvm/Support/Signals.h"

using namespace llvm;

namespace saliency {

static Error fileError(StringRef path, std::error_code code) {
  return createStringError(code, "cannot write '" + path + "': " + code.message());
}

OutputSet::~OutputSet() {
  for (const File &file : files) {
    sys::fs::remove(file.temporary);
    sys::DontRemoveFileOnSignal(file.temporary);
  }
}

Expected<std::string> OutputSet::reserve(StringRef path) {
  // createUniqueFile would fill in a % of the path, too.
  std::string temporary;
  std::error_code code;
  int file = -1;
  do {
    temporary = (path + "." + utohexstr(sys::Process::GetRandomNumber()) + ".tmp").str();
    code = sys::fs::openFileForWrite(temporary, file, sys::fs::CD_CreateNew);
  } while (code == std::errc::file_exists);
  if (code)
    return fileError(path, code);
  sys::Process::SafelyCloseFileDescriptor(file);
  sys::RemoveFileOnSignal(temporary);
  files.push_back({temporary, path.str()});
  return files.back().temporary;
}

Error OutputSet::add(StringRef path, function_ref<Error(raw_pwrite_stream &)> write) {
  Expected<std::string> temporary = reserve(path);
  if (!temporary)
    return temporary.takeError();
  std::error_code code;
  raw_fd_ostream os(*temporary, code);
  if (code)
    return fileError(path, code);
  Error error = write(os);
  os.close();
  code = os.error();
  os.clear_error();
  if (error)
    return error;
  return code ? fileError(path, code) : Error::success();
}

Error OutputSet::add(StringRef path, ArrayRef<char> bytes) {
  return add(path, [&](raw_pwrite_stream &os) {
    os.write(bytes.data(), bytes.size());
    return Error::success();
  });
}

Error OutputSet::commit() {
  for (const File &file : files)
    if (sys::fs::is_directory(file.path))
      return fileError(file.path, make_error_code(errc::is_a_directory));
  std::vector<StringRef> appeared;
  for (const File &file : files) {
    bool isNew = !sys::fs::exists(file.path);
    if (std::error_code code = sys::fs::rename(file.temporary, file.path)) {
      for (StringRef path : appeared)
        sys::fs::remove(path);
      return fileError(file.path, code);
    }
    sys::DontRemoveFileOnSignal(file.temporary);
    if (isNew)
      appeared.push_back(file.path);
  }
  files.clear();
  return Error::success();
}

} // namespace saliency
