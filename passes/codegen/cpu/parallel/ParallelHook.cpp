// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/codegen/cpu/parallel/ParallelHook.h"

#include "runtime/include/saliency/explainer.h"

#include "llvm/IR/IRBuilder.h"

#include <cstddef>

using namespace llvm;

namespace saliency {

/// saliency_parallel(hooks, body, data, count): the caller's threads, or a loop
/// if it has none or they refuse.
void defineParallelHook(Module &module) {
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

} // namespace saliency
