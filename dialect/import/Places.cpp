// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "dialect/import/Places.h"

using namespace mlir;

namespace saliency {

static ArrayRef<int64_t> shapeOf(Value value) {
  return cast<RankedTensorType>(value.getType()).getShape();
}

/// The distance between neighbours where it is the same for all and above 0, else 0. One place: 1.
static int64_t commonStep(ArrayRef<int64_t> indices) {
  int64_t step = indices.size() > 1 ? indices[1] - indices[0] : 1;
  bool isCommon = indices[0] >= 0 && step > 0;
  for (size_t i = 1; i < indices.size(); ++i)
    isCommon = isCommon && indices[i] - indices[i - 1] == step;
  return isCommon ? step : 0;
}

FailureOr<Value> buildTake(Node &node, Value x, int64_t axis, ArrayRef<int64_t> indices) {
  ArrayRef<int64_t> shape = shapeOf(x);
  if (indices.empty())
    return node.unsupported() << "results have entries, found none along axis " << axis;
  int64_t step = commonStep(indices);
  if (step == 1 && static_cast<int64_t>(indices.size()) == shape[axis])
    return x;
  if (step > 0) {
    SmallVector<int64_t> starts(shape.size(), 0), sizes(shape), strides(shape.size(), 1);
    starts[axis] = indices[0];
    sizes[axis] = indices.size();
    strides[axis] = step;
    return node.build<SliceOp>({x}, {node.attr("starts", starts), node.attr("sizes", sizes),
                                     node.attr("strides", strides)});
  }
  if (axis == 0)
    return node.unsupported() << "samples stay in their order, found axis 0 in another";
  return node.build<TakeOp>({x}, {node.attr("axis", node.getBuilder().getI64IntegerAttr(axis)),
                                  node.attr("indices", indices)});
}

FailureOr<Value> buildReshape(Node &node, Value x, ArrayRef<int64_t> shape) {
  // Of two reshapes in a row the first leaves nothing.
  if (auto before = x.getDefiningOp<ReshapeOp>();
      before && !before->hasAttr(kValueNameAttr) && before->use_empty()) {
    x = before.getX();
    before->erase();
  }
  if (shapeOf(x) == shape)
    return x;
  return node.build<ReshapeOp>({x}, {node.attr("shape", shape)});
}

LogicalResult finishWith(Node &node, Value x) {
  Operation *op = x.getDefiningOp();
  if (!op || op->hasAttr(kValueNameAttr))
    return node.replaceWith<IdentityOp>({x});
  return node.setResult(0, x);
}

} // namespace saliency
