// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "dialect/import/ConstantFolding.h"

#include <cstring>

using namespace mlir;

namespace saliency {

SmallVector<int64_t> rowMajorStrides(ArrayRef<int64_t> shape) {
  SmallVector<int64_t> strides(shape.size(), 1);
  for (size_t axis = shape.size(); axis-- > 1;)
    strides[axis - 1] = strides[axis] * shape[axis];
  return strides;
}

/// Copies entries of `Bytes` bytes in the result's row-major order.
template <size_t Bytes>
static void copyStrided(const char *source, char *destination, ArrayRef<int64_t> shape,
                        int64_t count, int64_t offset, ArrayRef<int64_t> strides) {
  SmallVector<int64_t> position(shape.size(), 0);
  for (int64_t i = 0; i != count; ++i) {
    std::memcpy(destination + i * Bytes, source + offset * static_cast<int64_t>(Bytes), Bytes);
    for (size_t axis = shape.size(); axis-- > 0;) {
      offset += strides[axis];
      if (++position[axis] != shape[axis])
        break;
      offset -= strides[axis] * shape[axis];
      position[axis] = 0;
    }
  }
}

FailureOr<HostTensor> stridedCopy(Node &node, const HostTensor &x, ArrayRef<int64_t> shape,
                                  int64_t offset, ArrayRef<int64_t> strides) {
  if (x.isSplat()) {
    if (failed(node.checkSize(x.getType(), shape)))
      return failure();
    return HostTensor::splat(x.getType(), shape, x.bytes());
  }
  FailureOr<HostTensor> result = node.allocate(x.getType(), shape);
  if (failed(result))
    return failure();
  int64_t count = result->size();
  switch (sizeOf(x.getType())) {
  case 1:
    copyStrided<1>(x.bytes(), result->mutableBytes(), shape, count, offset, strides);
    break;
  case 2:
    copyStrided<2>(x.bytes(), result->mutableBytes(), shape, count, offset, strides);
    break;
  case 4:
    copyStrided<4>(x.bytes(), result->mutableBytes(), shape, count, offset, strides);
    break;
  default:
    copyStrided<8>(x.bytes(), result->mutableBytes(), shape, count, offset, strides);
  }
  return result;
}

FailureOr<SmallVector<int64_t>> broadcastShape(Node &node, ArrayRef<int64_t> a,
                                               ArrayRef<int64_t> b) {
  ArrayRef<int64_t> longer = a.size() < b.size() ? b : a, shorter = a.size() < b.size() ? a : b;
  SmallVector<int64_t> shape(longer);
  size_t missing = longer.size() - shorter.size();
  for (auto [axis, extent] : llvm::enumerate(shorter)) {
    int64_t &common = shape[missing + axis];
    if (common != extent && common != 1 && extent != 1)
      return node.badInput() << "extents are equal or 1 to be broadcast, found " << listText(a)
                             << " and " << listText(b);
    common = common == 1 ? extent : common;
  }
  return shape;
}

FailureOr<HostTensor> broadcastTo(Node &node, const HostTensor &x, ArrayRef<int64_t> shape) {
  if (x.getShape() == shape)
    return x;
  SmallVector<int64_t> strides(shape.size(), 0), own = rowMajorStrides(x.getShape());
  size_t missing = shape.size() - x.getRank();
  for (auto [axis, extent] : llvm::enumerate(x.getShape()))
    if (extent != 1)
      strides[missing + axis] = own[axis];
  return stridedCopy(node, x, shape, 0, strides);
}

FailureOr<HostPair> broadcastInputs(Node &node) {
  FailureOr<HostTensor> a = node.getConstant(0, "the first operand"), b = failure();
  if (failed(a) || failed(b = node.getConstant(1, "the second operand")))
    return failure();
  if (a->getType() != b->getType())
    return node.badInput() << "operands have one type, found " << nameOf(a->getType()) << " and "
                           << nameOf(b->getType());
  FailureOr<SmallVector<int64_t>> shape = broadcastShape(node, a->getShape(), b->getShape());
  if (failed(shape))
    return failure();
  FailureOr<HostTensor> wideA = broadcastTo(node, *a, *shape), wideB = failure();
  if (failed(wideA) || failed(wideB = broadcastTo(node, *b, *shape)))
    return failure();
  return HostPair{*wideA, *wideB};
}

} // namespace saliency
