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
//  1. TensorKernel reads the roles of arguments and results into an Interface and gives each result
//     its place in a buffer of the C entry: the offset of the first target and the distance from
//     target to target.
//  2. SharedForward says which operations depend on the target; only these run once for each.
//  3. BufferKernel makes the new function: arguments become views of buffers, the operations move
//     before the loop over the targets or into it, and every result is written into its buffer
//     directly behind its definition, so that the last operation can write there itself.
//  4. The module attribute keeps the Interface, for the emitter and the C entry's description.
#include "passes/codegen/interface/Interface.h"
#include "passes/codegen/interface/Passes.h"
#include "passes/codegen/interface/SharedForward.h"

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

/// The function as the attribution and lowering passes leave it.
class TensorKernel {
public:
  explicit TensorKernel(func::FuncOp function) : function(function) {}

  LogicalResult read();

  struct Result {
    /// The terminator's; it names the value, whatever replaces it.
    OpOperand *operand;
    KernelArgument buffer;
    /// Bytes from the start of one target's part, and from target to target.
    int64_t offset, stride;
    /// Bytes of one target of the methods before, all of whose targets lie before.
    int64_t before = 0;
  };

  func::FuncOp function;
  Interface interface;
  BlockArgument input, target;
  SmallVector<BlockArgument> tensors;
  SmallVector<Result> results;

private:
  LogicalResult readArgument(BlockArgument argument, StringRef role);
  LogicalResult readResult(OpOperand &operand, StringRef role);
  LogicalResult readTensor(BlockArgument argument, StringRef name);
  LogicalResult readReportRow(OpOperand &operand);
  LogicalResult checkFloats(Value value, StringRef role);

  int64_t mapBytes = 0, planeBytes = 0; // of the methods so far
  int64_t reportRows = 0;
};

LogicalResult TensorKernel::checkFloats(Value value, StringRef role) {
  auto type = dyn_cast<RankedTensorType>(value.getType());
  if (type && type.hasStaticShape() && type.getElementType().isF32())
    return success();
  return function.emitError("'") << role << "' of @" << kExplainName
                                 << " must be a static tensor of f32, it is " << value.getType();
}

LogicalResult TensorKernel::readTensor(BlockArgument argument, StringRef name) {
  auto type = dyn_cast<RankedTensorType>(argument.getType());
  if (!type || type.getRank() == 0 || type.getNumDynamicDims() != 1 || !type.isDynamicDim(0))
    return function.emitError("named tensor '")
           << name << "' must be dynamic in its first dimension only, it is " << argument.getType();
  Interface::Tensor tensor;
  tensor.name = name.str();
  tensor.classes = type.getElementType().isInteger(64);
  if (!tensor.classes && !type.getElementType().isF32())
    return function.emitError("named tensor '")
           << name << "' must have elements of type i64 or f32, it has " << type.getElementType();
  tensor.required = function.getArgAttr(argument.getArgNumber(), kRequiredAttr) != nullptr;
  if (!tensor.classes)
    tensor.elements = ShapedType::getNumElements(type.getShape().drop_front());
  interface.tensors.push_back(tensor);
  tensors.push_back(argument);
  return success();
}

LogicalResult TensorKernel::readArgument(BlockArgument argument, StringRef role) {
  if (role == "input") {
    input = argument;
    if (failed(checkFloats(argument, role)))
      return failure();
    interface.input = to_vector(cast<RankedTensorType>(argument.getType()).getShape());
    return success();
  }
  if (role == "target") {
    target = argument;
    return success();
  }
  if (role.consume_front("tensor:"))
    return readTensor(argument, role);
  return function.emitError("an argument of @")
         << kExplainName << " is the input, the target or a named tensor, argument "
         << argument.getArgNumber() << " has the role '" << role << "'";
}

/// Row after row in the place of one layer.
LogicalResult TensorKernel::readReportRow(OpOperand &operand) {
  auto rows = function->getAttrOfType<ArrayAttr>(kReportAttr);
  auto type = cast<RankedTensorType>(operand.get().getType());
  if (!rows || reportRows == int64_t(rows.size()) || type.getRank() != 2)
    return function.emitError("'report' of @")
           << kExplainName << " must be a matrix for each entry of '" << kReportAttr << "', found "
           << type << " for row " << reportRows;
  if (reportRows == 0) {
    SmallVector<int64_t> shape = {int64_t(rows.size())};
    append_range(shape, type.getShape());
    interface.layers.push_back({"report", interface.layerElements(), shape});
    interface.readReport(rows);
  }
  int64_t start = interface.layers.back().offset;
  results.push_back(
      {&operand, Layers, saliency_float_bytes(start + reportRows++ * type.getNumElements()), 0});
  return success();
}

LogicalResult TensorKernel::readResult(OpOperand &operand, StringRef role) {
  Value value = operand.get();
  // The C entry finds the class of an arg-max target in the logits itself.
  if (role == "target")
    return success();
  if (failed(checkFloats(value, role)))
    return failure();
  ArrayRef<int64_t> shape = cast<RankedTensorType>(value.getType()).getShape();
  int64_t bytes = saliency_float_bytes(ShapedType::getNumElements(shape));
  if (role == "map") {
    interface.maps.push_back({to_vector(shape)});
    results.push_back({&operand, Maps, 0, bytes, mapBytes});
    mapBytes += bytes;
  } else if (role == "map2d") { // behind its method's map
    if (interface.maps.empty())
      return function.emitError("a 2-D map of @")
             << kExplainName << " follows its method's map, found none before";
    interface.maps.back().plane = to_vector(shape.take_back(2));
    results.push_back({&operand, Maps2d, 0, bytes, planeBytes});
    planeBytes += bytes;
  } else if (role == "logits") {
    interface.classes = shape.back();
    results.push_back({&operand, Logits, 0, 0});
  } else if (role == "report") {
    if (failed(readReportRow(operand)))
      return failure();
  } else if (role.consume_front("layer:") || role.consume_front("statistic:")) {
    if (!interface.report.empty())
      return function.emitError("the layers of @")
             << kExplainName << " come before the report, found '" << role << "' behind it";
    int64_t offset = interface.layerElements();
    interface.layers.push_back({role.str(), offset, to_vector(shape)});
    results.push_back({&operand, Layers, saliency_float_bytes(offset), 0});
  } else {
    return function.emitError("a result of @")
           << kExplainName
           << " is a map, map2d, logits, target, layer, statistic or report, found the role '"
           << role << "'";
  }
  return success();
}

LogicalResult TensorKernel::read() {
  if (!function.getBody().hasOneBlock())
    return function.emitError("@") << kExplainName << " must have one block";
  auto roleOf = [](Attribute attribute) {
    auto role = dyn_cast_or_null<StringAttr>(attribute);
    return role ? role.getValue() : StringRef("(none)");
  };
  for (BlockArgument argument : function.getArguments())
    if (failed(readArgument(argument,
                            roleOf(function.getArgAttr(argument.getArgNumber(), kRoleAttr)))))
      return failure();
  Operation *terminator = function.getBody().front().getTerminator();
  for (OpOperand &operand : terminator->getOpOperands())
    if (failed(readResult(operand,
                          roleOf(function.getResultAttr(operand.getOperandNumber(), kRoleAttr)))))
      return failure();
  if (!input || interface.classes == 0)
    return function.emitError("@")
           << kExplainName
           << " must have an argument with the role 'input' and a result with "
              "the role 'logits'";
  for (Result &result : results)
    if (result.buffer == Layers)
      result.stride = saliency_float_bytes(interface.layerElements());
  return success();
}

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
