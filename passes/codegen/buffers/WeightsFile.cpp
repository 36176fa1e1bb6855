// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/codegen/buffers/WeightsFile.h"

#include "passes/codegen/buffers/RawElements.h"
#include "passes/codegen/interface/Interface.h"
#include "runtime/include/saliency/weights.h"

#include <cstdlib>
#include <cstring>

using namespace mlir;

namespace saliency {

static_assert(sizeof(saliency_weights_header) == kAlignment);

void WeightsFile::Free::operator()(char *pointer) const { std::free(pointer); }

WeightsFile::WeightsFile(uint64_t payload)
    : size(sizeof(saliency_weights_header) + alignUp(payload)) {
  data.reset(static_cast<char *>(std::aligned_alloc(kAlignment, size)));
  if (!data)
    llvm::report_bad_alloc_error("weights");
  std::memset(data.get(), 0, size);
}

char *WeightsFile::payload() const { return data.get() + sizeof(saliency_weights_header); }

void WeightsFile::seal() {
  saliency_weights_header header = {};
  header.magic = SALIENCY_WEIGHTS_MAGIC;
  header.file_size = size;
  header.id = saliency_weights_checksum(payload(), size - sizeof(header));
  std::memcpy(data.get(), &header, sizeof(header));
}

uint64_t WeightsFile::id() const {
  saliency_weights_header header;
  std::memcpy(&header, data.get(), sizeof(header));
  return header.id;
}

FailureOr<WeightsFile> WeightsFile::of(ModuleOp module) {
  auto size = module->getAttrOfType<IntegerAttr>(kWeightsSizeAttr);
  WeightsFile file(size ? size.getInt() : 0);
  if (auto list = module->getAttrOfType<ArrayAttr>(kWeightsAttr)) {
    for (auto entry : list.getAsRange<DictionaryAttr>()) {
      int64_t offset = entry.getAs<IntegerAttr>("offset").getInt();
      auto value = entry.getAs<ElementsAttr>("value");
      RawElements raw(value);
      if (!raw)
        return module.emitError("a weight must have its data in this process, one at offset ")
               << offset << " has none";
      std::memcpy(file.payload() + offset, raw.bytes().data(), raw.bytes().size());
    }
  }
  file.seal();
  return file;
}

} // namespace saliency
