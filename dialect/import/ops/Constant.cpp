// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Operators that make constants: Constant-1, 9, 11, 12, 13, 19, 21; ConstantOfShape-9, 20, 21;
// Shape and Size-1, 13, 15, 19, 21 (every shape is static); Range-11.
#include "dialect/import/ConstantFolding.h"
#include "dialect/import/ops/Handlers.h"
#include <cmath>

using namespace mlir;

namespace saliency {

LogicalResult foldConstant(Node &node) {
  static constexpr StringRef names[] = {"value",        "value_float",  "value_floats",
                                        "value_int",    "value_ints",   "sparse_value",
                                        "value_string", "value_strings"};
  int64_t given = llvm::count_if(names, [&](StringRef name) { return node.hasAttribute(name); });
  if (given != 1)
    return node.badInput() << "a constant has one value, found " << given;
  for (StringRef name : {"sparse_value", "value_string", "value_strings"})
    if (node.hasAttribute(name))
      return node.unsupported() << "constants are dense numbers, found attribute '" << name << "'";

  std::optional<HostTensor> tensor;
  if (failed(node.read("value", tensor)))
    return failure();
  if (tensor)
    return node.setResult(0, *tensor);
  if (node.getVersion() < 12)
    return node.badInput()
           << "a constant is given by the attribute 'value' before version 12, found another";
  float real = 0;
  int64_t integer = 0;
  std::optional<SmallVector<float>> reals;
  std::optional<SmallVector<int64_t>> integers;
  if (failed(node.read("value_float", real)) || failed(node.read("value_int", integer)) ||
      failed(node.read("value_floats", reals)) || failed(node.read("value_ints", integers)))
    return failure();
  if (node.hasAttribute("value_float"))
    return node.setResult(0, HostTensor::splat(ElementType::F32, {}, &real));
  if (node.hasAttribute("value_int"))
    return node.setResult(0, HostTensor::splat(ElementType::I64, {}, &integer));
  if (integers)
    return node.setResult(0, HostTensor::ofInts(*integers));
  return fillResult<float>(node, ElementType::F32, {static_cast<int64_t>(reals->size())}, false,
                           [&](int64_t i) { return (*reals)[i]; });
}

LogicalResult foldConstantOfShape(Node &node) {
  float zero = 0;
  std::optional<HostTensor> value = HostTensor::splat(ElementType::F32, {1}, &zero);
  FailureOr<SmallVector<int64_t>> shape = node.getInts(0, "the shape");
  if (failed(shape) || failed(node.read("value", value)))
    return failure();
  if (value->size() != 1)
    return node.badInput() << "the value is one number, found extents "
                           << listText(value->getShape());
  if (failed(node.checkSize(value->getType(), *shape)))
    return failure();
  return node.setResult(0, HostTensor::splat(value->getType(), *shape, value->bytes()));
}

LogicalResult foldShape(Node &node) {
  Operand *x = node.getInput(0);
  if (!x)
    return failure();
  ArrayRef<int64_t> shape = x->getShape();
  int64_t rank = shape.size(), start = 0, end = rank;
  if (node.getVersion() >= 15 &&
      (failed(node.read("start", start)) || failed(node.read("end", end))))
    return failure();
  auto clamp = [&](int64_t at) { return std::clamp<int64_t>(at < 0 ? at + rank : at, 0, rank); };
  start = clamp(start);
  return node.setResult(
      0, HostTensor::ofInts(shape.slice(start, std::max<int64_t>(clamp(end) - start, 0))));
}

LogicalResult foldSize(Node &node) {
  Operand *x = node.getInput(0);
  if (!x)
    return failure();
  int64_t count = *elementCount(x->getShape());
  return node.setResult(0, HostTensor::splat(ElementType::I64, {}, &count));
}

LogicalResult foldRange(Node &node) {
  int64_t stash = onnx::TensorProto::FLOAT; // the type of sums of 16-bit floats; float32 here
  if (node.getVersion() >= 27 && failed(node.read("stash_type", stash)))
    return failure();
  SmallVector<HostTensor, 3> bounds;
  for (size_t i = 0; i < 3; ++i) {
    FailureOr<HostTensor> bound = node.getConstant(i, "a bound of Range");
    if (failed(bound))
      return failure();
    if (bound->size() != 1 || bound->getType() != (i == 0 ? *bound : bounds[0]).getType())
      return node.badInput() << "start, limit and delta are numbers of one type, found "
                             << nameOf(bound->getType()) << " with extents "
                             << listText(bound->getShape());
    bounds.push_back(*bound);
  }
  ElementType type = bounds[0].getType();
  double start = bounds[0].asDouble(0), limit = bounds[1].asDouble(0),
         delta = bounds[2].asDouble(0);
  double count = std::ceil((limit - start) / delta);
  if (!(delta != 0) || !std::isfinite(count) || count > 9e18)
    return node.badInput() << "a range is finite, found start " << start << ", limit " << limit
                           << " and delta " << delta;
  int64_t entries = static_cast<int64_t>(std::max(count, 0.0));
  return visitNumeric(node, type, [&](auto zero) {
    using T = decltype(zero);
    return fillResult<T>(node, type, {entries}, false, [&](int64_t i) -> T {
      if constexpr (std::is_integral_v<T>)
        return static_cast<T>(static_cast<uint64_t>(bounds[0].asInt(0)) +
                              static_cast<uint64_t>(i) * static_cast<uint64_t>(bounds[2].asInt(0)));
      else
        return static_cast<T>(start + static_cast<double>(i) * delta);
    });
  });
}

} // namespace saliency
