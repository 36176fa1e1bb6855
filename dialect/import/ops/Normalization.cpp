// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// BatchNormalization-7, 9, 14, 15, as it acts in inference.
#include "dialect/import/ops/Handlers.h"

using namespace mlir;

namespace saliency {

LogicalResult importBatchNormalization(Node &node) {
  float epsilon = 1e-5f, momentum = 0.9f; // the momentum matters in training only
  bool spatial = true, training = false;
  if (failed(node.read("epsilon", epsilon)) || failed(node.read("momentum", momentum)) ||
      (node.getVersion() < 9 && failed(node.read("spatial", spatial))) ||
      (node.getVersion() >= 14 && failed(node.read("training_mode", training))))
    return failure();
  if (!spatial)
    return node.unsupported() << "statistics are per channel (spatial = 1), found spatial = 0";
  if (training)
    return node.unsupported() << "a network is in inference form (training_mode = 0), found training_mode = 1";
  for (size_t i = 1; i < node.getNumOutputs(); ++i)
    if (node.isUsed(i))
      return node.unsupported() << "a network is in inference form with one output, found output " << i << " in use";

  static constexpr StringRef names[] = {"", "the scale", "the shift", "the mean", "the variance"};
  SmallVector<Value> operands;
  for (size_t i = 0; i < 5; ++i) {
    if (i > 0 && failed(node.getFloatConstant(i, names[i])))
      return failure();
    FailureOr<Value> value = node.getValue(i);
    if (failed(value))
      return failure();
    operands.push_back(*value);
  }
  return node.replaceWith<BatchNormOp>(operands, {node.attr("epsilon", node.getBuilder().getF32FloatAttr(epsilon))});
}

} // namespace saliency
