// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//     func.func @explain(%input: tensor<1x4xf32> {saliency.role = "input"},
//                        %target: tensor<1xi64> {saliency.role = "target"})
//         -> (tensor<1x4xf32> {saliency.role = "map"},
//             tensor<1x3xf32> {saliency.role = "logits"}) {
//       %logits = forward(%input)
//       %map = backward(%logits, %target)
//       return %map, %logits
//     }
//   -->
//     module attributes {saliency.interface = {input = [1, 4], classes = 3, maps = ..., ...}} {
//       func.func @explain(%weights: memref<?xi8>, %workspace: memref<?xi8>, %input, %targets,
//                          %maps, %maps2d, %logits, %layers, %count: index, %hooks: !llvm.ptr) {
//         %x = to_tensor(view %input[0])
//         %y = forward(%x)
//         materialize %y in view %logits[0]
//         scf.for %t = 0 to %count {
//           %target = to_tensor(view %targets[%t * 8])
//           %map = backward(%y, %target)
//           materialize %map in view %maps[%t * 16]
//         }
//         return
//       }
//     }
//
//  1. TensorKernel.h reads the roles of arguments and results into an Interface and gives each
//  result
//     its place in a buffer of the C entry: the offset of the first target and the distance from
//     target to target.
//  2. SharedForward says which operations depend on the target; only these run once for each.
//  3. BufferKernel makes the new function: arguments become views of buffers, the operations move
//     before the loop over the targets or into it, and every result is written into its buffer
//     directly behind its definition, so that the last operation can write there itself.
//  4. The module attribute keeps the Interface, for the emitter and the C entry's description.
#include "passes/codegen/interface/Passes.h"
#include "passes/codegen/interface/SharedForward.h"
#include "passes/codegen/interface/TensorKernel.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

namespace saliency {
#define GEN_PASS_DEF_KERNELINTERFACEPASS
#include "passes/codegen/interface/Passes.h.inc"

using namespace mlir;

namespace {

/// Builds the function on buffers around the operations of `from`.
class BufferKernel {
public:
  BufferKernel(TensorKernel &from)
      : from(from), builder(from.function), loc(from.function.getLoc()) {}

  func::FuncOp build();

private:
  FunctionType type();
  Value viewOf(unsigned argument, Value byteOffset, TensorType type, ValueRange sizes = {});
  Value tensorOf(unsigned argument, Value byteOffset, TensorType type, ValueRange sizes = {});
  void bindArguments();
  void moveBody();
  void materialise(const TensorKernel::Result &result);

  TensorKernel &from;
  OpBuilder builder;
  Location loc;
  func::FuncOp kernel;
  scf::ForOp perTarget;
};

FunctionType BufferKernel::type() {
  Type bytes = MemRefType::get({ShapedType::kDynamic}, builder.getI8Type());
  SmallVector<Type> types(from.interface.countArgument(), bytes);
  types.append(1 + from.interface.tensors.size(), builder.getIndexType());
  types.push_back(LLVM::LLVMPointerType::get(builder.getContext()));
  return builder.getFunctionType(types, {});
}

Value BufferKernel::viewOf(unsigned argument, Value byteOffset, TensorType type, ValueRange sizes) {
  if (!byteOffset)
    byteOffset = arith::ConstantIndexOp::create(builder, loc, 0);
  return memref::ViewOp::create(builder, loc,
                                MemRefType::get(type.getShape(), type.getElementType()),
                                kernel.getArgument(argument), byteOffset, sizes);
}

Value BufferKernel::tensorOf(unsigned argument, Value byteOffset, TensorType type,
                             ValueRange sizes) {
  return bufferization::ToTensorOp::create(builder, loc, type,
                                           viewOf(argument, byteOffset, type, sizes),
                                           /*restrict=*/true);
}

void BufferKernel::bindArguments() {
  from.input.replaceAllUsesWith(tensorOf(Input, {}, cast<TensorType>(from.input.getType())));
  for (auto [i, tensor] : llvm::enumerate(from.tensors))
    tensor.replaceAllUsesWith(tensorOf(FirstTensor + i, {}, cast<TensorType>(tensor.getType()),
                                       kernel.getArgument(from.interface.countArgument() + 1 + i)));
  Value zero = arith::ConstantIndexOp::create(builder, loc, 0);
  Value one = arith::ConstantIndexOp::create(builder, loc, 1);
  perTarget = scf::ForOp::create(builder, loc, zero,
                                 kernel.getArgument(from.interface.countArgument()), one);
  if (!from.target)
    return;
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(perTarget.getBody());
  Value row = arith::ConstantIndexOp::create(builder, loc,
                                             bytesOf(cast<ShapedType>(from.target.getType())));
  Value offset = arith::MulIOp::create(builder, loc, perTarget.getInductionVar(), row);
  from.target.replaceAllUsesWith(
      tensorOf(Targets, offset, cast<TensorType>(from.target.getType())));
}

void BufferKernel::moveBody() {
  Block &body = from.function.getBody().front();
  Operation *yield = perTarget.getBody()->getTerminator();
  for (Operation &op : llvm::make_early_inc_range(body.without_terminator())) {
    if (op.hasAttr("saliency.per_target")) {
      op.removeAttr("saliency.per_target");
      op.moveBefore(yield);
    } else {
      op.moveBefore(perTarget);
    }
  }
}

/// Right behind the definition, so that the last operation can write into the
/// caller's buffer.
void BufferKernel::materialise(const TensorKernel::Result &result) {
  Value value = result.operand->get();
  Operation *definition = value.getDefiningOp();
  bool inLoop = definition && perTarget->isProperAncestor(definition);
  if (inLoop)
    builder.setInsertionPointAfter(definition);
  else if (result.buffer == Logits)
    builder.setInsertionPoint(perTarget);
  else
    builder.setInsertionPointToStart(perTarget.getBody());

  Value offset;
  if (result.buffer != Logits) {
    Value stride = arith::ConstantIndexOp::create(builder, loc, result.stride);
    Value start = arith::ConstantIndexOp::create(builder, loc, result.offset);
    offset = arith::MulIOp::create(builder, loc, perTarget.getInductionVar(), stride);
    offset = arith::AddIOp::create(builder, loc, offset, start);
    if (result.before) {
      Value before = arith::MulIOp::create(
          builder, loc, arith::ConstantIndexOp::create(builder, loc, result.before),
          kernel.getArgument(from.interface.countArgument()));
      offset = arith::AddIOp::create(builder, loc, offset, before);
    }
  }
  Value view = viewOf(result.buffer, offset, cast<TensorType>(value.getType()));
  bufferization::MaterializeInDestinationOp::create(builder, loc, Type(), value, view,
                                                    /*restrict=*/true,
                                                    /*writable=*/true);
}

func::FuncOp BufferKernel::build() {
  Block &body = from.function.getBody().front();
  for (Operation *op : perTargetOperations(body, from.target))
    op->setAttr("saliency.per_target", builder.getUnitAttr());
  kernel = func::FuncOp::create(builder, loc, kExplainName, type());
  builder.setInsertionPointToStart(kernel.addEntryBlock());
  bindArguments();
  func::ReturnOp::create(builder, loc);
  moveBody();
  for (const TensorKernel::Result &result : from.results)
    materialise(result);
  return kernel;
}

struct KernelInterfacePass : impl::KernelInterfacePassBase<KernelInterfacePass> {
  void runOnOperation() override {
    ModuleOp module = getOperation();
    FailureOr<func::FuncOp> function = findKernel(module);
    if (failed(function))
      return signalPassFailure();
    TensorKernel from(*function);
    if (failed(from.read()))
      return signalPassFailure();
    BufferKernel(from).build();
    function->erase();
    module->setAttr(kInterfaceAttr, from.interface.toAttribute(&getContext()));
  }
};

} // namespace
} // namespace saliency
