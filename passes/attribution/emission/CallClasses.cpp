// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/attribution/emission/CallClasses.h"

#include "dialect/LoopOps.h"
#include "dialect/ops/Builders.h"

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

//   %second = arg_max(%logits, without %target)
//   %sum = for_each_class %class in %listed or %second except %target carrying(%a = 0) {
//     %term = body(one_hot %class)
//     yield %a + %term
//   }
FailureOr<Value> CallClasses::sum(OpBuilder &builder, Location loc, RankedTensorType type,
                                  function_ref<FailureOr<Value>(OpBuilder &, Value)> body) const {
  Value second = runnerUp(builder, loc, logits, target);
  auto loop = ForEachClassOp::create(builder, loc, listed, second, target,
                                     ValueRange{buildSplat(builder, loc, type.getShape(), 0)});
  auto inside = OpBuilder::atBlockEnd(loop.getBody());
  FailureOr<Value> term =
      body(inside, OneHotOp::create(inside, loc, loop.getClasses(),
                                    inside.getI64IntegerAttr(shapeOf(logits)[1])));
  Value soFar = loop.getRegionIterArgs().front();
  Value sum = failed(term) ? soFar : arith::AddFOp::create(inside, loc, soFar, *term).getResult();
  YieldOp::create(inside, loc, sum);
  if (failed(term))
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
