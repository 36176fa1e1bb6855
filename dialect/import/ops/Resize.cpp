// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Resize-10, 11, 13, 18, 19 and Upsample-7, 9, 10 to the nearest neighbour, where every entry is
// repeated equally often: the enlargements of feature pyramids.
#include "dialect/import/Axes.h"
#include "dialect/import/ops/Handlers.h"
#include <cmath>

using namespace mlir;

namespace saliency {

namespace {
/// What decides from which entry along one axis each entry of the result is taken.
struct Sampling {
  std::string coordinates = "half_pixel", rounding = "round_prefer_floor";

  /// The coordinate in the data of entry `o` of `to`, which `scale` made of `from`.
  double coordinateOf(int64_t o, int64_t from, int64_t to, double scale) const {
    if (coordinates == "align_corners")
      return to == 1 ? 0
                     : static_cast<double>(o) * static_cast<double>(from - 1) /
                           static_cast<double>(to - 1);
    if (coordinates == "asymmetric")
      return static_cast<double>(o) / scale;
    if (coordinates == "tf_half_pixel_for_nn")
      return (static_cast<double>(o) + 0.5) / scale;
    if (coordinates == "pytorch_half_pixel" && to == 1)
      return 0;
    double halfPixel = (static_cast<double>(o) + 0.5) / scale - 0.5;
    if (coordinates ==
        "half_pixel_symmetric") // around the centre that the unrounded extent would have
      return halfPixel + static_cast<double>(from) / 2 *
                             (1 - static_cast<double>(to) / (scale * static_cast<double>(from)));
    return halfPixel;
  }
  int64_t entryFor(int64_t o, int64_t from, int64_t to, double scale) const {
    double at = coordinateOf(o, from, to, scale);
    double entry = rounding == "floor"               ? std::floor(at)
                   : rounding == "ceil"              ? std::ceil(at)
                   : rounding == "round_prefer_ceil" ? std::floor(at + 0.5)
                                                     : std::ceil(at - 0.5);
    return static_cast<int64_t>(std::clamp(entry, 0.0, static_cast<double>(from - 1)));
  }
};

/// One axis of a request: how long it becomes, and by what scale.
struct Enlargement {
  int64_t to;
  double scale = 1;
};
} // namespace

static LogicalResult readSampling(Node &node, Sampling &sampling) {
  bool excludesOutside = false;
  float coefficient = 0, outside = 0;
  if (node.getVersion() >= 11 &&
      (failed(node.read("coordinate_transformation_mode", sampling.coordinates)) ||
       failed(node.read("nearest_mode", sampling.rounding)) ||
       failed(node.read("cubic_coeff_a", coefficient)) ||
       failed(node.read("exclude_outside", excludesOutside)) ||
       failed(node.read("extrapolation_value", outside))))
    return failure();
  if (node.getVersion() < 11)
    sampling = {"asymmetric", "floor"};
  bool antialias = false; // changes nothing where entries are repeated
  if (node.getVersion() >= 18 && failed(node.read("antialias", antialias)))
    return failure();
  if (sampling.coordinates == "tf_crop_and_resize")
    return node.unsupported() << "a map is resized as a whole, found "
                                 "coordinate_transformation_mode 'tf_crop_and_resize'";
  auto known = [](StringRef name, ArrayRef<StringRef> names) {
    return llvm::is_contained(names, name);
  };
  if (!known(sampling.coordinates, {"half_pixel", "half_pixel_symmetric", "pytorch_half_pixel",
                                    "align_corners", "asymmetric", "tf_half_pixel_for_nn"}))
    return node.badInput() << "a coordinate_transformation_mode is one that ONNX defines, found '"
                           << printable(sampling.coordinates) << "'";
  if (!known(sampling.rounding, {"round_prefer_floor", "round_prefer_ceil", "floor", "ceil"}))
    return node.badInput() << "a nearest_mode is one that ONNX defines, found '"
                           << printable(sampling.rounding) << "'";
  return success();
}

static FailureOr<SmallVector<Enlargement>>
fromScales(Node &node, ArrayRef<int64_t> shape, ArrayRef<int64_t> axes, ArrayRef<float> scales) {
  constexpr double kMost = 1 << 20;
  if (scales.size() != axes.size())
    return node.badInput() << "a resize has a scale for each of " << axes.size() << " axes, found "
                           << scales.size();
  SmallVector<Enlargement> result =
      llvm::map_to_vector(shape, [](int64_t extent) { return Enlargement{extent}; });
  for (auto [axis, scale] : llvm::zip_equal(axes, scales)) {
    if (!(scale > 0) || scale > kMost)
      return node.badInput() << "scales lie in (0, 2^20], found " << scale << " on axis " << axis;
    result[axis] = {static_cast<int64_t>(std::floor(static_cast<double>(shape[axis]) * scale)),
                    scale};
  }
  return result;
}

static FailureOr<SmallVector<Enlargement>>
fromSizes(Node &node, ArrayRef<int64_t> shape, ArrayRef<int64_t> axes, ArrayRef<int64_t> sizes) {
  std::string policy = "stretch";
  if (node.getVersion() >= 18 && failed(node.read("keep_aspect_ratio_policy", policy)))
    return failure();
  if (policy != "stretch")
    return node.unsupported()
           << "a map is resized to sizes that are given, found keep_aspect_ratio_policy '"
           << printable(policy) << "'";
  if (sizes.size() != axes.size())
    return node.badInput() << "a resize has a size for each of " << axes.size() << " axes, found "
                           << sizes.size();
  SmallVector<Enlargement> result =
      llvm::map_to_vector(shape, [](int64_t extent) { return Enlargement{extent}; });
  for (auto [axis, size] : llvm::zip_equal(axes, sizes)) {
    if (size < 1)
      return node.badInput() << "sizes are at least 1, found " << size << " on axis " << axis;
    result[axis] = {size, static_cast<double>(size) / static_cast<double>(shape[axis])};
  }
  return result;
}

/// By scales: an attribute (Upsample-7), input 1 (before Resize-11) or input 2; or by sizes,
/// input 3.
static FailureOr<SmallVector<Enlargement>>
readEnlargements(Node &node, ArrayRef<int64_t> shape, bool scalesAreAttribute, size_t scalesInput) {
  SmallVector<int64_t> axes = llvm::to_vector(llvm::seq<int64_t>(shape.size()));
  std::optional<SmallVector<int64_t>> requested;
  if (!scalesAreAttribute && node.getVersion() >= 18 && failed(node.read("axes", requested)))
    return failure();
  if (requested) {
    FailureOr<SmallVector<int64_t>> normal = normalizeAxes(node, *requested, shape.size());
    if (failed(normal))
      return failure();
    axes = *normal;
  }
  if (scalesAreAttribute) {
    std::optional<SmallVector<float>> scales;
    if (failed(node.read("scales", scales)))
      return failure();
    return fromScales(node, shape, axes, scales.value_or(SmallVector<float>()));
  }
  if (node.hasInput(scalesInput)) {
    FailureOr<HostTensor> tensor = node.getFloatConstant(scalesInput, "the scales");
    if (failed(tensor))
      return failure();
    SmallVector<float> scales;
    for (int64_t i = 0; i < std::min<int64_t>(tensor->size(), axes.size() + 1); ++i)
      scales.push_back(tensor->at<float>(i));
    if (!scales.empty()) // an empty list stands for none
      return fromScales(node, shape, axes, scales);
  }
  if (scalesInput != 2 || !node.hasInput(3))
    return node.badInput() << "a resize has scales or sizes, found neither";
  FailureOr<SmallVector<int64_t>> sizes = node.getInts(3, "the sizes");
  if (failed(sizes))
    return failure();
  return fromSizes(node, shape, axes, *sizes);
}

static LogicalResult importEnlargement(Node &node, bool scalesAreAttribute, size_t scalesInput,
                                       bool isUpsample) {
  std::string mode = "nearest";
  FailureOr<Value> x = node.getValue(0);
  Sampling sampling;
  if (failed(x) || failed(node.read("mode", mode)))
    return failure();
  if (isUpsample)
    sampling = {"asymmetric", "floor"};
  else if (failed(readSampling(node, sampling)))
    return failure();
  ArrayRef<int64_t> shape = cast<RankedTensorType>(x->getType()).getShape();
  FailureOr<SmallVector<Enlargement>> axes =
      readEnlargements(node, shape, scalesAreAttribute, scalesInput);
  if (failed(axes))
    return failure();
  if (mode != "nearest" && mode != "linear" && mode != "cubic")
    return node.badInput() << "a mode of resizing is one that ONNX defines, found '"
                           << printable(mode) << "'";
  SmallVector<int64_t> factors;
  for (auto [axis, enlargement] : llvm::enumerate(*axes)) {
    int64_t from = shape[axis], to = enlargement.to;
    if (axis < 2 && to != from)
      return node.unsupported() << "spatial axes are resized, found axis " << axis << " from "
                                << from << " to " << to;
    int64_t factor = to / from;
    bool isLeft = enlargement.scale == 1;
    bool repeats =
        isLeft || (to % from == 0 && factor > 0 && mode == "nearest" && to <= int64_t(1) << 20);
    for (int64_t o = 0; repeats && !isLeft && o != to; ++o)
      repeats = sampling.entryFor(o, from, to, enlargement.scale) == o / factor;
    if (!repeats)
      return node.unsupported() << "resizing repeats every entry equally often, found " << from
                                << " to " << to << " on axis " << axis << " with scale "
                                << enlargement.scale << " by mode '" << mode << "', "
                                << sampling.coordinates << ", " << sampling.rounding;
    if (axis >= 2)
      factors.push_back(factor);
  }
  if (llvm::all_of(factors, [](int64_t factor) { return factor == 1; }))
    return node.replaceWith<IdentityOp>({*x});
  return node.replaceWith<UpsampleOp>({*x}, {node.attr("factors", factors)});
}

LogicalResult importResize(Node &node) {
  return importEnlargement(node, /*scalesAreAttribute=*/false, node.getVersion() >= 11 ? 2 : 1,
                           /*isUpsample=*/false);
}

LogicalResult importUpsample(Node &node) {
  if (node.getVersion() >= 10)
    return node.badInput() << "Upsample ends with opset 9, Resize takes its place";
  return importEnlargement(node, node.getVersion() < 9, 1, /*isUpsample=*/true);
}

} // namespace saliency
