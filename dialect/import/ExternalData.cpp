// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "dialect/import/ExternalData.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/ScopeExit.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

using namespace mlir;
namespace fs = llvm::sys::fs;
namespace path = llvm::sys::path;

namespace saliency {

namespace {
struct Entries {
  StringRef location;
  uint64_t offset = 0;
  std::optional<uint64_t> length;
};
} // namespace

static FailureOr<Entries> parseEntries(const onnx::TensorProto &tensor, EmitFn emit) {
  Entries entries;
  for (const onnx::StringStringEntryProto &entry : tensor.external_data()) {
    StringRef key = entry.key(), value = entry.value();
    uint64_t number = 0;
    if (key == "location") {
      entries.location = value;
      continue;
    }
    if (key != "offset" && key != "length")
      continue; // checksum and extensions
    if (value.getAsInteger(10, number))
      return emit(ImportStatus::BadInput)
             << "external data's " << key << " is a count of bytes, found '" << printable(value)
             << "'";
    if (key == "offset")
      entries.offset = number;
    else
      entries.length = number;
  }
  return entries;
}

/// The resolved path of `location`, which has to stay below `folder`.
static FailureOr<std::string> resolve(StringRef location, StringRef folder, EmitFn emit) {
  auto refuse = [&]() {
    return emit(ImportStatus::BadInput)
           << "external data lies in a file below the model's folder, found location '"
           << printable(location) << "'";
  };
  if (location.empty() || location.contains('\0') || path::is_absolute(location) ||
      llvm::is_contained(llvm::make_range(path::begin(location), path::end(location)), ".."))
    return InFlightDiagnostic(refuse());
  llvm::SmallString<256> joined(folder), real, realFolder;
  path::append(joined, location);
  if (fs::real_path(folder.empty() ? "." : folder, realFolder) || fs::real_path(joined, real))
    return emit(ImportStatus::BadInput) << "external data must be readable, found no file '"
                                        << printable(location) << "' in the model's folder";
  if (!StringRef(real).starts_with(realFolder) ||
      (realFolder != "/" &&
       !path::is_separator(real[std::min(realFolder.size(), real.size() - 1)])))
    return InFlightDiagnostic(refuse());
  return std::string(real);
}

LogicalResult readExternalData(const onnx::TensorProto &tensor, StringRef folder, char *destination,
                               int64_t size, EmitFn emit) {
  FailureOr<Entries> entries = parseEntries(tensor, emit);
  if (failed(entries))
    return failure();
  FailureOr<std::string> file = resolve(entries->location, folder, emit);
  if (failed(file))
    return failure();
  auto bad = [&]() {
    return emit(ImportStatus::BadInput)
           << "external data file '" << printable(entries->location) << "' ";
  };

  fs::file_status status;
  if (fs::status(*file, status) || !fs::is_regular_file(status))
    return bad() << "must be a regular file";
  if (entries->length && *entries->length != static_cast<uint64_t>(size))
    return bad() << "must give as many bytes as the tensor's extents ask for (" << size
                 << "), found a length of " << *entries->length;
  if (entries->offset > status.getSize() ||
      status.getSize() - entries->offset < static_cast<uint64_t>(size))
    return bad() << "must hold " << size << " bytes at offset " << entries->offset
                 << ", found a file of " << status.getSize();

  llvm::Expected<fs::file_t> handle = fs::openNativeFileForRead(*file);
  if (!handle)
    return bad() << "must be readable: " << llvm::toString(handle.takeError());
  llvm::scope_exit close([&] { (void)fs::closeFile(*handle); });
  for (int64_t done = 0; done < size;) {
    // Reads are cut, because one system call moves less than 2 GiB.
    size_t piece = std::min<int64_t>(size - done, int64_t(1) << 30);
    llvm::Expected<size_t> got = fs::readNativeFileSlice(
        *handle, llvm::MutableArrayRef<char>(destination + done, piece), entries->offset + done);
    if (!got)
      return bad() << "must be readable: " << llvm::toString(got.takeError());
    if (*got == 0)
      return bad() << "must hold " << size << " bytes at offset " << entries->offset
                   << ", found its end";
    done += *got;
  }
  return success();
}

} // namespace saliency
