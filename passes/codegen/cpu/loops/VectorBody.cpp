// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/codegen/cpu/loops/VectorBody.h"

#include "passes/codegen/cpu/loops/LoopNest.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;

namespace saliency {
namespace {

bool isVectorElement(Type type) { return type.isIntOrIndexOrFloat(); }

bool canVectorise(Operation &op) {
  if (isa<linalg::IndexOp, linalg::YieldOp>(op))
    return true;
  return op.getNumRegions() == 0 && OpTrait::hasElementwiseMappableTraits(&op) &&
         llvm::all_of(op.getOperandTypes(), isVectorElement) &&
         llvm::all_of(op.getResultTypes(), isVectorElement);
}

/// Same operation on vectors as soon as one operand is a vector: what depends
/// on scalars only stays scalar.
Operation *cloneWidened(OpBuilder &b, Operation &op, int64_t width, IRMapping &mapping) {
  bool anyVector = llvm::any_of(op.getOperands(), [&](Value operand) {
    return isa<VectorType>(mapping.lookupOrDefault(operand).getType());
  });
  if (!anyVector)
    return b.clone(op, mapping);
  for (Value operand : op.getOperands())
    mapping.map(operand, broadcast(b, op.getLoc(), mapping.lookupOrDefault(operand), width));
  Operation *copy = b.clone(op, mapping);
  for (Value result : copy->getResults())
    result.setType(VectorType::get({width}, result.getType()));
  return copy;
}

} // namespace

bool hasVectorBody(linalg::GenericOp op) {
  for (Type type : op->getOperandTypes())
    if (auto memref = dyn_cast<MemRefType>(type))
      if (memref.getElementType().isInteger(1))
        return false;
  return llvm::all_of(*op.getBody(), canVectorise);
}

Value broadcast(OpBuilder &b, Location loc, Value value, int64_t width) {
  if (width == 1 || isa<VectorType>(value.getType()))
    return value;
  return vector::BroadcastOp::create(b, loc, VectorType::get({width}, value.getType()), value);
}

SmallVector<Value> emitBody(OpBuilder &b, linalg::GenericOp op, int64_t width, ValueRange arguments,
                            ValueRange indices) {
  Block *body = op.getBody();
  IRMapping mapping;
  for (auto [argument, value] : llvm::zip(body->getArguments(), arguments))
    if (value)
      mapping.map(argument, value);
  for (Operation &inner : body->without_terminator()) {
    if (auto index = dyn_cast<linalg::IndexOp>(inner)) {
      mapping.map(index.getResult(), indices[index.getDim()]);
      continue;
    }
    Operation *copy = cloneWidened(b, inner, width, mapping);
    mapping.map(inner.getResults(), copy->getResults());
  }
  SmallVector<Value> results;
  for (Value yielded : body->getTerminator()->getOperands())
    results.push_back(broadcast(b, op.getLoc(), mapping.lookupOrDefault(yielded), width));
  return results;
}

} // namespace saliency
