// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//     scf.for %i = %c0 to %c3 {                                  // 3 trips
//       linalg.matmul ins(%a, %b : 4x8, 8x2) outs(%c : 4x2)      // 4 x 8 x 2 points, mulf and addf
//       linalg.generic {exp} ins(%c) outs(%d : 4x2)              // 4 x 2 points, exp
//     }
//   -->  3 x (64 x 2 + 8) = 408 operations, as a counter and, if asked for, a remark
//
//  1. What a call costs: the ops of every body, times the loop's points and the trips around it.
//     Constants and casts are not counted; of two branches the dearer one is, unless the condition
//     is known.
//  2. Of each method that shares the function, what it would cost alone: the ops that its results
//     are computed from. What the methods cost alone, less what they cost together, is saved.
//
// Nothing is changed.
#include "dialect/SaliencyDialect.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Interfaces/CastInterfaces.h"
#include "passes/Counter.h"
#include "passes/to_linalg/Passes.h"

namespace saliency {
#define GEN_PASS_DEF_COUNTARITHMETIC
#include "passes/to_linalg/Passes.h.inc"
} // namespace saliency

using namespace mlir;
using namespace saliency;

/// An integer as it is in a call that gives no tensors beside the input: a dynamic extent, which
/// only such a tensor has, is 0.
static std::optional<int64_t> valueByDefault(Value value) {
  Operation *op = value.getDefiningOp();
  if (!op || !value.getType().isIntOrIndex())
    return std::nullopt;
  if (isa<tensor::DimOp>(op))
    return 0;
  SmallVector<Attribute> operands;
  for (Value operand : op->getOperands()) {
    std::optional<int64_t> known = valueByDefault(operand);
    if (!known)
      return std::nullopt;
    operands.push_back(IntegerAttr::get(operand.getType(), *known));
  }
  SmallVector<OpFoldResult> results;
  if (failed(op->fold(operands, results)) || results.empty())
    return std::nullopt;
  if (auto folded = dyn_cast<Value>(results.front()))
    return valueByDefault(folded);
  auto number = dyn_cast<IntegerAttr>(cast<Attribute>(results.front()));
  return number ? std::optional(number.getValue().getSExtValue()) : std::nullopt;
}

static int64_t countIn(Region &region);

static int64_t pointsOf(linalg::LinalgOp loop) {
  int64_t points = 1;
  for (int64_t extent : loop.getStaticLoopRanges())
    points *= ShapedType::isDynamic(extent) ? 0 : extent;
  return points;
}

/// A loop whose trips are not known counts once.
static int64_t tripsOf(scf::ForOp loop) {
  auto low = valueByDefault(loop.getLowerBound()), high = valueByDefault(loop.getUpperBound()),
       step = valueByDefault(loop.getStep());
  return low && high && step && *step > 0
             ? std::max<int64_t>(0, llvm::divideCeilSigned(*high - *low, *step))
             : 1;
}

static int64_t countOf(Operation &op) {
  if (auto loop = dyn_cast<linalg::LinalgOp>(op))
    return pointsOf(loop) * countIn(op.getRegion(0));
  if (auto loop = dyn_cast<scf::ForOp>(op))
    return tripsOf(loop) * countIn(loop.getRegion());
  if (auto branch = dyn_cast<scf::IfOp>(op)) {
    int64_t taken = countIn(branch.getThenRegion()), other = countIn(branch.getElseRegion());
    std::optional<int64_t> condition = valueByDefault(branch.getCondition());
    return condition ? (*condition ? taken : other) : std::max(taken, other);
  }
  int64_t number = isa_and_present<arith::ArithDialect, math::MathDialect>(op.getDialect()) &&
                   !op.hasTrait<OpTrait::ConstantLike>() && !isa<CastOpInterface>(op);
  for (Region &region : op.getRegions())
    number += countIn(region);
  return number;
}

static int64_t countIn(Region &region) {
  int64_t number = 0;
  for (Operation &op : region.getOps())
    number += countOf(op);
  return number;
}

/// The operations of `block` that `value` is computed from.
static void collectSources(Value value, Block &block, llvm::SetVector<Operation *> &sources) {
  Operation *op = value.getDefiningOp();
  op = op ? block.findAncestorOpInBlock(*op) : nullptr;
  if (!op || !sources.insert(op))
    return;
  op->walk([&](Operation *inner) {
    for (Value operand : inner->getOperands())
      collectSources(operand, block, sources);
  });
}

/// Of each method, what it would cost alone; of several, what they share.
static void countMethods(func::FuncOp function) {
  llvm::MapVector<StringRef, llvm::SetVector<Operation *>> methods;
  Block &block = function.getBody().front();
  for (OpOperand &returned : block.getTerminator()->getOpOperands())
    if (auto method =
            function.getResultAttrOfType<StringAttr>(returned.getOperandNumber(), kMethodAttr))
      collectSources(returned.get(), block, methods[method.getValue()]);
  int64_t alone = 0;
  llvm::SetVector<Operation *> together;
  for (auto &[method, sources] : methods) {
    int64_t number = 0;
    for (Operation *op : sources)
      number += countOf(*op);
    count("count-arithmetic", ("operations of " + method + " alone").str(), number);
    alone += number;
    together.insert_range(sources);
  }
  for (Operation *op : together)
    alone -= countOf(*op);
  if (methods.size() > 1)
    count("count-arithmetic", "operations saved by sharing", alone);
}

namespace {
struct CountArithmetic : saliency::impl::CountArithmeticBase<CountArithmetic> {
  using CountArithmeticBase::CountArithmeticBase;

  void runOnOperation() override {
    for (auto function : getOperation().getOps<func::FuncOp>()) {
      int64_t number = countIn(function.getBody());
      count("count-arithmetic", "operations", number);
      if (remark)
        function.emitRemark("arithmetic operations: ") << number;
      countMethods(function);
    }
    markAllAnalysesPreserved();
  }
};
} // namespace
