// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/codegen/plan/Aliasing.h"

#include "passes/codegen/interface/Interface.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
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
  range.bytes = bytesOf(type);
  return range;
}

/// Null unless `base` is an argument of a function, which says where memory
/// comes from; a loop's argument may stand for any buffer.
func::FuncOp functionOf(Value base) {
  auto argument = dyn_cast<BlockArgument>(base);
  return argument ? dyn_cast<func::FuncOp>(argument.getOwner()->getParentOp()) : func::FuncOp();
}

/// Memory that no other argument or allocation names: an allocation, a buffer
/// of the C entry, or what was found disjoint when its function was made.
bool isOwnMemory(Value base) {
  if (base.getDefiningOp<memref::AllocOp>())
    return true;
  func::FuncOp function = functionOf(base);
  return function && (function.getName() == kExplainName ||
                      function.getArgAttr(cast<BlockArgument>(base).getArgNumber(),
                                          LLVM::LLVMDialect::getNoAliasAttrName()));
}

bool isOrigin(Value base) { return base.getDefiningOp<memref::AllocOp>() || functionOf(base); }

} // namespace

bool areDisjoint(Value a, Value b) {
  Range first = rangeOf(a), second = rangeOf(b);
  if (first.base != second.base)
    return isOrigin(first.base) && isOrigin(second.base) &&
           (isOwnMemory(first.base) || isOwnMemory(second.base));
  return first.begin && second.begin &&
         (*first.begin + first.bytes <= *second.begin ||
          *second.begin + second.bytes <= *first.begin);
}

} // namespace saliency
