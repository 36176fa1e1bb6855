// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Pad-2, 11, 13, 18, 19, 21, 23, 24, 25 with a constant, mirrored, by the border or around;
// negative padding cuts.
#include "dialect/import/Axes.h"
#include "dialect/import/Places.h"
#include "dialect/import/ops/Handlers.h"

using namespace mlir;

namespace saliency {

namespace {
struct Padding {
  SmallVector<int64_t> low, high;
  float value = 0;
};
} // namespace

static LogicalResult readValue(Node &node, float &value) {
  if (node.getVersion() < 11)
    return node.read("value", value);
  if (!node.hasInput(2))
    return success();
  FailureOr<HostTensor> tensor = node.getFloatConstant(2, "the padding's value");
  if (failed(tensor))
    return failure();
  if (tensor->size() != 1)
    return node.badInput() << "the padding's value is one number, found extents "
                           << listText(tensor->getShape());
  value = tensor->at<float>(0);
  return success();
}

static FailureOr<Padding> readPadding(Node &node, int64_t rank) {
  constexpr int64_t kMost = int64_t(1) << 30;
  FailureOr<std::optional<SmallVector<int64_t>>> pads =
      node.getIntsFrom(node.getVersion() < 11, 1, "pads");
  if (failed(pads))
    return failure();
  if (!*pads)
    return node.badInput() << "pads are required, found none";
  SmallVector<int64_t> axes = llvm::to_vector(llvm::seq<int64_t>(rank));
  if (node.getVersion() >= 18 && node.hasInput(3)) {
    FailureOr<SmallVector<int64_t>> requested = node.getInts(3, "axes");
    if (failed(requested) || failed(requested = normalizeAxes(node, *requested, rank)))
      return failure();
    axes = *requested;
  }
  if ((*pads)->size() != 2 * axes.size())
    return node.badInput() << "pads has two entries for each of " << axes.size() << " axes, found "
                           << listText(**pads);
  Padding padding{SmallVector<int64_t>(rank, 0), SmallVector<int64_t>(rank, 0)};
  for (auto [i, axis] : llvm::enumerate(axes)) {
    padding.low[axis] = (**pads)[i];
    padding.high[axis] = (**pads)[axes.size() + i];
    if (std::abs(std::max(padding.low[axis], -kMost - 1)) > kMost ||
        std::abs(std::max(padding.high[axis], -kMost - 1)) > kMost)
      return node.badInput() << "pads lie in [-2^30, 2^30], found " << listText(**pads);
  }
  if (failed(readValue(node, padding.value)))
    return failure();
  return padding;
}

/// The place along an axis of `extent` entries that a padding by `mode` shows at `at`, which lies
/// outside on either side: for 0 1 2, reflect 1 | 0 1 2 | 1, edge 0 | 0 1 2 | 2, wrap 2 | 0 1 2 |
/// 0.
static int64_t placeShown(StringRef mode, int64_t at, int64_t extent) {
  if (mode == "edge")
    return std::clamp<int64_t>(at, 0, extent - 1);
  int64_t period = mode == "wrap" || extent == 1 ? extent : 2 * (extent - 1);
  int64_t place = (at % period + period) % period;
  return place < extent ? place : period - place;
}

/// Padding by entries of the data themselves.
static LogicalResult importShown(Node &node, Value x, const Padding &padding, StringRef mode) {
  constexpr int64_t kMost = int64_t(1) << 24;
  for (auto [axis, extent] : llvm::enumerate(cast<RankedTensorType>(x.getType()).getShape())) {
    SmallVector<int64_t> places;
    int64_t end = extent + padding.high[axis];
    if (end + padding.low[axis] < 1 || end + padding.low[axis] > kMost)
      return node.badInput() << "a padded axis has between 1 and " << kMost << " entries, found "
                             << end + padding.low[axis] << " on axis " << axis;
    for (int64_t at = -padding.low[axis]; at < end; ++at)
      places.push_back(placeShown(mode, at, extent));
    FailureOr<Value> taken = buildTake(node, x, axis, places);
    if (failed(taken))
      return failure();
    x = *taken;
  }
  return finishWith(node, x);
}

LogicalResult importPad(Node &node) {
  std::string mode = "constant";
  FailureOr<Value> x = node.getValue(0);
  if (failed(x) || failed(node.read("mode", mode)))
    return failure();
  if (mode != "constant" && mode != "reflect" && mode != "edge" && mode != "wrap")
    return node.badInput() << "a mode of padding is one that ONNX defines, found '"
                           << printable(mode) << "'";
  SmallVector<int64_t> shape(cast<RankedTensorType>(x->getType()).getShape());
  int64_t rank = shape.size();
  FailureOr<Padding> padding = readPadding(node, rank);
  if (failed(padding))
    return failure();
  if (mode != "constant")
    return importShown(node, *x, *padding, mode);
  Builder &builder = node.getBuilder();

  SmallVector<int64_t> starts(rank, 0), ones(rank, 1), zeros(rank, 0);
  bool cuts = false, grows = false;
  for (int64_t axis = 0; axis != rank; ++axis) {
    int64_t &low = padding->low[axis], &high = padding->high[axis];
    if (low >= 0 && high >= 0) {
      grows |= low > 0 || high > 0;
      continue;
    }
    cuts = true;
    starts[axis] = std::max<int64_t>(-low, 0);
    shape[axis] -= starts[axis] + std::max<int64_t>(-high, 0);
    if (shape[axis] < 1)
      return node.badInput() << "negative padding leaves entries, found " << low << " and " << high
                             << " on axis " << axis;
    low = std::max<int64_t>(low, 0);
    high = std::max<int64_t>(high, 0);
    grows |= low > 0 || high > 0;
  }
  if (cuts) {
    x = node.build<SliceOp>(
        {*x}, {node.attr("starts", starts), node.attr("sizes", shape), node.attr("strides", ones)});
    if (failed(x) || !grows)
      return failed(x) ? failure() : node.setResult(0, *x);
  }
  return node.replaceWith<PadOp>({*x},
                                 {node.attr("low", padding->low), node.attr("high", padding->high),
                                  node.attr("interior", zeros),
                                  node.attr("value", builder.getF32FloatAttr(padding->value))});
}

} // namespace saliency
