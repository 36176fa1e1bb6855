// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "dialect/import/Values.h"

#include "dialect/SaliencyDialect.h"
#include "mlir/IR/AsmState.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include "runtime/include/saliency/explainer.h"
#include <cstring>

using namespace mlir;

namespace saliency {

/// Every entry has the bits of the first.
static bool repeatsOneEntry(const HostTensor &tensor) {
  size_t bytes = tensor.storedBytes(), element = sizeOf(tensor.getType());
  return bytes == element ||
         std::memcmp(tensor.bytes(), tensor.bytes() + element, bytes - element) == 0;
}

static ElementsAttr constantAttribute(MLIRContext *context, const HostTensor &tensor,
                                      StringRef name) {
  constexpr int64_t kLongestInline = 16;
  auto type = RankedTensorType::get(tensor.getShape(), Float32Type::get(context));
  if (repeatsOneEntry(tensor))
    return DenseElementsAttr::get(type, tensor.at<float>(0));
  auto stored = llvm::ArrayRef<char>(tensor.bytes(), tensor.storedBytes());
  if (tensor.size() <= kLongestInline)
    return DenseElementsAttr::get(
        type, llvm::ArrayRef<float>(reinterpret_cast<const float *>(stored.data()), tensor.size()));
  // The context frees its resources when it dies; this one holds its share of the tensor's memory
  // until then.
  AsmResourceBlob blob(
      stored, /*dataAlignment=*/SALIENCY_ALIGNMENT,
      [storage = tensor.getStorage()](void *, size_t, size_t) {},
      /*dataIsMutable=*/false);
  return cast<ElementsAttr>(Attribute(
      DenseResourceElementsAttr::get(type, name.empty() ? "constant" : name, std::move(blob))));
}

Value buildConstant(OpBuilder &builder, Location loc, const HostTensor &tensor, StringRef name,
                    bool isOnnxValue) {
  ElementsAttr value = constantAttribute(builder.getContext(), tensor, name);
  auto op = ConstantOp::create(builder, loc, TypeRange{value.getShapedType()}, ValueRange{},
                               {builder.getNamedAttr("value", value)});
  if (isOnnxValue)
    op->setAttr(kValueNameAttr, builder.getStringAttr(name));
  return op->getResult(0);
}

} // namespace saliency
