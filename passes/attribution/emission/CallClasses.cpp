// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/attribution/emission/CallClasses.h"

#include "dialect/ops/Builders.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

#include <limits>

using namespace mlir;
using namespace saliency;

/// The highest class but the target.
static Value runnerUp(OpBuilder &builder, Location loc, Value logits, Value target) {
  Value oneHot =
      OneHotOp::create(builder, loc, target, builder.getI64IntegerAttr(shapeOf(logits)[1]));
  Value isTarget = buildCompare(builder, loc, arith::CmpFPredicate::UNE, oneHot,
                                buildSplat(builder, loc, shapeOf(logits), 0));
  Value lowest = buildSplat(builder, loc, shapeOf(logits), -std::numeric_limits<float>::infinity());
  return ArgMaxOp::create(builder, loc,
                          arith::SelectOp::create(builder, loc, isTarget, lowest, logits));
}

static Value splatI64(OpBuilder &builder, Location loc, RankedTensorType type, int64_t value) {
  return arith::ConstantOp::create(builder, loc, DenseElementsAttr::get(type, value));
}

FailureOr<Value> CallClasses::sum(OpBuilder &builder, Location loc, RankedTensorType type,
                                  function_ref<FailureOr<Value>(OpBuilder &, Value)> body) const {
  auto classType = cast<RankedTensorType>(target.getType());
  int64_t samples = classType.getDimSize(0), classes = shapeOf(logits)[1];
  Value second = runnerUp(builder, loc, logits, target);
  Value zero = arith::ConstantIndexOp::create(builder, loc, 0),
        one = arith::ConstantIndexOp::create(builder, loc, 1);
  Value given = tensor::DimOp::create(builder, loc, listed, 0);
  Value none = arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::eq, given, zero);
  Value trips = arith::MaxSIOp::create(builder, loc, given, one);

  LogicalResult result = success();
  auto loop = scf::ForOp::create(
      builder, loc, zero, trips, one, ValueRange{buildSplat(builder, loc, type.getShape(), 0)},
      [&](OpBuilder &inside, Location loc, Value index, ValueRange sums) {
        auto pick = scf::IfOp::create(
            inside, loc, none,
            [&](OpBuilder &b, Location loc) { scf::YieldOp::create(b, loc, second); },
            [&](OpBuilder &b, Location loc) {
              Value row = tensor::ExtractSliceOp::create(
                  b, loc, classType, listed, ArrayRef<OpFoldResult>{index, b.getIndexAttr(0)},
                  ArrayRef<OpFoldResult>{b.getIndexAttr(1), b.getIndexAttr(samples)},
                  ArrayRef<OpFoldResult>{b.getIndexAttr(1), b.getIndexAttr(1)});
              scf::YieldOp::create(b, loc, row);
            });
        Value listedClass = pick.getResult(0);
        Value isTarget =
            arith::CmpIOp::create(inside, loc, arith::CmpIPredicate::eq, listedClass, target);
        Value unused = splatI64(inside, loc, classType, -1);
        Value hostile = arith::SelectOp::create(inside, loc, isTarget, unused, listedClass);
        FailureOr<Value> term =
            body(inside, OneHotOp::create(inside, loc, hostile, inside.getI64IntegerAttr(classes)));
        result = term;
        Value sum = failed(term)
                        ? sums.front()
                        : arith::AddFOp::create(inside, loc, sums.front(), *term).getResult();
        scf::YieldOp::create(inside, loc, sum);
      });
  if (failed(result))
    return failure();
  return loop.getResult(0);
}

FailureOr<Value> CallClasses::count(OpBuilder &builder, Location loc) const {
  auto type = f32Tensor(builder.getContext(), {shapeOf(target)[0], 1});
  return sum(builder, loc, type, [&](OpBuilder &inside, Value oneHot) -> FailureOr<Value> {
    return ReduceOp::create(inside, loc, oneHot,
                            ReductionAttr::get(inside.getContext(), Reduction::Sum),
                            inside.getDenseI64ArrayAttr({1}))
        .getResult();
  });
}
