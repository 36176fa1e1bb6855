// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// BatchNormalization-7, 9, 14, 15, as it acts in inference; LayerNormalization-17;
// Softmax-1, 11, 13.
#include "dialect/import/Axes.h"
#include "dialect/import/ConstantFolding.h"
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
    return node.unsupported()
           << "a network is in inference form (training_mode = 0), found training_mode = 1";
  for (size_t i = 1; i < node.getNumOutputs(); ++i)
    if (node.isUsed(i))
      return node.unsupported() << "a network is in inference form with one output, found output "
                                << i << " in use";

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
  return node.replaceWith<BatchNormOp>(
      operands, {node.attr("epsilon", node.getBuilder().getF32FloatAttr(epsilon))});
}

LogicalResult importLayerNormalization(Node &node) {
  float epsilon = 1e-5f;
  int64_t requested = -1,
          stash =
              onnx::TensorProto::FLOAT; // the statistics' type; all are computed in float32 here
  FailureOr<Value> x = node.getValue(0);
  if (failed(x) || failed(node.read("axis", requested)) || failed(node.read("epsilon", epsilon)) ||
      failed(node.read("stash_type", stash)))
    return failure();
  for (size_t i = 1; i < node.getNumOutputs(); ++i)
    if (node.isUsed(i))
      return node.unsupported() << "a layer norm has one output in inference, found output " << i
                                << " in use";
  ArrayRef<int64_t> shape = cast<RankedTensorType>(x->getType()).getShape();
  FailureOr<int64_t> axis = normalizeAxis(node, requested, shape.size());
  if (failed(axis))
    return failure();
  if (*axis == 0)
    return node.unsupported() << "a layer norm keeps the axis of samples, found axis 0";
  ArrayRef<int64_t> normalised = shape.drop_front(*axis);
  SmallVector<Value> operands{*x};
  static constexpr StringRef names[] = {"", "the scale", "the shift"};
  for (size_t i : {1, 2}) {
    float zero = 0;
    FailureOr<HostTensor> parameter = node.hasInput(i)
                                          ? node.getFloatConstant(i, names[i])
                                          : HostTensor::splat(ElementType::F32, normalised, &zero);
    if (failed(parameter))
      return failure();
    bool untouched = node.hasInput(i) && parameter->getShape() == normalised;
    if (!untouched && failed(parameter = broadcastTo(node, *parameter, normalised)))
      return failure();
    FailureOr<Value> value =
        untouched ? node.getValue(i) : node.buildConstant(*parameter, names[i].drop_front(4));
    if (failed(value))
      return failure();
    operands.push_back(*value);
  }
  Builder &builder = node.getBuilder();
  return node.replaceWith<LayerNormOp>(operands,
                                       {node.attr("axis", builder.getI64IntegerAttr(*axis)),
                                        node.attr("epsilon", builder.getF32FloatAttr(epsilon))});
}

/// Softmax before version 13 flattens its data to a matrix at `axis` and normalises the rows. Along
/// one axis that is what later versions do; otherwise the trailing axes are merged, the sample axis
/// kept apart.
LogicalResult importSoftmax(Node &node) {
  FailureOr<Value> x = node.getValue(0);
  if (failed(x))
    return failure();
  bool flattens = node.getVersion() < 13;
  int64_t requested = flattens ? 1 : -1;
  if (failed(node.read("axis", requested)))
    return failure();
  ArrayRef<int64_t> shape = cast<RankedTensorType>(x->getType()).getShape();
  FailureOr<int64_t> axis = normalizeAxis(node, requested, shape.size());
  if (failed(axis))
    return failure();
  Builder &builder = node.getBuilder();
  auto onAxis = [&](int64_t at) { return node.attr("axis", builder.getI64IntegerAttr(at)); };
  bool trailingOnes =
      llvm::all_of(shape.drop_front(*axis + 1), [](int64_t extent) { return extent == 1; });
  if (!flattens || trailingOnes)
    return node.replaceWith<SoftmaxOp>({*x}, {onAxis(*axis)});

  SmallVector<int64_t> merged(shape.take_front(*axis));
  if (merged.empty())
    merged.push_back(1);
  merged.push_back(*elementCount(shape.drop_front(*axis)));
  FailureOr<Value> rows = node.build<ReshapeOp>({*x}, {node.attr("shape", merged)});
  if (failed(rows) || failed(rows = node.build<SoftmaxOp>({*rows}, {onAxis(merged.size() - 1)})))
    return failure();
  return node.replaceWith<ReshapeOp>({*rows}, {node.attr("shape", shape)});
}

} // namespace saliency
