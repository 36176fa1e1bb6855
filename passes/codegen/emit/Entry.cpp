// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/codegen/emit/Parts.h"

#include "llvm/Bitcode/BitcodeReader.h"
#include "llvm/IR/GlobalAlias.h"
#include "llvm/Linker/Linker.h"

using namespace llvm;

namespace saliency {
namespace {

constexpr StringLiteral kExported[] = {"explain", "workspace_size", "abi_version", "error_string",
                                       "interface"};

Expected<std::unique_ptr<Module>> loadEntry(LLVMContext &context, const TargetSupport &target) {
  ArrayRef<unsigned char> bitcode = target.entry();
  StringRef bytes(reinterpret_cast<const char *>(bitcode.data()), bitcode.size());
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
  auto entry = loadEntry(module.getContext(), *options.target);
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
  const Target &machine = options.target->getMachine();
  for (Function &function : module) {
    if (function.isDeclaration())
      continue;
    function.addFnAttr("target-cpu", machine.cpu);
    if (!machine.features.empty())
      function.addFnAttr("target-features", machine.features);
    function.addFnAttr(Attribute::NoUnwind);
  }
  return Error::success();
}

} // namespace saliency
