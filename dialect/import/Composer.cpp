// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "dialect/import/Composer.h"

#include "dialect/import/Places.h"
#include "dialect/import/Window.h"

using namespace mlir;

namespace saliency {

static ArrayRef<int64_t> shapeOf(Value value) {
  return cast<RankedTensorType>(value.getType()).getShape();
}

Value Composer::number(double value) {
  float rounded = static_cast<float>(value);
  return node.buildConstant(HostTensor::splat(ElementType::F32, {}, &rounded), "number");
}

NamedAttribute Composer::attr(StringRef name, double value) const {
  return node.attr(name, node.getBuilder().getF32FloatAttr(static_cast<float>(value)));
}

Value Composer::power(Value x, double exponent) {
  return make<PowOp>({x}, {attr("exponent", exponent)});
}
Value Composer::times(Value x, double factor) { return make<MulOp>({x, number(factor)}); }
Value Composer::plus(Value x, double summand) { return make<AddOp>({x, number(summand)}); }

Value Composer::reshape(Value x, ArrayRef<int64_t> shape) {
  return x ? orNull(buildReshape(node, x, shape)) : x;
}

Value Composer::transpose(Value x, ArrayRef<int64_t> permutation) {
  if (!x || llvm::is_sorted(permutation))
    return x;
  return make<TransposeOp>({x}, {node.attr("permutation", permutation)});
}

/// The kept axes become channels, the reduced ones a pool's window:
///
///   x: N x kept and reduced axes  -->  transpose: N x kept x reduced  -->  N x C x R x 1
///     -->  pool: N x C x 1 x 1    -->  N x kept axes, 1 for each reduced one
template <typename PoolT> Value Composer::pool(Value x, ArrayRef<int64_t> axes) {
  if (!x || axes.empty())
    return x;
  if (axes.front() == 0) {
    (void)(node.unsupported() << "a reduction keeps the axis of samples, found axes "
                              << listText(axes) << " of data " << listText(shapeOf(x)));
    return {};
  }
  SmallVector<int64_t> shape(shapeOf(x)), permutation, result(shape);
  int64_t channels = 1, entries = 1, rank = shape.size();
  for (int64_t axis = 0; axis != rank; ++axis) {
    bool isReduced = llvm::is_contained(axes, axis);
    if (!isReduced)
      permutation.push_back(axis);
    else
      result[axis] = 1;
    if (axis > 0)
      (isReduced ? entries : channels) *= shape[axis];
  }
  bool isSpatial = axes.front() == 2 && static_cast<int64_t>(axes.size()) == rank - 2 && rank <= 5;
  Value image = x;
  if (!isSpatial) {
    llvm::append_range(permutation, axes);
    image = reshape(transpose(x, permutation), {shape[0], channels, entries, 1});
  }
  if (!image)
    return {};
  FailureOr<WindowAttr> window = wholeWindow(node, shapeOf(image));
  if (failed(window))
    return {};
  return reshape(make<PoolT>({image}, {node.attr("window", *window)}), result);
}

Value Composer::mean(Value x, ArrayRef<int64_t> axes) { return pool<AvgPoolOp>(x, axes); }
Value Composer::largest(Value x, ArrayRef<int64_t> axes) { return pool<MaxPoolOp>(x, axes); }
Value Composer::sum(Value x, ArrayRef<int64_t> axes) {
  double entries = 1;
  for (int64_t axis : axes)
    entries *= x ? static_cast<double>(shapeOf(x)[axis]) : 1;
  return axes.empty() ? x : times(mean(x, axes), entries);
}

Value Composer::alongAxis(Value x, int64_t axis, Value matrix) {
  if (!x || !matrix)
    return {};
  SmallVector<int64_t> swapped = llvm::to_vector(llvm::seq<int64_t>(shapeOf(x).size()));
  std::swap(swapped[axis], swapped.back());
  return transpose(make<GemmOp>({transpose(x, swapped), matrix}), swapped);
}

LogicalResult Composer::finish(Value result) {
  return result ? finishWith(node, result) : failure();
}

} // namespace saliency
