// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "dialect/import/HostTensor.h"
#include "runtime/include/saliency/explainer.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/MathExtras.h"
#include "llvm/Support/raw_ostream.h"
#include <cstring>
#include <new>

using namespace mlir;

namespace saliency {

size_t sizeOf(ElementType type) {
  return visitElementType(type, [](auto value) { return sizeof(value); });
}

StringRef nameOf(ElementType type) {
  static constexpr StringRef names[] = {"float32", "float64", "int8",   "int16",  "int32", "int64",
                                        "uint8",   "uint16",  "uint32", "uint64", "bool"};
  return names[static_cast<size_t>(type)];
}

std::optional<ElementType> elementTypeOf(int32_t onnxDataType) {
  switch (onnxDataType) {
  case onnx::TensorProto::FLOAT:
  case onnx::TensorProto::FLOAT16:
  case onnx::TensorProto::BFLOAT16:
    return ElementType::F32;
  case onnx::TensorProto::DOUBLE:
    return ElementType::F64;
  case onnx::TensorProto::INT8:
    return ElementType::I8;
  case onnx::TensorProto::INT16:
    return ElementType::I16;
  case onnx::TensorProto::INT32:
    return ElementType::I32;
  case onnx::TensorProto::INT64:
    return ElementType::I64;
  case onnx::TensorProto::UINT8:
    return ElementType::U8;
  case onnx::TensorProto::UINT16:
    return ElementType::U16;
  case onnx::TensorProto::UINT32:
    return ElementType::U32;
  case onnx::TensorProto::UINT64:
    return ElementType::U64;
  case onnx::TensorProto::BOOL:
    return ElementType::Bool;
  default:
    return std::nullopt;
  }
}

std::string dataTypeName(int32_t onnxDataType) {
  if (onnx::TensorProto::DataType_IsValid(onnxDataType))
    return onnx::TensorProto::DataType_Name(static_cast<onnx::TensorProto::DataType>(onnxDataType));
  return "data type " + std::to_string(onnxDataType);
}

std::optional<int64_t> elementCount(ArrayRef<int64_t> shape) {
  if (llvm::is_contained(shape, 0))
    return 0;
  int64_t count = 1;
  for (int64_t extent : shape)
    if (extent < 0 || llvm::MulOverflow(count, extent, count))
      return std::nullopt;
  return count;
}

std::string listText(ArrayRef<int64_t> values) {
  std::string text;
  llvm::raw_string_ostream os(text);
  os << '[';
  llvm::interleaveComma(values.take_front(32), os);
  os << (values.size() > 32 ? ", ...]" : "]");
  return text;
}

FailureOr<int64_t> checkedByteSize(ElementType type, ArrayRef<int64_t> shape, int64_t maxBytes,
                                   EmitFn emit) {
  constexpr size_t kHighestRank = 32;
  if (shape.size() > kHighestRank)
    return emit(ImportStatus::BadInput)
           << "a tensor has at most " << kHighestRank << " axes, found " << shape.size();
  for (int64_t extent : shape)
    if (extent < 0)
      return emit(ImportStatus::BadInput)
             << "the extents of a tensor are not negative, found " << listText(shape);
  std::optional<int64_t> count = elementCount(shape);
  int64_t bytes;
  if (!count || llvm::MulOverflow(*count, static_cast<int64_t>(sizeOf(type)), bytes) ||
      bytes > maxBytes)
    return emit(ImportStatus::BadInput)
           << "a constant tensor has at most " << maxBytes << " bytes, found extents "
           << listText(shape) << " of " << nameOf(type);
  return bytes;
}

FailureOr<HostTensor> HostTensor::allocate(ElementType type, ArrayRef<int64_t> shape, EmitFn emit) {
  constexpr std::align_val_t kAlignment{SALIENCY_ALIGNMENT};
  HostTensor tensor;
  tensor.type = type;
  tensor.shape.assign(shape.begin(), shape.end());
  size_t bytes = std::max<size_t>(sizeOf(type) * tensor.size(), 1);
  auto *memory = static_cast<char *>(::operator new(bytes, kAlignment, std::nothrow));
  if (!memory)
    return emit(ImportStatus::BadInput)
           << "a constant tensor must fit in memory, found " << bytes << " bytes";
  tensor.storage =
      std::shared_ptr<char>(memory, [](char *data) { ::operator delete(data, kAlignment); });
  return tensor;
}

HostTensor HostTensor::splat(ElementType type, ArrayRef<int64_t> shape, const void *element) {
  HostTensor tensor;
  tensor.type = type;
  tensor.shape.assign(shape.begin(), shape.end());
  tensor.oneStored = true;
  auto *memory = new uint64_t();
  std::memcpy(memory, element, sizeOf(type));
  tensor.storage = std::shared_ptr<char>(reinterpret_cast<char *>(memory), [](char *data) {
    delete reinterpret_cast<uint64_t *>(data);
  });
  return tensor;
}

HostTensor HostTensor::ofInts(ArrayRef<int64_t> values) {
  HostTensor tensor;
  tensor.type = ElementType::I64;
  tensor.shape.assign(1, values.size());
  auto *memory = new int64_t[std::max<size_t>(values.size(), 1)];
  llvm::copy(values, memory);
  tensor.storage = std::shared_ptr<char>(reinterpret_cast<char *>(memory), [](char *data) {
    delete[] reinterpret_cast<int64_t *>(data);
  });
  return tensor;
}

double HostTensor::asDouble(int64_t index) const {
  return visitElementType(
      type, [&](auto zero) { return static_cast<double>(at<decltype(zero)>(index)); });
}

int64_t HostTensor::asInt(int64_t index) const {
  return visitElementType(type, [&](auto zero) -> int64_t {
    auto value = at<decltype(zero)>(index);
    if constexpr (std::is_floating_point_v<decltype(zero)>) {
      // Out of range saturates and NaN is 0, where C++ leaves the conversion undefined.
      if (value != value)
        return 0;
      if (value >= 9223372036854775808.0)
        return INT64_MAX;
      if (value < -9223372036854775808.0)
        return INT64_MIN;
    }
    return static_cast<int64_t>(value);
  });
}

HostTensor HostTensor::reshaped(ArrayRef<int64_t> newShape) const {
  HostTensor tensor = *this;
  tensor.shape.assign(newShape.begin(), newShape.end());
  return tensor;
}

} // namespace saliency
