// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//     llvm.func @explain(..., %hooks) {
//       llvm.call @kernel_0(%hooks, %a, %b)
//       llvm.call @kernel_1(%hooks, %b, %c)
//       llvm.return
//     }
//   -->
//     llvm.mlir.global constant @saliency_kernels = [@kernel_0_launch, @kernel_1_launch]
//     llvm.func @explain(..., %hooks) {
//       store {%a, %b} in %place
//       llvm.call @saliency_launch(0, %place, 16)
//       store {%b, %c} in %place
//       llvm.call @saliency_launch(1, %place, 16)
//       llvm.call @saliency_replay(@saliency_kernels)
//       llvm.return
//     }
//     llvm.func @kernel_0_launch(%data) { load {%a, %b} from %data, llvm.call @kernel_0(null, ...)
//     }
//
//  1. Each kernel gets a number and a function that takes its arguments from memory.
//  2. Each call stores its arguments on the stack, from where the hook copies them.
//  3. The table of the functions is replayed at the end.
#include "test/codegen/reference/Launches.h"

#include "passes/codegen/interface/Interface.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"
#include "mlir/Interfaces/ViewLikeInterface.h"

using namespace mlir;

namespace saliency::test {
namespace {

/// No kernel writes constants in the code and the weights.
bool isConstant(Value buffer, func::FuncOp kernel) {
  while (auto view = buffer.getDefiningOp<ViewLikeOpInterface>())
    buffer = view.getViewSource();
  return buffer == kernel.getArgument(Weights) || buffer.getDefiningOp<memref::GetGlobalOp>();
}

struct CheckRecordablePass : PassWrapper<CheckRecordablePass, OperationPass<ModuleOp>> {
  MLIR_DEFINE_EXPLICIT_INTERNAL_INLINE_TYPE_ID(CheckRecordablePass)

  void runOnOperation() override {
    FailureOr<func::FuncOp> kernel = findKernel(getOperation());
    if (failed(kernel))
      return signalPassFailure();
    kernel->walk([&](Operation *op) {
      if (!isa<linalg::LinalgOp, memref::LoadOp, memref::StoreOp, memref::CopyOp>(op))
        return;
      if (auto load = dyn_cast<memref::LoadOp>(op); load && isConstant(load.getMemRef(), *kernel))
        return;
      op->emitError("host code records launches only, found '") << op->getName() << "'";
      signalPassFailure();
    });
  }
};

class Launches {
public:
  explicit Launches(ModuleOp module)
      : module(module), b(module.getLoc(), module.getContext()),
        pointer(LLVM::LLVMPointerType::get(module.getContext())) {}

  void lower(LLVM::LLVMFuncOp explain) {
    SmallVector<LLVM::CallOp> calls;
    explain.walk([&](LLVM::CallOp call) {
      if (call.getCallee() && call.getCallee()->starts_with("kernel_"))
        calls.push_back(call);
    });
    for (LLVM::CallOp call : calls)
      launch(call, explain);
    replay(explain);
  }

private:
  Type voidType() { return LLVM::LLVMVoidType::get(b.getContext()); }

  LLVM::LLVMFuncOp hook(StringRef name, ArrayRef<Type> arguments) {
    if (auto found = module.lookupSymbol<LLVM::LLVMFuncOp>(name))
      return found;
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointToStart(module.getBody());
    return LLVM::LLVMFuncOp::create(b, name, LLVM::LLVMFunctionType::get(voidType(), arguments));
  }

  /// Of the arguments behind the caller's hooks, which no kernel here needs.
  LLVM::LLVMStructType dataOf(LLVM::CallOp call) {
    return LLVM::LLVMStructType::getLiteral(
        b.getContext(), llvm::to_vector(call.getCalleeOperands().drop_front().getTypes()));
  }

  Value field(LLVM::LLVMStructType data, Value place, unsigned number) {
    return LLVM::GEPOp::create(b, pointer, data, place, ArrayRef<LLVM::GEPArg>{0, int32_t(number)});
  }

  /// The kernel's number in the table.
  int64_t numberOf(LLVM::CallOp call) {
    auto [found, isNew] = numbers.try_emplace(*call.getCallee(), table.size());
    if (!isNew)
      return found->second;
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointToEnd(module.getBody());
    LLVM::LLVMStructType data = dataOf(call);
    auto function = LLVM::LLVMFuncOp::create(b, (*call.getCallee() + "_launch").str(),
                                             LLVM::LLVMFunctionType::get(voidType(), {pointer}));
    b.setInsertionPointToStart(function.addEntryBlock(b));
    SmallVector<Value> arguments = {LLVM::ZeroOp::create(b, pointer)};
    for (auto [i, type] : llvm::enumerate(data.getBody()))
      arguments.push_back(LLVM::LoadOp::create(b, type, field(data, function.getArgument(0), i)));
    LLVM::CallOp::create(b, TypeRange(), *call.getCallee(), arguments);
    LLVM::ReturnOp::create(b, ValueRange());
    table.push_back(function);
    return found->second;
  }

  void launch(LLVM::CallOp call, LLVM::LLVMFuncOp explain) {
    b.setLoc(call.getLoc());
    LLVM::LLVMStructType data = dataOf(call);
    Value number = constant(numberOf(call), explain);
    b.setInsertionPointToStart(&explain.getBody().front());
    Value one = LLVM::ConstantOp::create(b, b.getI64Type(), 1);
    Value place = LLVM::AllocaOp::create(b, pointer, data, one);
    b.setInsertionPoint(call);
    for (auto [i, value] : llvm::enumerate(call.getCalleeOperands().drop_front()))
      LLVM::StoreOp::create(b, value, field(data, place, i));
    Value end = LLVM::GEPOp::create(b, pointer, data, LLVM::ZeroOp::create(b, pointer),
                                    ArrayRef<LLVM::GEPArg>{1});
    Value bytes = LLVM::PtrToIntOp::create(b, b.getI64Type(), end);
    LLVM::CallOp::create(b, hook(kLaunchHook, {b.getI64Type(), pointer, b.getI64Type()}),
                         ValueRange{number, place, bytes});
    call.erase();
  }

  Value constant(int64_t value, LLVM::LLVMFuncOp explain) {
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointToStart(&explain.getBody().front());
    return LLVM::ConstantOp::create(b, b.getI64Type(), value);
  }

  void replay(LLVM::LLVMFuncOp explain) {
    auto type = LLVM::LLVMArrayType::get(pointer, table.size());
    b.setInsertionPointToStart(module.getBody());
    auto kernels = LLVM::GlobalOp::create(b, type, /*isConstant=*/true, LLVM::Linkage::Internal,
                                          "saliency_kernels", Attribute());
    {
      OpBuilder::InsertionGuard guard(b);
      b.createBlock(&kernels.getInitializerRegion());
      Value value = LLVM::UndefOp::create(b, type);
      for (auto [i, function] : llvm::enumerate(table))
        value = LLVM::InsertValueOp::create(b, value, LLVM::AddressOfOp::create(b, function),
                                            int64_t(i));
      LLVM::ReturnOp::create(b, value);
    }
    explain.walk([&](LLVM::ReturnOp op) {
      b.setInsertionPoint(op);
      LLVM::CallOp::create(b, hook(kReplayHook, {pointer}),
                           ValueRange{LLVM::AddressOfOp::create(b, kernels)});
    });
  }

  ModuleOp module;
  ImplicitLocOpBuilder b;
  Type pointer;
  llvm::StringMap<int64_t> numbers;
  SmallVector<LLVM::LLVMFuncOp> table;
};

struct LowerLaunchesPass : PassWrapper<LowerLaunchesPass, OperationPass<ModuleOp>> {
  MLIR_DEFINE_EXPLICIT_INTERNAL_INLINE_TYPE_ID(LowerLaunchesPass)

  void getDependentDialects(DialectRegistry &registry) const override {
    registry.insert<LLVM::LLVMDialect>();
  }

  void runOnOperation() override {
    auto explain = getOperation().lookupSymbol<LLVM::LLVMFuncOp>(kExplainName);
    Launches(getOperation()).lower(explain);
  }
};

} // namespace

std::unique_ptr<Pass> createCheckRecordablePass() {
  return std::make_unique<CheckRecordablePass>();
}
std::unique_ptr<Pass> createLowerLaunchesPass() { return std::make_unique<LowerLaunchesPass>(); }

} // namespace saliency::test
