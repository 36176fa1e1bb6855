// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Shapes, checks and signs of the ops that choose entries at run time.
#include "dialect/LoopOps.h"
#include "dialect/ops/Builders.h"

using namespace mlir;
using namespace saliency;

LogicalResult TableEntryOp::verify() {
  if (!getTable().empty())
    return success();
  return emitOpError("reads a table with a number for each run, found an empty one");
}

LogicalResult FillOp::verify() {
  Type element = cast<RankedTensorType>(getType()).getElementType();
  if (element == getNumber().getType())
    return success();
  return emitOpError("fills a tensor of its number's type ")
         << getNumber().getType() << ", found " << element;
}

LogicalResult GemmAdjointAtOp::inferReturnTypes(MLIRContext *context, std::optional<Location> loc,
                                                Adaptor adaptor, SmallVectorImpl<Type> &types) {
  ArrayRef<int64_t> weight = shapeOf(adaptor.getWeight()), r = shapeOf(adaptor.getR()),
                    index = shapeOf(adaptor.getIndex());
  if (weight.size() != 2 || r.size() != 2 || weight[0] != r[1])
    return inferError(loc, "the weights are outputs x inputs and r is samples x outputs, found ",
                      shapeText(weight), " and ", shapeText(r));
  if (index != r.take_front(1))
    return inferError(loc, "there is one output's number for each sample (", r[0], "), found ",
                      shapeText(index));
  types.push_back(f32Tensor(context, {r[0], weight[1]}));
  return success();
}

Sign FillOp::inferSign(ArrayRef<Sign> operands) { return operands[0]; }
Sign GemmAdjointAtOp::inferSign(ArrayRef<Sign> operands) {
  return (operands[0] * operands[1]).orZero(); // a sample without an output has zeros
}
