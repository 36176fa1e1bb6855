// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/codegen/emit/Parts.h"
#include "runtime/include/saliency/explainer.h"

#include "llvm/IR/IRBuilder.h"

#include <cstddef>

using namespace llvm;

namespace saliency {

/// A buffer is passed as a memref descriptor: pointer to free, pointer to use,
/// offset, size, stride. Nothing reads the size.
static void pushDescriptor(IRBuilder<> &b, Value *pointer, SmallVectorImpl<Value *> &arguments) {
  arguments.append({pointer, pointer, b.getInt64(0), b.getInt64(0), b.getInt64(1)});
}

/// saliency_parallel(hooks, body, data, count): the caller's threads, or a loop
/// if it has none or they refuse.
static void defineParallel(Module &module) {
  Function *function = module.getFunction(kParallelHook);
  if (!function || !function->isDeclaration())
    return;
  // Inlined at a thousand calls it would make up most of the kernel.
  function->addFnAttr(Attribute::NoInline);
  IRBuilder<> b(module.getContext());
  Type *pointer = b.getPtrTy(), *i64 = b.getInt64Ty();
  auto block = [&](StringRef name) {
    return BasicBlock::Create(module.getContext(), name, function);
  };
  Value *hooks = function->getArg(0), *body = function->getArg(1), *data = function->getArg(2),
        *count = function->getArg(3);
  BasicBlock *entry = block("entry"), *ask = block("ask"), *loop = block("loop"),
             *done = block("done");

  b.SetInsertPoint(entry);
  auto field = [&](uint64_t offset) {
    return b.CreateLoad(pointer, b.CreateConstInBoundsGEP1_64(b.getInt8Ty(), hooks, offset));
  };
  Value *run = field(offsetof(saliency_args, parallel_for));
  b.CreateCondBr(b.CreateIsNull(run), loop, ask);

  b.SetInsertPoint(ask);
  Value *context = field(offsetof(saliency_args, parallel_context));
  auto *runType = FunctionType::get(b.getInt32Ty(), {pointer, pointer, pointer, i64}, false);
  Value *refused = b.CreateCall(runType, run, {context, body, data, count});
  b.CreateCondBr(b.CreateIsNull(refused), done, loop);

  b.SetInsertPoint(loop);
  PHINode *index = b.CreatePHI(i64, 3);
  b.CreateCall(FunctionType::get(b.getVoidTy(), {pointer, i64}, false), body, {data, index});
  Value *next = b.CreateAdd(index, b.getInt64(1));
  index->addIncoming(b.getInt64(0), entry);
  index->addIncoming(b.getInt64(0), ask);
  index->addIncoming(next, loop);
  b.CreateCondBr(b.CreateICmpSLT(next, count), loop, done);

  b.SetInsertPoint(done);
  b.CreateRet(b.getInt32(0));
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

  Function *kernel = module.getFunction(kKernelName);
  assert(kernel && kernel->arg_size() == arguments.size() &&
         "the kernel does not have the interface's arguments");
  b.CreateCall(kernel, arguments);
  b.CreateRetVoid();
  defineParallel(module);
}

} // namespace saliency
