// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/codegen/interface/SharedForward.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Transforms/RegionUtils.h"

using namespace mlir;

namespace saliency {
namespace {

/// Elementwise without transcendental functions, from at most one tensor that
/// is not a constant: keeping its operand alive instead of its result costs
/// nothing.
bool isCheapElementwise(linalg::LinalgOp op) {
  if (op.getNumLoops() != op.getNumParallelLoops())
    return false;
  for (Operation &inner : *op.getBlock())
    if (isa<math::MathDialect>(inner.getDialect()))
      return false;
  unsigned tensors = 0;
  for (OpOperand *input : op.getDpsInputOperands())
    if (!matchPattern(input->get(), m_Constant()))
      ++tensors;
  return tensors <= 1;
}

bool isCheap(Operation &op) {
  if (isa<tensor::EmptyOp, tensor::ExpandShapeOp, tensor::CollapseShapeOp, tensor::CastOp,
          tensor::PadOp, tensor::ExtractSliceOp>(op))
    return true;
  auto linalgOp = dyn_cast<linalg::LinalgOp>(op);
  return linalgOp && isCheapElementwise(linalgOp);
}

bool dependsOn(Operation &op, const DenseSet<Value> &values) {
  bool found = false;
  op.walk([&](Operation *inner) {
    found |=
        llvm::any_of(inner->getOperands(), [&](Value operand) { return values.contains(operand); });
  });
  return found;
}

} // namespace

DenseSet<Operation *> perTargetOperations(Block &block, Value target) {
  DenseSet<Operation *> result;
  DenseSet<Value> dependent;
  if (target)
    dependent.insert(target);
  for (Operation &op : block.without_terminator()) {
    if (!dependsOn(op, dependent))
      continue;
    result.insert(&op);
    dependent.insert(op.result_begin(), op.result_end());
  }
  for (Operation &op : llvm::reverse(block.without_terminator())) {
    if (result.contains(&op) || op.use_empty() || !isCheap(op))
      continue;
    if (llvm::all_of(op.getUsers(), [&](Operation *user) {
          return result.contains(block.findAncestorOpInBlock(*user));
        }))
      result.insert(&op);
  }
  return result;
}

} // namespace saliency
