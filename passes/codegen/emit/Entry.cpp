// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/codegen/emit/Parts.h"
#include "runtime/cpu/Embed.h"

#include "llvm/Bitcode/BitcodeReader.h"
#include "llvm/IR/GlobalAlias.h"
#include "llvm/Linker/Linker.h"

using namespace llvm;

namespace saliency {
namespace {

constexpr StringLiteral kExported[] = {"explain", "workspace_size", "abi_version", "error_string",
                                       "interface"};

Expected<std::unique_ptr<Module>> loadEntry(LLVMContext &context) {
  StringRef bytes(reinterpret_cast<const char *>(saliency_entry_bitcode),
                  saliency_entry_bitcode_size);
  return parseBitcodeFile(MemoryBufferRef(bytes, "entry"), context);
}

/// The entry was compiled for the build machine; its code fits any processor
/// with the same sizes of types, once it no longer names a CPU.
void retarget(Module &entry, const Module &module) {
  entry.setTargetTriple(module.getTargetTriple());
  entry.setDataLayout(module.getDataLayout());
  for (Function &function : entry)
    for (StringRef name : {"target-cpu", "target-features", "tune-cpu"})
      function.removeFnAttr(name);
}

} // namespace

Error linkEntry(Module &module, const EmitOptions &options) {
  auto entry = loadEntry(module.getContext());
  if (!entry)
    return entry.takeError();
  retarget(**entry, module);
  if (Linker::linkModules(module, std::move(*entry)))
    return createStringError("the C entry does not fit the kernel");

  for (GlobalValue &value : module.global_values())
    if (!value.isDeclaration() && !value.hasLocalLinkage())
      value.setLinkage(GlobalValue::InternalLinkage);
  for (StringRef name : kExported) {
    Function *function = module.getFunction(("saliency_model_" + name).str());
    assert(function && "the C entry lacks a function");
    function->setLinkage(GlobalValue::ExternalLinkage);
    function->setName(options.prefix + "_" + name);
    if (options.commonNames)
      GlobalAlias::create(("saliency_explainer_" + name).str(), function);
  }
  for (Function &function : module) {
    if (function.isDeclaration())
      continue;
    function.addFnAttr("target-cpu", options.target.cpu);
    if (!options.target.features.empty())
      function.addFnAttr("target-features", options.target.features);
    function.addFnAttr(Attribute::NoUnwind);
  }
  return Error::success();
}

} // namespace saliency
