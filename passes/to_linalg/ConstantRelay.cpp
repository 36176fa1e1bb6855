// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/to_linalg/ConstantRelay.h"

#include "dialect/SaliencyDialect.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/AsmState.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include "runtime/include/saliency/explainer.h"

using namespace mlir;

namespace saliency {

SmallVector<int64_t> denseStrides(ArrayRef<int64_t> shape) {
  SmallVector<int64_t> strides(shape.size(), 1);
  for (size_t axis = shape.size(); axis-- > 1;)
    strides[axis - 1] = strides[axis] * shape[axis];
  return strides;
}

ElementsAttr constantOf(Value value) {
  if (auto constant = value.getDefiningOp<arith::ConstantOp>())
    return dyn_cast<ElementsAttr>(constant.getValue());
  if (auto constant = value.getDefiningOp<ConstantOp>())
    return constant.getValue();
  return nullptr;
}

ArrayRef<char> rawBytes(ElementsAttr attribute) {
  if (auto dense = dyn_cast<DenseElementsAttr>(attribute))
    return dense.getRawData();
  if (auto resource = dyn_cast<DenseResourceElementsAttr>(attribute))
    return resource.getData();
  return {};
}

/// From this size a constant is a resource: such values are neither hashed nor printed.
static constexpr int64_t kResourceBytes = 4096;

ElementsAttr makeConstant(RankedTensorType type, ElementsAttr source,
                          llvm::function_ref<void(MutableArrayRef<char>)> fill) {
  int64_t bytes = type.getNumElements() * llvm::divideCeil(type.getElementTypeBitWidth(), 8);
  auto resource = dyn_cast_or_null<DenseResourceElementsAttr>(source);
  if (!resource && bytes < kResourceBytes) {
    std::vector<char> buffer(bytes);
    fill(buffer);
    return DenseElementsAttr::getFromRawBuffer(type, buffer);
  }
  constexpr size_t alignment = SALIENCY_ALIGNMENT;
  AsmResourceBlob blob = HeapAsmResourceBlob::allocate(bytes, alignment);
  fill(blob.getMutableData());
  return DenseResourceElementsAttr::get(
      type, resource ? resource.getRawHandle().getKey() : "constant", std::move(blob));
}

/// The same storage under another shape.
static ElementsAttr reshapedConstant(ElementsAttr source, RankedTensorType type) {
  if (auto dense = dyn_cast<DenseElementsAttr>(source))
    return dense.reshape(type);
  return DenseResourceElementsAttr::get(type,
                                        cast<DenseResourceElementsAttr>(source).getRawHandle());
}

/// Copies entries of `width` bytes along axes [axis, end), innermost last.
template <size_t width>
static char *copyStrided(char *to, const char *from, ArrayRef<int64_t> shape,
                         ArrayRef<int64_t> strides) {
  if (shape.empty()) {
    std::memcpy(to, from, width);
    return to + width;
  }
  if (shape.size() == 1) {
    for (int64_t i = 0; i != shape[0]; ++i, to += width)
      std::memcpy(to, from + i * strides[0] * int64_t(width), width);
    return to;
  }
  for (int64_t i = 0; i != shape[0]; ++i)
    to = copyStrided<width>(to, from + i * strides[0] * int64_t(width), shape.drop_front(),
                            strides.drop_front());
  return to;
}

/// Dense i1 constants are stored as bits.
static ElementsAttr gatherBits(DenseElementsAttr source, RankedTensorType type,
                               ArrayRef<int64_t> strides, int64_t offset) {
  SmallVector<char> from(source.value_begin<bool>(), source.value_end<bool>()),
      to(type.getNumElements());
  copyStrided<1>(to.data(), from.data() + offset, type.getShape(), strides);
  SmallVector<bool> bits(to.begin(), to.end());
  return DenseElementsAttr::get(type, bits);
}

ElementsAttr ConstantRelay::gather(ElementsAttr source, ArrayRef<int64_t> shape,
                                   ArrayRef<int64_t> strides, int64_t offset) {
  auto type = RankedTensorType::get(shape, source.getElementType());
  if (auto dense = dyn_cast<DenseElementsAttr>(source); dense && dense.isSplat())
    return DenseElementsAttr::get(type, dense.getSplatValue<Attribute>());

  bool keepsOrder = offset == 0 && type.getNumElements() == source.getNumElements();
  SmallVector<int64_t> natural = denseStrides(shape);
  for (size_t axis = 0; axis != shape.size(); ++axis)
    keepsOrder &= shape[axis] == 1 || strides[axis] == natural[axis];
  if (keepsOrder)
    return reshapedConstant(source, type);

  ElementsAttr &entry = cache[Key(source.getAsOpaquePointer(), shape.vec(), strides.vec(), offset)];
  ArrayRef<char> bytes = rawBytes(source);
  if (entry || bytes.empty())
    return entry;
  if (auto dense = dyn_cast<DenseElementsAttr>(source);
      dense && source.getElementType().isInteger(1))
    return entry = gatherBits(dense, type, strides, offset);
  size_t width = bytes.size() / source.getNumElements();
  return entry = makeConstant(type, source, [&](MutableArrayRef<char> target) {
           const char *from = bytes.data() + offset * int64_t(width);
           switch (width) {
           case 1:
             copyStrided<1>(target.data(), from, shape, strides);
             break;
           case 4:
             copyStrided<4>(target.data(), from, shape, strides);
             break;
           case 8:
             copyStrided<8>(target.data(), from, shape, strides);
             break;
           default:
             llvm_unreachable("constants hold f32, i64 or i1 entries");
           }
         });
}

ElementsAttr ConstantRelay::permuted(ElementsAttr source, ArrayRef<int64_t> permutation) {
  ArrayRef<int64_t> shape = source.getShapedType().getShape();
  SmallVector<int64_t> natural = denseStrides(shape), result, strides;
  for (int64_t axis : permutation) {
    result.push_back(shape[axis]);
    strides.push_back(natural[axis]);
  }
  return gather(source, result, strides);
}

} // namespace saliency
