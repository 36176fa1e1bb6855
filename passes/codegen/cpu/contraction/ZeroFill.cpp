// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/codegen/cpu/contraction/ZeroFill.h"

#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/IR/Matchers.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"
#include "mlir/Interfaces/ViewLikeInterface.h"

using namespace mlir;

namespace saliency::contraction {
namespace {

/// The value that owns the memory, through views of any kind.
Value storage(Value value) {
  while (auto view = value.getDefiningOp<ViewLikeOpInterface>())
    value = view.getViewSource();
  return value;
}

/// Bytes [begin, end) of a memref.view with constant shift, looking through
/// other views on the way to it.
struct Window {
  Value buffer;
  int64_t begin, end;
};
std::optional<Window> window(Value value) {
  while (auto view = value.getDefiningOp<ViewLikeOpInterface>()) {
    auto typed = dyn_cast<memref::ViewOp>(view.getOperation());
    if (!typed) {
      value = view.getViewSource();
      continue;
    }
    APInt shift;
    if (!typed.getType().hasStaticShape() ||
        !matchPattern(typed.getByteShift(), m_ConstantInt(&shift)))
      return std::nullopt;
    int64_t begin = shift.getSExtValue();
    int64_t bytes = typed.getType().getNumElements() * typed.getType().getElementTypeBitWidth() / 8;
    return Window{typed.getSource(), begin, begin + bytes};
  }
  return std::nullopt;
}

bool isAllocation(Value value) {
  return isa_and_nonnull<memref::AllocOp, memref::AllocaOp>(value.getDefiningOp());
}

/// The memref whose elements, all of them, a chain of reshapes shows.
Value unshaped(Value value) {
  while (Operation *def = value.getDefiningOp()) {
    if (!isa<memref::ExpandShapeOp, memref::CollapseShapeOp>(def))
      break;
    value = def->getOperand(0);
  }
  return value;
}

/// Whether two memrefs certainly share no byte.
bool disjoint(Value a, Value b) {
  std::optional<Window> x = window(a), y = window(b);
  if (x && y && x->buffer == y->buffer)
    return x->end <= y->begin || y->end <= x->begin;
  Value first = storage(a), second = storage(b);
  if (first == second)
    return false;
  return isAllocation(first) || isAllocation(second);
}

bool touches(Operation *op, Value memref) {
  if (isMemoryEffectFree(op))
    return false;
  if (!isa<linalg::LinalgOp, memref::CopyOp>(op))
    return true;
  return llvm::any_of(op->getOperands(), [&](Value operand) {
    return isa<MemRefType>(operand.getType()) && !disjoint(operand, memref);
  });
}

} // namespace

linalg::FillOp findZeroFill(Operation *op, Value memref) {
  for (Operation *before = op->getPrevNode(); before; before = before->getPrevNode()) {
    if (auto fill = dyn_cast<linalg::FillOp>(before);
        fill && unshaped(fill.getOutputs()[0]) == unshaped(memref))
      return matchPattern(fill.getInputs()[0], m_PosZeroFloat()) ? fill : nullptr;
    if (touches(before, memref))
      return nullptr;
  }
  return nullptr;
}

} // namespace saliency::contraction
