// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A constant tensor known to the importer: an initializer, or what constant folding made of them.
#ifndef SALIENCY_IMPORT_HOSTTENSOR_H
#define SALIENCY_IMPORT_HOSTTENSOR_H

#include "dialect/import/Reporter.h"
#include "llvm/ADT/SmallVector.h"
#include <memory>
#include <optional>

namespace saliency {

/// float16 and bfloat16 are widened to F32 when a model is read.
enum class ElementType : uint8_t { F32, F64, I8, I16, I32, I64, U8, U16, U32, U64, Bool };

size_t sizeOf(ElementType type);
/// In ONNX's words: "float32", "int64".
llvm::StringRef nameOf(ElementType type);
/// The type in which tensors of an ONNX data type are held; none for strings, complex numbers,
/// types of under 8 bits.
std::optional<ElementType> elementTypeOf(int32_t onnxDataType);
/// ONNX's name for a data type.
std::string dataTypeName(int32_t onnxDataType);

/// Product of extents, or none where it leaves int64.
std::optional<int64_t> elementCount(llvm::ArrayRef<int64_t> shape);
/// "[2, 3, 4]", for messages.
std::string listText(llvm::ArrayRef<int64_t> values);

/// Emits an error of the given status at whatever is being read.
using EmitFn = llvm::function_ref<mlir::InFlightDiagnostic(ImportStatus)>;

/// The size of a constant of `count` entries within `maxBytes`, or an error: no entry count of a
/// model is trusted.
mlir::FailureOr<int64_t> checkedByteSize(ElementType type, llvm::ArrayRef<int64_t> shape,
                                         int64_t maxBytes, EmitFn emit);

class HostTensor {
public:
  HostTensor() = default;

  /// Memory for every entry, 64-byte aligned, not initialised. `shape` must have passed
  /// checkedByteSize().
  static mlir::FailureOr<HostTensor> allocate(ElementType type, llvm::ArrayRef<int64_t> shape,
                                              EmitFn emit);
  /// Every entry equal to the one at `element`; only that one is stored.
  static HostTensor splat(ElementType type, llvm::ArrayRef<int64_t> shape, const void *element);
  /// A list of integers, as shape computations use them.
  static HostTensor ofInts(llvm::ArrayRef<int64_t> values);

  ElementType getType() const { return type; }
  llvm::ArrayRef<int64_t> getShape() const { return shape; }
  int64_t getRank() const { return shape.size(); }
  int64_t size() const { return *elementCount(shape); }
  bool isSplat() const { return oneStored; }
  bool isInteger() const { return type == ElementType::I64 || type == ElementType::I32; }

  /// The stored bytes: one entry for a splat, else all of them in row-major order.
  const char *bytes() const { return storage.get(); }
  char *mutableBytes() { return storage.get(); }
  size_t storedBytes() const { return sizeOf(type) * (oneStored ? 1 : size()); }
  const std::shared_ptr<char> &getStorage() const { return storage; }

  template <typename T> T at(int64_t index) const {
    return reinterpret_cast<const T *>(storage.get())[oneStored ? 0 : index];
  }
  template <typename T> T *data() { return reinterpret_cast<T *>(storage.get()); }
  /// Any entry as double or int64 (bool as 0 or 1).
  double asDouble(int64_t index) const;
  int64_t asInt(int64_t index) const;

  /// The same entries under another shape of equally many.
  HostTensor reshaped(llvm::ArrayRef<int64_t> newShape) const;

private:
  ElementType type = ElementType::F32;
  llvm::SmallVector<int64_t, 4> shape;
  std::shared_ptr<char> storage;
  bool oneStored = false;
};

/// Calls `visit` with a value of the C++ type that stores `type`.
template <typename Fn> decltype(auto) visitElementType(ElementType type, Fn &&visit) {
  switch (type) {
  case ElementType::F32:
    return visit(float());
  case ElementType::F64:
    return visit(double());
  case ElementType::I8:
    return visit(int8_t());
  case ElementType::I16:
    return visit(int16_t());
  case ElementType::I32:
    return visit(int32_t());
  case ElementType::I64:
    return visit(int64_t());
  case ElementType::U16:
    return visit(uint16_t());
  case ElementType::U32:
    return visit(uint32_t());
  case ElementType::U64:
    return visit(uint64_t());
  case ElementType::U8:
  case ElementType::Bool:
    break;
  }
  return visit(uint8_t());
}

} // namespace saliency

#endif // SALIENCY_IMPORT_HOSTTENSOR_H
