// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// BatchNormalization-7, 9, 14, 15, as it acts in inference; LayerNormalization-17;
// InstanceNormalization-1, 6, 22; GroupNormalization-18, 21; RMSNormalization-23;
// LpNormalization-1, 22; MeanVarianceNormalization-9, 13; Softmax-1, 11, 13.
#include "dialect/import/Axes.h"
#include "dialect/import/Composer.h"
#include "dialect/import/ConstantFolding.h"
#include "dialect/import/ops/Handlers.h"

#include <cmath>

using namespace mlir;

namespace saliency {

/// A batch norm of constants, as networks that standardise their weights have it: in training form
/// by the statistics of each channel of the data themselves.
static LogicalResult foldBatchNormalization(Node &node, float epsilon, bool training) {
  FailureOr<HostTensor> x = node.getFloatConstant(0, "the data");
  if (failed(x))
    return failure();
  SmallVector<HostTensor> parameters; // scale, shift, mean, variance
  ArrayRef<int64_t> shape = x->getShape();
  int64_t channels = shape.size() < 2 ? 0 : shape[1], samples = channels ? shape[0] : 0;
  for (size_t i = 1; i < 5; ++i) {
    FailureOr<HostTensor> tensor = node.getFloatConstant(i, "a parameter");
    if (failed(tensor))
      return failure();
    if (tensor->getRank() != 1 || tensor->size() != channels)
      return node.badInput() << "a parameter has one entry for each of " << channels
                             << " channels, found extents " << listText(tensor->getShape());
    parameters.push_back(*tensor);
  }
  FailureOr<HostTensor> y = node.allocate(ElementType::F32, shape);
  if (failed(y))
    return failure();
  int64_t cells = channels ? *elementCount(shape.drop_front(2)) : 0;
  for (int64_t channel = 0; channel != channels; ++channel) {
    auto forEach = [&](auto visit) {
      for (int64_t sample = 0; sample != samples; ++sample)
        for (int64_t cell = 0; cell != cells; ++cell)
          visit((sample * channels + channel) * cells + cell);
    };
    double mean = parameters[2].at<float>(channel), variance = parameters[3].at<float>(channel),
           count = static_cast<double>(samples * cells);
    if (training) {
      mean = variance = 0;
      forEach([&](int64_t at) { mean += x->at<float>(at) / count; });
      forEach([&](int64_t at) {
        variance += (x->at<float>(at) - mean) * (x->at<float>(at) - mean) / count;
      });
    }
    double scale = parameters[0].at<float>(channel) / std::sqrt(variance + epsilon),
           shift = parameters[1].at<float>(channel);
    forEach([&](int64_t at) {
      y->data<float>()[at] = static_cast<float>((x->at<float>(at) - mean) * scale + shift);
    });
  }
  return node.setResult(0, *y);
}

LogicalResult importBatchNormalization(Node &node) {
  float epsilon = 1e-5f, momentum = 0.9f; // the momentum matters in training only
  bool spatial = true, training = false;
  if (failed(node.read("epsilon", epsilon)) || failed(node.read("momentum", momentum)) ||
      (node.getVersion() < 9 && failed(node.read("spatial", spatial))) ||
      (node.getVersion() >= 14 && failed(node.read("training_mode", training))))
    return failure();
  bool isConstant = node.allConstant();
  if (!spatial)
    return node.unsupported() << "statistics are per channel (spatial = 1), found spatial = 0";
  if (training && !isConstant)
    return node.unsupported()
           << "a network is in inference form (training_mode = 0), found training_mode = 1";
  // Before version 14 the form says what is meant: with more than one output, statistics are those
  // of the data. Outputs without a name, and the two of version 14 that nobody reads, say nothing.
  for (size_t i = 1; i < node.getNumOutputs(); ++i)
    if (node.isUsed(i) || (node.getVersion() < 14 && node.isNamed(i)))
      return node.unsupported() << "a network is in inference form with one output, found output "
                                << i << (node.isUsed(i) ? " in use" : "");

  if (isConstant)
    return foldBatchNormalization(node, epsilon, training);
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

//===------------------------------------------------------------------------------------------===//
// Norms by statistics of the data, made of a layer norm
//===------------------------------------------------------------------------------------------===//

/// A constant vector of `count` entries as count x 1 x ..., so that it meets the channels of data
/// of `rank` axes.
static Value perChannel(Node &node, Composer &c, size_t input, StringRef what, int64_t count,
                        size_t rank) {
  FailureOr<HostTensor> tensor = node.getFloatConstant(input, what);
  if (failed(tensor))
    return {};
  if (tensor->getRank() != 1 || tensor->size() != count) {
    (void)(node.badInput() << what << " has one entry for each of " << count
                           << " channels, found extents " << listText(tensor->getShape()));
    return {};
  }
  SmallVector<int64_t> shape(rank - 1, 1);
  shape[0] = count;
  return node.buildConstant(tensor->reshaped(shape), node.getInputName(input));
}

/// (x - mean) / sqrt(variance + epsilon) over the axes from `axis` on.
static Value normalised(Node &node, Composer &c, Value x, int64_t axis, float epsilon) {
  if (!x)
    return x;
  ArrayRef<int64_t> extents =
      cast<RankedTensorType>(x.getType()).getShape().drop_front(static_cast<size_t>(axis));
  float one = 1, zero = 0;
  return c.make<LayerNormOp>(
      {x, node.buildConstant(HostTensor::splat(ElementType::F32, extents, &one), "one"),
       node.buildConstant(HostTensor::splat(ElementType::F32, extents, &zero), "zero")},
      {node.attr("axis", node.getBuilder().getI64IntegerAttr(axis)), c.attr("epsilon", epsilon)});
}

/// scale x + shift by channel, the parameters being inputs 1 and 2 with `count` entries each; a
/// group's entry is repeated for its channels.
static Value scaledByChannel(Node &node, Composer &c, Value x, int64_t count) {
  if (!x)
    return x;
  ArrayRef<int64_t> shape = cast<RankedTensorType>(x.getType()).getShape();
  Value scale = perChannel(node, c, 1, "the scale", count, shape.size()),
        shift = scale ? perChannel(node, c, 2, "the shift", count, shape.size()) : scale;
  return c.make<AddOp>({c.make<MulOp>({x, scale}), shift});
}

static LogicalResult checkMap(Node &node, ArrayRef<int64_t> shape) {
  if (shape.size() < 3)
    return node.badInput() << "the data is samples x channels x spatial, found extents "
                           << listText(shape);
  return success();
}

LogicalResult importInstanceNormalization(Node &node) {
  float epsilon = 1e-5f;
  FailureOr<Value> x = node.getValue(0);
  if (failed(x) || failed(node.read("epsilon", epsilon)))
    return failure();
  ArrayRef<int64_t> shape = cast<RankedTensorType>(x->getType()).getShape();
  if (failed(checkMap(node, shape)))
    return failure();
  Composer c(node);
  return c.finish(scaledByChannel(node, c, normalised(node, c, *x, 2, epsilon), shape[1]));
}

/// The channels of a group and their cells become one axis, which a layer norm normalises. The
/// parameters are by group in version 18, by channel since.
LogicalResult importGroupNormalization(Node &node) {
  float epsilon = 1e-5f;
  int64_t groups = 0, stash = onnx::TensorProto::FLOAT;
  FailureOr<Value> x = node.getValue(0);
  bool byGroup = node.getVersion() < 21;
  if (failed(x) || failed(node.read("epsilon", epsilon)) ||
      failed(node.read("num_groups", groups)) ||
      (!byGroup && failed(node.read("stash_type", stash))))
    return failure();
  SmallVector<int64_t> shape(cast<RankedTensorType>(x->getType()).getShape());
  if (failed(checkMap(node, shape)))
    return failure();
  if (groups < 1 || shape[1] % groups != 0)
    return node.badInput() << "num_groups divides the data's channels (" << shape[1] << "), found "
                           << groups;
  Composer c(node);
  SmallVector<int64_t> apart{shape[0], groups, shape[1] / groups};
  llvm::append_range(apart, ArrayRef<int64_t>(shape).drop_front(2));
  Value y = normalised(node, c, c.reshape(*x, apart), 2, epsilon);
  if (byGroup)
    y = scaledByChannel(node, c, y, groups);
  y = c.reshape(y, shape);
  return c.finish(byGroup ? y : scaledByChannel(node, c, y, shape[1]));
}

/// x / sqrt(mean(x^2) + epsilon) times the scale, over the axes from `axis` on.
LogicalResult importRMSNormalization(Node &node) {
  float epsilon = 1e-5f;
  int64_t requested = -1, stash = onnx::TensorProto::FLOAT;
  FailureOr<Value> x = node.getValue(0), scale = failure();
  if (failed(x) || failed(node.read("axis", requested)) || failed(node.read("epsilon", epsilon)) ||
      failed(node.read("stash_type", stash)) || failed(scale = node.getValue(1)))
    return failure();
  int64_t rank = cast<RankedTensorType>(x->getType()).getRank();
  FailureOr<int64_t> axis = normalizeAxis(node, requested, rank);
  if (failed(axis))
    return failure();
  Composer c(node);
  Value mean = c.mean(c.power(*x, 2), llvm::to_vector(llvm::seq<int64_t>(*axis, rank)));
  Value y = c.make<DivOp>({*x, c.power(c.plus(mean, epsilon), 0.5)});
  return c.finish(c.make<MulOp>({y, *scale}));
}

LogicalResult importLpNormalization(Node &node) {
  int64_t requested = -1, p = 2;
  FailureOr<Value> x = node.getValue(0);
  if (failed(x) || failed(node.read("axis", requested)) || failed(node.read("p", p)))
    return failure();
  FailureOr<int64_t> axis =
      normalizeAxis(node, requested, cast<RankedTensorType>(x->getType()).getRank());
  if (failed(axis))
    return failure();
  if (p != 1 && p != 2)
    return node.badInput() << "a norm's order p is 1 or 2, found " << p;
  Composer c(node);
  Value norm =
      p == 1 ? c.sum(c.make<AbsOp>({*x}), {*axis}) : c.power(c.sum(c.power(*x, 2), {*axis}), 0.5);
  return c.finish(c.make<DivOp>({*x, norm}));
}

/// (x - mean) / (deviation + 1e-9), as the operator's definition has it. Over the samples, too,
/// where there is only one.
LogicalResult importMeanVarianceNormalization(Node &node) {
  std::optional<SmallVector<int64_t>> requested;
  FailureOr<Value> x = node.getValue(0);
  if (failed(x) || failed(node.read("axes", requested)))
    return failure();
  ArrayRef<int64_t> shape = cast<RankedTensorType>(x->getType()).getShape();
  FailureOr<SmallVector<int64_t>> axes =
      normalizeAxes(node, requested.value_or(SmallVector<int64_t>{0, 2, 3}), shape.size());
  if (failed(axes))
    return failure();
  llvm::sort(*axes);
  if (!axes->empty() && axes->front() == 0 && shape[0] == 1)
    axes->erase(axes->begin());
  Composer c(node);
  Value centred = c.make<SubOp>({*x, c.mean(*x, *axes)});
  Value deviation = c.power(c.mean(c.power(centred, 2), *axes), 0.5);
  return c.finish(c.make<DivOp>({centred, c.plus(deviation, 1e-9)}));
}

//===------------------------------------------------------------------------------------------===//
// Softmax
//===------------------------------------------------------------------------------------------===//

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
