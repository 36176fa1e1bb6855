// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/codegen/emit/Files.h"

#include "passes/codegen/emit/Linker.h"

#include "llvm/ADT/SmallString.h"
#include "llvm/Support/Path.h"

using namespace llvm;

namespace saliency {
namespace {

std::string beside(StringRef path, StringRef extension) {
  SmallString<128> result(path);
  sys::path::replace_extension(result, extension);
  return result.str().str();
}

Error emitCompanions(const CompiledModel &model, StringRef path, OutputSet &outputs) {
  if (Error error = outputs.add(beside(path, "weights"), model.weights.bytes()))
    return error;
  return outputs.add(beside(path, "h"), [&](raw_pwrite_stream &os) {
    model.printHeader(os, sys::path::stem(path));
    return Error::success();
  });
}

} // namespace

Error emitObject(const CompiledModel &model, StringRef path, OutputSet &outputs) {
  using Files = CompiledModel::Files;
  const Triple &triple = model.machine->getTargetTriple();
  auto objects = model.objects(hasLinker(triple) ? Files::Several : Files::One);
  if (!objects)
    return objects.takeError();
  auto joined = joinObjects(triple, *objects);
  if (!joined)
    return joined.takeError();
  if (Error error = outputs.add(path, *joined))
    return error;
  return emitCompanions(model, path, outputs);
}

Error emitLLVM(const CompiledModel &model, StringRef path, OutputSet &outputs) {
  if (Error error = outputs.add(path, [&](raw_pwrite_stream &os) {
        model.printLLVM(os);
        return Error::success();
      }))
    return error;
  return emitCompanions(model, path, outputs);
}

Error emitSharedLibrary(const CompiledModel &model, StringRef path, OutputSet &outputs) {
  auto objects = model.objects(CompiledModel::Files::Several);
  if (!objects)
    return objects.takeError();
  Expected<std::string> library = outputs.reserve(path);
  if (!library)
    return library.takeError();
  if (Error error = linkShared(model.machine->getTargetTriple(), *objects, *library))
    return error;
  return emitCompanions(model, path, outputs);
}

} // namespace saliency
