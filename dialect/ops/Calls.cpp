// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Checks, shapes and branches of the ops on tensors that a call may leave out.
#include "dialect/LoopOps.h"
#include "dialect/ops/Builders.h"

using namespace mlir;
using namespace saliency;

/// A tensor with a first axis that counts its entries.
static LogicalResult checkGiven(Operation *op, Value given) {
  auto type = cast<RankedTensorType>(given.getType());
  if (type.getRank() > 0)
    return success();
  return op->emitOpError("takes a tensor whose first axis counts its entries, found ") << type;
}

LogicalResult CountGivenOp::verify() { return checkGiven(*this, getGiven()); }

LogicalResult GivenEntryOp::inferReturnTypes(MLIRContext *context, std::optional<Location> loc,
                                             Adaptor adaptor, SmallVectorImpl<Type> &types) {
  auto given = cast<RankedTensorType>(adaptor.getGiven().getType());
  if (given.getRank() == 0 || llvm::any_of(given.getShape().drop_front(), ShapedType::isDynamic))
    return inferError(loc, "an entry has a static shape behind the axis that counts, found ",
                      Type(given));
  SmallVector<int64_t> shape(given.getShape());
  shape[0] = 1;
  types.push_back(f32Tensor(context, shape));
  return success();
}

void IfGivenOp::build(OpBuilder &builder, OperationState &state, Type result, Value given,
                      function_ref<Value(OpBuilder &)> whereGiven,
                      function_ref<Value(OpBuilder &)> otherwise) {
  state.addOperands(given);
  state.addTypes(result);
  OpBuilder::InsertionGuard guard(builder);
  for (auto make : {whereGiven, otherwise}) {
    builder.createBlock(state.addRegion());
    Value value = make(builder);
    YieldOp::create(builder, state.location, value);
  }
}

LogicalResult IfGivenOp::verify() { return checkGiven(*this, getGiven()); }

void IfGivenOp::getSuccessorRegions(RegionBranchPoint point,
                                    SmallVectorImpl<RegionSuccessor> &regions) {
  if (point.isParent()) {
    regions.emplace_back(&getWhereGiven());
    regions.emplace_back(&getOtherwise());
  } else {
    regions.emplace_back(getOperation(), getOperation()->getResults());
  }
}
