// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Conv-1, 11, 22.
#include "dialect/import/Window.h"
#include "dialect/import/ops/Handlers.h"

using namespace mlir;

namespace saliency {

LogicalResult importConv(Node &node) {
  FailureOr<Value> x = node.getValue(0);
  if (failed(x) || failed(node.getFloatConstant(1, "a convolution's weights")))
    return failure();
  ArrayRef<int64_t> shape = cast<RankedTensorType>(x->getType()).getShape(),
                    weight = node.getInput(1)->getShape();
  if (weight.size() != shape.size() || weight.size() < 3)
    return node.badInput() << "a convolution's weights are outputs x channels/groups x kernel, one "
                              "extent per axis of the data, "
                              "found "
                           << listText(weight) << " for data " << listText(shape);
  int64_t groups = 1;
  if (failed(node.read("group", groups)))
    return failure();
  if (groups < 1 || shape[1] % groups != 0)
    return node.badInput() << "group divides the data's channels (" << shape[1] << "), found "
                           << groups;
  FailureOr<WindowAttr> window =
      readWindow(node, shape, weight.drop_front(2), /*hasDilations=*/true);
  if (failed(window))
    return failure();

  SmallVector<Value> operands{*x};
  if (FailureOr<Value> value = node.getValue(1); succeeded(value))
    operands.push_back(*value);
  else
    return failure();
  if (node.hasInput(2)) {
    if (failed(node.getFloatConstant(2, "a convolution's bias")))
      return failure();
    if (ArrayRef<int64_t> bias = node.getInput(2)->getShape(); bias != weight.take_front())
      return node.badInput() << "a convolution's bias has one entry per output channel ("
                             << weight.front() << "), found " << listText(bias);
    FailureOr<Value> bias = node.getValue(2);
    if (failed(bias))
      return failure();
    operands.push_back(*bias);
  }
  return node.replaceWith<ConvOp>(
      operands, {node.attr("window", *window),
                 node.attr("groups", node.getBuilder().getI64IntegerAttr(groups))});
}

} // namespace saliency
