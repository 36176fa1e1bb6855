// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/IrFiles.h"

#include "mlir/Bytecode/BytecodeWriter.h"
#include "mlir/IR/AsmState.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include "mlir/Parser/Parser.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/Support/Endian.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"

using namespace mlir;
using namespace saliency;
namespace endian = llvm::support::endian;

namespace {

constexpr llvm::StringLiteral kResourcesAttr = "saliency.resources",
                              kMagic = "saliency resources 1\n";
constexpr size_t kAlign = 64;

/// MLIR's own options, where a program has registered them, say more than these.
OpPrintingFlags textFlags() {
  OpPrintingFlags flags;
  if (!flags.getLargeElementsAttrLimit())
    flags.elideLargeElementsAttrs(64);
  if (!flags.getLargeResourceStringLimit())
    flags.elideLargeResourceString(64);
  return flags;
}

/// Text that can be read again, whatever those options leave out.
OpPrintingFlags fileFlags() {
  return OpPrintingFlags()
      .elideLargeElementsAttrs(std::numeric_limits<int64_t>::max())
      .elideLargeResourceString(0)
      .enableDebugInfo(true);
}

/// The large constants of a module, each once, by resource name.
llvm::MapVector<StringRef, ArrayRef<char>> collect(ModuleOp module) {
  llvm::MapVector<StringRef, ArrayRef<char>> blobs;
  module.walk([&](Operation *op) {
    for (NamedAttribute attribute : op->getAttrs())
      attribute.getValue().walk([&](DenseResourceElementsAttr resource) {
        DenseResourceElementsHandle handle = resource.getRawHandle();
        if (AsmResourceBlob *blob = handle.getBlob())
          blobs.insert({handle.getKey(), blob->getData()});
      });
  });
  return blobs;
}

void write64(llvm::raw_ostream &os, uint64_t value) {
  char bytes[8];
  endian::write64le(bytes, value);
  os.write(bytes, 8);
}

/// magic, count, then per resource: name length, name, size; then the contents, each at a multiple
/// of 64 bytes.
void writeResources(const llvm::MapVector<StringRef, ArrayRef<char>> &blobs,
                    llvm::raw_pwrite_stream &os) {
  os << kMagic;
  write64(os, blobs.size());
  for (const auto &[name, bytes] : blobs) {
    write64(os, name.size());
    os << name;
    write64(os, bytes.size());
  }
  for (const auto &[name, bytes] : blobs) {
    os.write_zeros(llvm::alignTo(os.tell(), kAlign) - os.tell());
    os.write(bytes.data(), bytes.size());
  }
}

/// Reads what writeResources wrote; every length is checked against the file.
class ResourceReader {
public:
  explicit ResourceReader(StringRef data) : data(data) {}

  FailureOr<llvm::StringMap<StringRef>> read() {
    StringRef magic = take(kMagic.size());
    uint64_t entries = read64();
    if (magic != kMagic || broken || entries > data.size() / 16)
      return failure();
    SmallVector<std::pair<StringRef, uint64_t>> table;
    for (uint64_t entry = 0; entry != entries && !broken; ++entry) {
      StringRef name = take(read64());
      table.emplace_back(name, read64());
    }
    llvm::StringMap<StringRef> blobs;
    for (auto [name, size] : table) {
      position = llvm::alignTo(position, kAlign);
      blobs[name] = take(size);
    }
    return broken ? FailureOr<llvm::StringMap<StringRef>>(failure())
                  : FailureOr<llvm::StringMap<StringRef>>(std::move(blobs));
  }

private:
  StringRef take(uint64_t size) {
    if (broken || position > data.size() || size > data.size() - position) {
      broken = true;
      return "";
    }
    position += size;
    return data.substr(position - size, size);
  }
  uint64_t read64() {
    StringRef bytes = take(8);
    return broken ? 0 : endian::read64le(bytes.data());
  }

  StringRef data;
  size_t position = 0;
  bool broken = false;
};

/// Constants whose contents are nowhere are of no use.
LogicalResult checkContents(ModuleOp module) {
  WalkResult result = module.walk([](Operation *op) {
    for (NamedAttribute attribute : op->getAttrs())
      if (auto resource = dyn_cast<DenseResourceElementsAttr>(attribute.getValue());
          resource && !resource.getRawHandle().getBlob()) {
        op->emitError("a constant's values are in its module or in the file that the module names, "
                      "found none of resource '")
            << resource.getRawHandle().getKey() << "'";
        return WalkResult::interrupt();
      }
    return WalkResult::advance();
  });
  return failure(result.wasInterrupted());
}

/// Gives every resource of `module` without contents those of the file that it names.
LogicalResult loadResources(ModuleOp module, StringRef path) {
  auto name = module->getAttrOfType<StringAttr>(kResourcesAttr);
  if (!name)
    return success();
  if (llvm::sys::path::filename(name.getValue()) != name.getValue())
    return module.emitError("a module's resources lie in a file beside it, found the path '")
           << name.getValue() << "'";
  SmallString<256> file(path);
  llvm::sys::path::remove_filename(file);
  llvm::sys::path::append(file, name.getValue());
  auto buffer =
      llvm::MemoryBuffer::getFile(file, /*IsText=*/false, /*RequiresNullTerminator=*/false);
  if (!buffer)
    return module.emitError("cannot read the module's resources '")
           << file << "': " << buffer.getError().message();
  auto blobs = ResourceReader((*buffer)->getBuffer()).read();
  if (failed(blobs))
    return module.emitError("'") << file << "' is not a complete file of resources";
  module->removeAttr(kResourcesAttr);
  WalkResult result = module.walk([&](Operation *op) {
    LogicalResult loaded = success();
    for (NamedAttribute attribute : op->getAttrs())
      attribute.getValue().walk([&](DenseResourceElementsAttr resource) {
        DenseResourceElementsHandle handle = resource.getRawHandle();
        if (handle.getBlob() || failed(loaded))
          return;
        auto found = blobs->find(handle.getKey());
        auto type = resource.getType();
        uint64_t bytes = type.getNumElements() * llvm::divideCeil(type.getElementTypeBitWidth(), 8);
        if (found == blobs->end() || found->second.size() != bytes) {
          loaded = op->emitError("resource '")
                   << handle.getKey() << "' has " << bytes << " bytes in '" << file << "', found "
                   << (found == blobs->end() ? 0 : found->second.size());
          return;
        }
        ArrayRef<char> data(found->second.data(), found->second.size());
        handle.getResource()->setBlob(
            HeapAsmResourceBlob::allocateAndCopyWithAlign(data, kAlign, /*dataIsMutable=*/false));
      });
    return failed(loaded) ? WalkResult::interrupt() : WalkResult::advance();
  });
  return failure(result.wasInterrupted());
}

} // namespace

void saliency::printIr(ModuleOp module, llvm::raw_ostream &os) { module.print(os, textFlags()); }

llvm::Error saliency::writeIr(ModuleOp module, StringRef path, OutputSet &outputs) {
  if (llvm::sys::path::extension(path) == ".mlirbc")
    return outputs.add(path, [&](llvm::raw_pwrite_stream &os) -> llvm::Error {
      if (failed(writeBytecodeToFile(module, os)))
        return llvm::createStringError("cannot write the IR as bytecode");
      return llvm::Error::success();
    });
  std::string resources = path.str() + ".weights";
  auto blobs = collect(module);
  if (!blobs.empty())
    module->setAttr(kResourcesAttr,
                    StringAttr::get(module.getContext(), llvm::sys::path::filename(resources)));
  llvm::Error error = outputs.add(path, [&](llvm::raw_pwrite_stream &os) {
    module.print(os, fileFlags());
    return llvm::Error::success();
  });
  module->removeAttr(kResourcesAttr);
  if (error || blobs.empty())
    return error;
  return outputs.add(resources, [&](llvm::raw_pwrite_stream &os) {
    writeResources(blobs, os);
    return llvm::Error::success();
  });
}

OwningOpRef<ModuleOp> saliency::readIr(StringRef path, MLIRContext &context) {
  OwningOpRef<ModuleOp> module = parseSourceFile<ModuleOp>(path, &context);
  if (module && (failed(loadResources(*module, path)) || failed(checkContents(*module))))
    return nullptr;
  return module;
}
