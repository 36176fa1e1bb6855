// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Resize-10, 11, 13, 18, 19 and Upsample-7, 9, 10. Along each axis an entry of the result is one
// entry of the data (nearest) or a weighted sum of neighbours (linear, cubic, with or without a
// filter against aliasing); places and weights are known while the model is read.
#include "dialect/import/Axes.h"
#include "dialect/import/Composer.h"
#include "dialect/import/Places.h"
#include "dialect/import/ops/Handlers.h"
#include <cmath>

using namespace mlir;

namespace saliency {

namespace {
/// How coordinates of the result become coordinates of the data, and entries there.
struct Sampling {
  std::string coordinates = "half_pixel", rounding = "round_prefer_floor", mode = "nearest";
  bool excludesOutside = false, antialias = false;
  float cubicCoefficient = -0.75f, outside = 0;
  SmallVector<float> region; ///< of tf_crop_and_resize: starts, then ends, by axis

  /// The coordinate in the data of entry `o` of `to`, which `scale` made of `from`, on `axis`.
  double coordinateOf(int64_t o, int64_t from, int64_t to, double scale, size_t axis) const {
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
    if (coordinates == "tf_crop_and_resize") {
      double start = region[axis], end = region[region.size() / 2 + axis],
             last = static_cast<double>(from - 1);
      return to == 1 ? 0.5 * (start + end) * last
                     : start * last + static_cast<double>(o) * (end - start) * last /
                                          static_cast<double>(to - 1);
    }
    double halfPixel = (static_cast<double>(o) + 0.5) / scale - 0.5;
    if (coordinates ==
        "half_pixel_symmetric") // around the centre that the unrounded extent would have
      return halfPixel + static_cast<double>(from) / 2 *
                             (1 - static_cast<double>(to) / (scale * static_cast<double>(from)));
    return halfPixel;
  }
  /// Outside of the data, which only tf_crop_and_resize fills with a number of its own.
  bool isOutside(double at, int64_t from) const {
    return coordinates == "tf_crop_and_resize" && (at < 0 || at > static_cast<double>(from - 1));
  }
  int64_t nearest(double at, int64_t from) const {
    double entry = rounding == "floor"               ? std::floor(at)
                   : rounding == "ceil"              ? std::ceil(at)
                   : rounding == "round_prefer_ceil" ? std::floor(at + 0.5)
                                                     : std::ceil(at - 0.5);
    return static_cast<int64_t>(std::clamp(entry, 0.0, static_cast<double>(from - 1)));
  }
  /// The weight of an entry `distance` away: a triangle, or Keys' cubic (IEEE ASSP 29, 1981).
  double kernel(double distance) const {
    double d = std::abs(distance), a = cubicCoefficient;
    if (mode == "linear")
      return std::max(0.0, 1 - d);
    return d < 1   ? ((a + 2) * d - (a + 3)) * d * d + 1
           : d < 2 ? ((a * d - 5 * a) * d + 8 * a) * d - 4 * a
                   : 0;
  }
};

/// One axis of a request: how long it becomes, and by what scale.
struct Enlargement {
  int64_t to;
  double scale = 1;
};
} // namespace

static LogicalResult readSampling(Node &node, size_t rank, Sampling &sampling) {
  if (node.getVersion() >= 11 &&
      (failed(node.read("coordinate_transformation_mode", sampling.coordinates)) ||
       failed(node.read("nearest_mode", sampling.rounding)) ||
       failed(node.read("cubic_coeff_a", sampling.cubicCoefficient)) ||
       failed(node.read("exclude_outside", sampling.excludesOutside)) ||
       failed(node.read("extrapolation_value", sampling.outside))))
    return failure();
  if (node.getVersion() < 11) {
    sampling.coordinates = "asymmetric";
    sampling.rounding = "floor";
  }
  if (node.getVersion() >= 18 && failed(node.read("antialias", sampling.antialias)))
    return failure();
  auto known = [](StringRef name, ArrayRef<StringRef> names) {
    return llvm::is_contained(names, name);
  };
  if (!known(sampling.coordinates,
             {"half_pixel", "half_pixel_symmetric", "pytorch_half_pixel", "align_corners",
              "asymmetric", "tf_half_pixel_for_nn", "tf_crop_and_resize"}))
    return node.badInput() << "a coordinate_transformation_mode is one that ONNX defines, found '"
                           << printable(sampling.coordinates) << "'";
  if (!known(sampling.rounding, {"round_prefer_floor", "round_prefer_ceil", "floor", "ceil"}))
    return node.badInput() << "a nearest_mode is one that ONNX defines, found '"
                           << printable(sampling.rounding) << "'";
  if (sampling.coordinates != "tf_crop_and_resize")
    return success();
  FailureOr<HostTensor> region = node.getFloatConstant(1, "the region");
  if (failed(region))
    return failure();
  if (region->size() != static_cast<int64_t>(2 * rank))
    return node.badInput() << "a region has a start and an end for each of " << rank
                           << " axes, found extents " << listText(region->getShape());
  for (int64_t i = 0; i != region->size(); ++i)
    sampling.region.push_back(region->at<float>(i));
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
  if (policy != "stretch" && policy != "not_larger" && policy != "not_smaller")
    return node.badInput() << "a keep_aspect_ratio_policy is one that ONNX defines, found '"
                           << printable(policy) << "'";
  if (sizes.size() != axes.size())
    return node.badInput() << "a resize has a size for each of " << axes.size() << " axes, found "
                           << sizes.size();
  SmallVector<Enlargement> result =
      llvm::map_to_vector(shape, [](int64_t extent) { return Enlargement{extent}; });
  SmallVector<double> scales;
  for (auto [axis, size] : llvm::zip_equal(axes, sizes)) {
    if (size < 1 || size > int64_t(1) << 30)
      return node.badInput() << "sizes lie in [1, 2^30], found " << size << " on axis " << axis;
    scales.push_back(static_cast<double>(size) / static_cast<double>(shape[axis]));
    result[axis] = {size, scales.back()};
  }
  if (policy == "stretch" || scales.empty())
    return result;
  double common = policy == "not_larger" ? *llvm::min_element(scales) : *llvm::max_element(scales);
  for (int64_t axis : axes) // one scale for all axes, extents rounded half up
    result[axis] = {static_cast<int64_t>(std::floor(common * shape[axis] + 0.5)), common};
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

//===------------------------------------------------------------------------------------------===//
// One axis
//===------------------------------------------------------------------------------------------===//

/// Entry `o` of a resampled axis is the sum of these entries of the data by these weights.
using Neighbours = SmallVector<std::pair<int64_t, double>>;

/// The neighbours of `at` and their weights, which add up to 1. A filter against aliasing is as
/// much wider as the data is denser than the result (`scale` < 1). Entries beyond the border are
/// those at the border, or, with exclude_outside, not counted.
static Neighbours neighboursOf(const Sampling &sampling, double at, int64_t from, double scale) {
  double dense = sampling.antialias ? std::min(scale, 1.0) : 1.0,
         reach = (sampling.mode == "linear" ? 1 : 2) / dense, sum = 0;
  Neighbours neighbours;
  for (double place = std::floor(at - reach); place <= std::ceil(at + reach); ++place) {
    double weight = sampling.kernel((place - at) * dense);
    bool isInside = place >= 0 && place < static_cast<double>(from);
    if (weight == 0 || (sampling.excludesOutside && !isInside))
      continue;
    sum += weight;
    auto entry = static_cast<int64_t>(std::clamp(place, 0.0, static_cast<double>(from - 1)));
    if (!neighbours.empty() && neighbours.back().first == entry)
      neighbours.back().second += weight; // beyond the border
    else
      neighbours.emplace_back(entry, weight);
  }
  for (auto &[place, weight] : neighbours)
    weight /= sum;
  return neighbours;
}

/// x along `axis` of `from` entries made `resize.to` long, by weighted sums.
static FailureOr<Value> buildSums(Node &node, Value x, int64_t axis, const Sampling &sampling,
                                  const Enlargement &resize) {
  int64_t from = cast<RankedTensorType>(x.getType()).getDimSize(axis), to = resize.to;
  SmallVector<Neighbours> rows(to);
  size_t taps = 1;
  bool isInterpolation = true;
  for (auto [o, row] : llvm::enumerate(rows)) {
    double at = sampling.coordinateOf(o, from, to, resize.scale, axis);
    if (!sampling.isOutside(at, from))
      row = neighboursOf(sampling, at, from, resize.scale);
    taps = std::max(taps, row.size());
    for (auto [place, weight] : row)
      isInterpolation &= weight >= 0;
  }
  if (!isInterpolation) {
    FailureOr<HostTensor> matrix = node.allocate(ElementType::F32, {to, from});
    if (failed(matrix))
      return failure();
    float *entries = matrix->data<float>();
    std::fill(entries, entries + to * from, 0.0f);
    for (auto [o, row] : llvm::enumerate(rows))
      for (auto [place, weight] : row)
        entries[static_cast<int64_t>(o) * from + place] += static_cast<float>(weight);
    Composer c(node);
    Value resampled = c.alongAxis(x, axis, node.buildConstant(*matrix, "resampling"));
    if (!resampled)
      return failure();
    return resampled;
  }
  SmallVector<int64_t> indices(taps * to, -1);
  SmallVector<float> weights(taps * to, 0.0f);
  for (auto [o, row] : llvm::enumerate(rows))
    for (auto [tap, neighbour] : llvm::enumerate(row)) {
      indices[tap * to + o] = neighbour.first;
      weights[tap * to + o] = static_cast<float>(neighbour.second);
    }
  Builder &builder = node.getBuilder();
  return node.build<InterpolateOp>(
      {x}, {node.attr("axis", builder.getI64IntegerAttr(axis)),
            node.attr("extent", builder.getI64IntegerAttr(to)), node.attr("indices", indices),
            node.attr("weights", builder.getDenseF32ArrayAttr(weights))});
}

/// The entries of the data that are the nearest to each entry of the result; -1 outside.
static SmallVector<int64_t> nearestPlaces(const Sampling &sampling, int64_t axis, int64_t from,
                                          const Enlargement &resize) {
  SmallVector<int64_t> places(resize.to);
  for (auto [o, place] : llvm::enumerate(places)) {
    double at = sampling.coordinateOf(o, from, resize.to, resize.scale, axis);
    place = sampling.isOutside(at, from) ? -1 : sampling.nearest(at, from);
  }
  return places;
}

/// How often every entry is repeated, side by side, where all are equally often; else 0.
static int64_t repetitions(ArrayRef<int64_t> places, int64_t from) {
  int64_t factor = static_cast<int64_t>(places.size()) / from;
  for (auto [o, place] : llvm::enumerate(places))
    if (factor == 0 || place != static_cast<int64_t>(o) / factor)
      return 0;
  return factor;
}

//===------------------------------------------------------------------------------------------===//
// All axes
//===------------------------------------------------------------------------------------------===//

/// The upsampling that repeats entries of the spatial axes, or null where the request is another.
static FailureOr<Value> buildUpsampling(Node &node, Value x, const Sampling &sampling,
                                        ArrayRef<Enlargement> axes) {
  ArrayRef<int64_t> shape = cast<RankedTensorType>(x.getType()).getShape();
  SmallVector<int64_t> factors;
  for (auto [axis, resize] : llvm::enumerate(axes)) {
    int64_t factor =
        resize.scale == 1
            ? 1
            : repetitions(nearestPlaces(sampling, axis, shape[axis], resize), shape[axis]);
    if (factor == 0 || (axis < 2 && factor != 1))
      return Value();
    if (axis >= 2)
      factors.push_back(factor);
  }
  bool isUpsampling = llvm::any_of(factors, [](int64_t factor) { return factor > 1; });
  return isUpsampling ? node.build<UpsampleOp>({x}, {node.attr("factors", factors)})
                      : FailureOr<Value>(Value());
}

static bool keepsAxis(const Sampling &sampling, int64_t axis, int64_t from,
                      const Enlargement &resize) {
  bool keeps = resize.to == from;
  for (int64_t o = 0; keeps && o != from; ++o)
    keeps = sampling.coordinateOf(o, from, from, resize.scale, axis) == static_cast<double>(o);
  return keeps;
}

/// Places outside of the data show a number; 0 is what the ops leave there.
static LogicalResult checkOutside(Node &node, ArrayRef<int64_t> shape, const Sampling &sampling,
                                  ArrayRef<Enlargement> axes) {
  for (auto [axis, resize] : llvm::enumerate(axes))
    for (int64_t o = 0; o != resize.to && sampling.outside != 0; ++o)
      if (sampling.isOutside(sampling.coordinateOf(o, shape[axis], resize.to, resize.scale, axis),
                             shape[axis]))
        return node.unsupported() << "a region beyond the data is filled with 0, found "
                                     "extrapolation_value "
                                  << sampling.outside;
  return success();
}

static LogicalResult importEnlargement(Node &node, bool scalesAreAttribute, size_t scalesInput,
                                       bool isUpsample) {
  FailureOr<Value> x = node.getValue(0);
  if (failed(x))
    return failure();
  SmallVector<int64_t> shape(cast<RankedTensorType>(x->getType()).getShape());
  Sampling sampling;
  if (isUpsample)
    sampling.coordinates = "asymmetric", sampling.rounding = "floor";
  if (failed(node.read("mode", sampling.mode)) ||
      (!isUpsample && failed(readSampling(node, shape.size(), sampling))))
    return failure();
  FailureOr<SmallVector<Enlargement>> axes =
      readEnlargements(node, shape, scalesAreAttribute, scalesInput);
  if (failed(axes))
    return failure();
  if (sampling.mode != "nearest" && sampling.mode != "linear" && sampling.mode != "cubic" &&
      sampling.mode != "bilinear") // Upsample-7's word
    return node.badInput() << "a mode of resizing is one that ONNX defines, found '"
                           << printable(sampling.mode) << "'";
  if (sampling.mode == "bilinear")
    sampling.mode = "linear";
  constexpr int64_t kMost = int64_t(1) << 24;
  for (auto [axis, resize] : llvm::enumerate(*axes))
    if (resize.to < 1 || resize.to > kMost)
      return node.unsupported() << "a resized axis has between 1 and " << kMost
                                << " entries, found " << resize.to << " on axis " << axis;
  if (failed(checkOutside(node, shape, sampling, *axes)))
    return failure();
  if (sampling.mode == "nearest") {
    FailureOr<Value> upsampling = buildUpsampling(node, *x, sampling, *axes);
    if (failed(upsampling))
      return failure();
    if (*upsampling)
      return node.setResult(0, *upsampling);
  }
  for (size_t axis = shape.size(); axis-- > 0;) {
    const Enlargement &resize = (*axes)[axis];
    if (keepsAxis(sampling, axis, shape[axis], resize))
      continue;
    if (axis == 0)
      return node.unsupported() << "samples are not resized, found axis 0 from " << shape[0]
                                << " to " << resize.to;
    x = sampling.mode == "nearest"
            ? buildTake(node, *x, axis, nearestPlaces(sampling, axis, shape[axis], resize))
            : buildSums(node, *x, axis, sampling, resize);
    if (failed(x))
      return failure();
  }
  return finishWith(node, *x);
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
