// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Relu-6, 13, 14; Sigmoid-6, 13; Tanh-6, 13; LeakyRelu-6, 16; Clip-6, 11, 12, 13; Softmax-1,
// 11, 13.
#include "dialect/import/Axes.h"
#include "dialect/import/ops/Handlers.h"
#include <cfloat>

using namespace mlir;

namespace saliency {

template <typename OpT>
static LogicalResult importUnary(Node &node, ArrayRef<NamedAttribute> attributes = {}) {
  FailureOr<Value> x = node.getValue(0);
  return failed(x) ? failure() : node.replaceWith<OpT>({*x}, attributes);
}

LogicalResult importRelu(Node &node) { return importUnary<ReluOp>(node); }
LogicalResult importSigmoid(Node &node) { return importUnary<SigmoidOp>(node); }
LogicalResult importTanh(Node &node) { return importUnary<TanhOp>(node); }

LogicalResult importLeakyRelu(Node &node) {
  float alpha = 0.01f;
  if (failed(node.read("alpha", alpha)))
    return failure();
  return importUnary<LeakyReluOp>(node,
                                  {node.attr("alpha", node.getBuilder().getF32FloatAttr(alpha))});
}

/// A bound of Clip-11 and later: a constant scalar, or absent.
static LogicalResult readBound(Node &node, size_t i, float &bound) {
  if (!node.hasInput(i))
    return success();
  FailureOr<HostTensor> tensor = node.getFloatConstant(i, "a bound of Clip");
  if (failed(tensor))
    return failure();
  if (tensor->size() != 1)
    return node.badInput() << "a bound of Clip is one number, found extents "
                           << listText(tensor->getShape());
  bound = tensor->at<float>(0);
  return success();
}

LogicalResult importClip(Node &node) {
  float low = -FLT_MAX, high = FLT_MAX;
  if (node.getVersion() < 11) {
    if (failed(node.read("min", low)) || failed(node.read("max", high)))
      return failure();
  } else if (failed(readBound(node, 1, low)) || failed(readBound(node, 2, high))) {
    return failure();
  }
  Builder &builder = node.getBuilder();
  return importUnary<ClipOp>(node, {node.attr("min", builder.getF32FloatAttr(low)),
                                    node.attr("max", builder.getF32FloatAttr(high))});
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
