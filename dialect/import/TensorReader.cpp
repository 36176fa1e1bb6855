// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "dialect/import/TensorReader.h"

#include "dialect/import/ExternalData.h"
#include "llvm/ADT/bit.h"
#include <cstring>

using namespace mlir;

namespace saliency {

static_assert(llvm::endianness::native == llvm::endianness::little,
              "ONNX stores raw data in little-endian order");

/// IEEE binary16 → binary32, exact.
static float widenHalf(uint16_t half) {
  uint32_t sign = uint32_t(half & 0x8000) << 16, exponent = (half >> 10) & 0x1f,
           fraction = half & 0x3ff;
  if (exponent == 0) {
    float magnitude = static_cast<float>(fraction) * 0x1p-24f;
    return sign ? -magnitude : magnitude;
  }
  uint32_t wide = exponent == 31 ? 0xff : exponent + 112;
  return llvm::bit_cast<float>(sign | (wide << 23) | (fraction << 13));
}

static float widenBrainFloat(uint16_t bits) { return llvm::bit_cast<float>(uint32_t(bits) << 16); }

/// Raw bytes of `count` 16-bit floats → float32.
static void widen(int32_t dataType, const char *raw, int64_t count, float *destination) {
  for (int64_t i = 0; i < count; ++i) {
    uint16_t bits;
    std::memcpy(&bits, raw + 2 * i, sizeof(bits));
    destination[i] =
        dataType == onnx::TensorProto::FLOAT16 ? widenHalf(bits) : widenBrainFloat(bits);
  }
}

/// Calls `visit(field, name)` with the repeated field that holds entries of the tensor's type.
template <typename Fn> static void visitTypedField(const onnx::TensorProto &tensor, Fn &&visit) {
  switch (tensor.data_type()) {
  case onnx::TensorProto::FLOAT:
    return visit(tensor.float_data(), "float_data");
  case onnx::TensorProto::DOUBLE:
    return visit(tensor.double_data(), "double_data");
  case onnx::TensorProto::INT64:
    return visit(tensor.int64_data(), "int64_data");
  case onnx::TensorProto::UINT32:
  case onnx::TensorProto::UINT64:
    return visit(tensor.uint64_data(), "uint64_data");
  default:
    return visit(tensor.int32_data(), "int32_data");
  }
}

template <typename Field>
static void copyField(const Field &field, int32_t dataType, HostTensor &result) {
  visitElementType(result.getType(), [&](auto zero) {
    using T = decltype(zero);
    T *destination = result.data<T>();
    for (int i = 0; i < field.size(); ++i) {
      if (dataType == onnx::TensorProto::FLOAT16)
        destination[i] = static_cast<T>(widenHalf(static_cast<uint16_t>(field[i])));
      else if (dataType == onnx::TensorProto::BFLOAT16)
        destination[i] = static_cast<T>(widenBrainFloat(static_cast<uint16_t>(field[i])));
      else
        destination[i] = static_cast<T>(field[i]);
    }
  });
}

/// Lengths are compared before memory is asked for: a small file may state any extents.
static LogicalResult checkStoredLength(const onnx::TensorProto &tensor, ArrayRef<int64_t> shape,
                                       int64_t count, int64_t fileSize, EmitFn emit) {
  if (tensor.has_raw_data()) {
    if (static_cast<int64_t>(tensor.raw_data().size()) == fileSize)
      return success();
    return emit(ImportStatus::BadInput)
           << "raw data has as many bytes as the extents " << listText(shape) << " of "
           << dataTypeName(tensor.data_type()) << " ask for (" << fileSize << "), found "
           << tensor.raw_data().size();
  }
  LogicalResult result = success();
  visitTypedField(tensor, [&](const auto &field, StringRef name) {
    if (field.size() != count)
      result = emit(ImportStatus::BadInput)
               << "a tensor holds as many entries as its extents " << listText(shape)
               << " ask for (" << count << "), found " << field.size() << " in " << name;
  });
  return result;
}

static void normalizeBools(HostTensor &tensor) {
  for (uint8_t &entry : llvm::MutableArrayRef<uint8_t>(tensor.data<uint8_t>(), tensor.size()))
    entry = entry != 0;
}

FailureOr<HostTensor> readTensor(const onnx::TensorProto &tensor, const TensorSource &source,
                                 EmitFn emit) {
  int32_t dataType = tensor.data_type();
  if (dataType == onnx::TensorProto::UNDEFINED)
    return emit(ImportStatus::BadInput) << "a tensor states its data type, found none";
  std::optional<ElementType> type = elementTypeOf(dataType);
  if (!type)
    return emit(ImportStatus::Unsupported)
           << "tensors hold numbers of 8 bits or more, found " << dataTypeName(dataType);
  if (tensor.has_segment())
    return emit(ImportStatus::Unsupported) << "a tensor is stored in one piece, found a segment";

  llvm::SmallVector<int64_t> shape(tensor.dims().begin(), tensor.dims().end());
  if (failed(checkedByteSize(*type, shape, source.maxBytes, emit)))
    return failure();
  bool narrow = dataType == onnx::TensorProto::FLOAT16 || dataType == onnx::TensorProto::BFLOAT16;
  int64_t count = *elementCount(shape), fileSize = count * (narrow ? 2 : sizeOf(*type));

  if (tensor.data_location() == onnx::TensorProto::EXTERNAL) {
    if (!source.folder)
      return emit(ImportStatus::Unsupported)
             << "a model in memory keeps its tensors inside, found external data";
    FailureOr<HostTensor> result = HostTensor::allocate(*type, shape, emit);
    // 16-bit floats are read into the upper half of the result and widened from there in ascending
    // order: entry i is written at 4 i, never past its source at 2 (count + i).
    char *destination = failed(result) ? nullptr : result->mutableBytes() + (narrow ? fileSize : 0);
    if (failed(result) ||
        failed(readExternalData(tensor, *source.folder, destination, fileSize, emit)))
      return failure();
    if (narrow)
      widen(dataType, destination, count, result->data<float>());
    if (*type == ElementType::Bool)
      normalizeBools(*result);
    return result;
  }

  if (failed(checkStoredLength(tensor, shape, count, fileSize, emit)))
    return failure();
  FailureOr<HostTensor> result = HostTensor::allocate(*type, shape, emit);
  if (failed(result))
    return failure();
  if (!tensor.has_raw_data())
    visitTypedField(tensor,
                    [&](const auto &field, StringRef) { copyField(field, dataType, *result); });
  else if (narrow)
    widen(dataType, tensor.raw_data().data(), count, result->data<float>());
  else
    std::memcpy(result->mutableBytes(), tensor.raw_data().data(), fileSize);
  if (*type == ElementType::Bool)
    normalizeBools(*result);
  return result;
}

} // namespace saliency
