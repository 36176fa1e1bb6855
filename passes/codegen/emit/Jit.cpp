// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/codegen/emit/Jit.h"

#include "llvm/ExecutionEngine/Orc/LLJIT.h"
#include "llvm/Support/SmallVectorMemoryBuffer.h"

using namespace llvm;
using namespace llvm::orc;

namespace saliency {

JitModel::JitModel(std::unique_ptr<LLJIT> jit, WeightsFile bytes)
    : jit(std::move(jit)), bytes(std::move(bytes)) {}
JitModel::JitModel(JitModel &&) = default;
JitModel::~JitModel() = default;

template <typename Function>
static Error lookup(LLJIT &jit, const Twine &name, Function &function) {
  Expected<ExecutorAddr> address = jit.lookup(name.str());
  if (!address)
    return address.takeError();
  function = address->toPtr<Function>();
  return Error::success();
}

Expected<JitModel> JitModel::load(CompiledModel model) {
  // The objects are made by the same code as the object file.
  auto objects = model.objects(CompiledModel::Files::Several);
  if (!objects)
    return objects.takeError();
  auto jit = LLJITBuilder().create();
  if (!jit)
    return jit.takeError();
  auto process = DynamicLibrarySearchGenerator::GetForCurrentProcess(
      (*jit)->getDataLayout().getGlobalPrefix());
  if (!process)
    return process.takeError();
  (*jit)->getMainJITDylib().addGenerator(std::move(*process));
  for (ObjectCode &object : *objects)
    if (Error error = (*jit)->addObjectFile(
            std::make_unique<SmallVectorMemoryBuffer>(std::move(object), model.options.prefix)))
      return error;
  JitModel result(std::move(*jit), std::move(model.weights));
  const std::string &prefix = model.options.prefix;
  if (Error error = lookup(*result.jit, prefix + "_explain", result.explain))
    return error;
  if (Error error = lookup(*result.jit, prefix + "_interface", result.interface))
    return error;
  if (Error error = lookup(*result.jit, prefix + "_workspace_size", result.workspaceSize))
    return error;
  if (Error error = lookup(*result.jit, prefix + "_error_string", result.errorString))
    return error;
  if (Error error = lookup(*result.jit, prefix + "_abi_version", result.abiVersion))
    return error;
  return result;
}

mlir::FailureOr<JitModel> JitModel::load(mlir::MLIRContext &context,
                                         mlir::FailureOr<CompiledModel> model) {
  if (failed(model))
    return mlir::failure();
  Expected<JitModel> jit = load(std::move(*model));
  if (!jit)
    return mlir::emitError(mlir::UnknownLoc::get(&context), toString(jit.takeError()));
  return std::move(*jit);
}

} // namespace saliency
