// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/codegen/emit/Parts.h"

#include "llvm/IR/IRBuilder.h"

using namespace llvm;

namespace saliency {

/// A buffer is passed as a memref descriptor: pointer to free, pointer to use,
/// offset, size, stride. Nothing reads the size.
static void pushDescriptor(IRBuilder<> &b, Value *pointer, SmallVectorImpl<Value *> &arguments) {
  arguments.append({pointer, pointer, b.getInt64(0), b.getInt64(0), b.getInt64(1)});
}

void addBridge(Module &module, const Interface &interface) {
  LLVMContext &context = module.getContext();
  IRBuilder<> b(context);
  Type *pointer = b.getPtrTy();
  auto *bridge =
      Function::Create(FunctionType::get(b.getVoidTy(), {pointer, pointer, pointer}, false),
                       GlobalValue::ExternalLinkage, "saliency_model_kernel", module);
  b.SetInsertPoint(BasicBlock::Create(context, "", bridge));
  Value *buffers = bridge->getArg(0), *counts = bridge->getArg(1);

  SmallVector<Value *> arguments;
  for (unsigned i = 0; i < interface.countArgument(); ++i)
    pushDescriptor(b, b.CreateLoad(pointer, b.CreateConstInBoundsGEP1_64(pointer, buffers, i)),
                   arguments);
  for (unsigned i = 0; i < 1 + interface.tensors.size(); ++i)
    arguments.push_back(
        b.CreateLoad(b.getInt64Ty(), b.CreateConstInBoundsGEP1_64(b.getInt64Ty(), counts, i)));
  arguments.push_back(bridge->getArg(2));

  Function *kernel = module.getFunction(kExplainName);
  assert(kernel && kernel->arg_size() == arguments.size() &&
         "the kernel does not have the interface's arguments");
  b.CreateCall(kernel, arguments);
  b.CreateRetVoid();
}

} // namespace saliency
