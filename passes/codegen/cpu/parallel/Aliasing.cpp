// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/codegen/cpu/parallel/Aliasing.h"

#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"

using namespace mlir;

namespace saliency {
namespace {

/// A range of bytes of a function argument; no end if it is not constant.
struct Range {
  Value base;
  std::optional<int64_t> begin;
  int64_t bytes = 0;
};

Range rangeOf(Value buffer) {
  auto view = buffer.getDefiningOp<memref::ViewOp>();
  if (!view)
    return {buffer, std::nullopt};
  Range range{view.getSource(), getConstantIntValue(view.getByteShift())};
  MemRefType type = view.getType();
  if (!type.hasStaticShape())
    return {view.getSource(), std::nullopt};
  Type element = type.getElementType();
  int64_t bits = isa<IndexType>(element) ? 64 : element.getIntOrFloatBitWidth();
  range.bytes = type.getNumElements() * llvm::divideCeil(bits, 8);
  return range;
}

} // namespace

bool areDisjoint(Value a, Value b) {
  Range first = rangeOf(a), second = rangeOf(b);
  if (first.base != second.base)
    return isa<BlockArgument>(first.base) && isa<BlockArgument>(second.base);
  return first.begin && second.begin &&
         (*first.begin + first.bytes <= *second.begin ||
          *second.begin + second.bytes <= *first.begin);
}

} // namespace saliency
