// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// llvm.call @parallel_0(%hooks, %a, %b, %zero) {saliency.parallel_count = 16}
//   ->  %data = llvm.alloca {a, b}; store %a, %b
//       llvm.call @saliency_parallel(%hooks, @parallel_0_thunk, %data, 16)
//       llvm.func @parallel_0_thunk(%data, %i) { llvm.call @parallel_0(null, %data.a, ..., %i) }
//
//  1. What the body uses is written into a structure on the stack; calls of one function follow
//     each other, so equal structures share their place.
//  2. A thunk of the C type void (void *, int64_t) reads it and calls the body.
//  3. The hook runs the thunk for every index, on the caller's threads where it has any.
#include "passes/codegen/cpu/Passes.h"
#include "passes/codegen/cpu/parallel/ParallelHook.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"

namespace saliency {
#define GEN_PASS_DEF_LOWERPARALLELPASS
#include "passes/codegen/cpu/Passes.h.inc"

using namespace mlir;

namespace {

/// Operands of the call but for the hooks before and the index behind them.
OperandRange capturedOf(LLVM::CallOp call) {
  return call.getCalleeOperands().drop_front().drop_back();
}

class ParallelCalls {
public:
  explicit ParallelCalls(ModuleOp module)
      : module(module), b(module.getLoc(), module.getContext()),
        pointer(LLVM::LLVMPointerType::get(module.getContext())) {}

  void lower(LLVM::CallOp call, int64_t count);

private:
  LLVM::LLVMFuncOp hook();
  LLVM::LLVMFuncOp thunk(LLVM::CallOp call, LLVM::LLVMStructType data);
  Value placeFor(LLVM::LLVMFuncOp function, LLVM::LLVMStructType data);

  ModuleOp module;
  ImplicitLocOpBuilder b;
  Type pointer;
  llvm::DenseMap<std::pair<Operation *, Type>, Value> places;
};

/// int saliency_parallel(hooks, void (*body)(void *, int64_t), void *, int64_t)
LLVM::LLVMFuncOp ParallelCalls::hook() {
  if (auto found = module.lookupSymbol<LLVM::LLVMFuncOp>(kParallelHook))
    return found;
  b.setInsertionPointToStart(module.getBody());
  return LLVM::LLVMFuncOp::create(
      b, kParallelHook,
      LLVM::LLVMFunctionType::get(b.getI32Type(), {pointer, pointer, pointer, b.getI64Type()}));
}

/// void thunk(void *data, int64_t index) calls the body with the values in data.
LLVM::LLVMFuncOp ParallelCalls::thunk(LLVM::CallOp call, LLVM::LLVMStructType data) {
  std::string name = (*call.getCallee() + "_thunk").str();
  if (auto found = module.lookupSymbol<LLVM::LLVMFuncOp>(name))
    return found;
  b.setInsertionPointToEnd(module.getBody());
  auto function =
      LLVM::LLVMFuncOp::create(b, name,
                               LLVM::LLVMFunctionType::get(LLVM::LLVMVoidType::get(b.getContext()),
                                                           {pointer, b.getI64Type()}),
                               LLVM::Linkage::Internal);
  Block *entry = function.addEntryBlock(b);
  b.setInsertionPointToStart(entry);
  SmallVector<Value> arguments = {LLVM::ZeroOp::create(b, pointer)};
  for (auto [i, type] : llvm::enumerate(data.getBody())) {
    Value field = LLVM::GEPOp::create(b, pointer, data, entry->getArgument(0),
                                      ArrayRef<LLVM::GEPArg>{0, (int32_t)i});
    arguments.push_back(LLVM::LoadOp::create(b, type, field));
  }
  arguments.push_back(entry->getArgument(1));
  LLVM::CallOp::create(b, TypeRange(), *call.getCallee(), arguments);
  LLVM::ReturnOp::create(b, ValueRange());
  return function;
}

void ParallelCalls::lower(LLVM::CallOp call, int64_t count) {
  b.setLoc(call.getLoc());
  OperandRange captured = capturedOf(call);
  auto data =
      LLVM::LLVMStructType::getLiteral(b.getContext(), llvm::to_vector(captured.getTypes()));
  LLVM::LLVMFuncOp body = thunk(call, data), run = hook();

  Value place = placeFor(call->getParentOfType<LLVM::LLVMFuncOp>(), data);
  b.setInsertionPoint(call);
  for (auto [i, value] : llvm::enumerate(captured)) {
    Value field =
        LLVM::GEPOp::create(b, pointer, data, place, ArrayRef<LLVM::GEPArg>{0, (int32_t)i});
    LLVM::StoreOp::create(b, value, field);
  }
  Value address = LLVM::AddressOfOp::create(b, body);
  Value number = LLVM::ConstantOp::create(b, b.getI64Type(), count);
  LLVM::CallOp::create(b, run,
                       ValueRange{call.getCalleeOperands().front(), address, place, number});
  call.erase();
}

/// Calls follow each other, so those with equal types share their place.
Value ParallelCalls::placeFor(LLVM::LLVMFuncOp function, LLVM::LLVMStructType data) {
  Value &place = places[{function, data}];
  if (!place) {
    b.setInsertionPointToStart(&function.getBody().front());
    Value one = LLVM::ConstantOp::create(b, b.getI64Type(), 1);
    place = LLVM::AllocaOp::create(b, pointer, data, one);
  }
  return place;
}

struct LowerParallelPass : impl::LowerParallelPassBase<LowerParallelPass> {
  void runOnOperation() override {
    SmallVector<LLVM::CallOp> calls;
    getOperation()->walk([&](LLVM::CallOp call) {
      if (call->hasAttr(kParallelCountAttr))
        calls.push_back(call);
    });
    ParallelCalls parallel(getOperation());
    for (LLVM::CallOp call : calls)
      parallel.lower(call, call->getAttrOfType<IntegerAttr>(kParallelCountAttr).getInt());
  }
};

} // namespace
} // namespace saliency
