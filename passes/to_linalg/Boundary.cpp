// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/to_linalg/Boundary.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Interfaces/FunctionInterfaces.h"
#include "passes/to_linalg/Nest.h"

using namespace mlir;

namespace saliency {

bool isElementwiseOnTensors(Operation *op) {
  return OpTrait::hasElementwiseMappableTraits(op) &&
         llvm::any_of(op->getResultTypes(), llvm::IsaPred<RankedTensorType>);
}

bool isLoweredHere(Operation *op) {
  return isa<SaliencyDialect>(op->getDialect()) || isElementwiseOnTensors(op) ||
         isa<scf::ForOp, scf::IfOp, scf::WhileOp, scf::YieldOp, scf::ConditionOp>(op) ||
         (isa<arith::ConstantOp>(op) && isa<RankedTensorType>(op->getResult(0).getType()));
}

static constexpr llvm::StringLiteral kMark = "saliency.logical";

RankedTensorType markLogical(RankedTensorType type) {
  return RankedTensorType::get(type.getShape(), type.getElementType(),
                               StringAttr::get(type.getContext(), kMark));
}

bool isMarkedLogical(Type type) {
  auto tensor = dyn_cast<RankedTensorType>(type);
  auto mark = tensor ? dyn_cast_or_null<StringAttr>(tensor.getEncoding()) : StringAttr();
  return mark && mark.getValue() == kMark;
}

/// Whether the layout moves axes of this value.
static bool isReordered(Value value, const Layout &layout) {
  auto type = dyn_cast<RankedTensorType>(value.getType());
  return type && type.hasStaticShape() && !type.getEncoding() && layout.permutes(type.getRank());
}

/// A value that stays in logical order, for its users that do not.
static void enter(Value value, OpBuilder &builder, const Layout &layout) {
  auto lowered = [](OpOperand &use) { return isLoweredHere(use.getOwner()); };
  if (llvm::none_of(value.getUses(), lowered))
    return;
  auto type = cast<RankedTensorType>(value.getType());
  Value physical = toPhysicalOrder(builder, value.getLoc(), layout, value);
  Value marked =
      UnrealizedConversionCastOp::create(builder, value.getLoc(), markLogical(type), physical)
          .getResult(0);
  value.replaceUsesWithIf(marked, lowered);
}

/// A reordered value, for an op that wants logical order.
static void leave(OpOperand &use, OpBuilder &builder, const Layout &layout) {
  Location loc = use.getOwner()->getLoc();
  auto type = cast<RankedTensorType>(use.get().getType());
  Type physicalType = layout.type(type.getShape(), type.getElementType());
  Value physical =
      UnrealizedConversionCastOp::create(builder, loc, physicalType, use.get()).getResult(0);
  use.set(toLogicalOrder(builder, loc, layout, physical));
}

void markLogicalTensors(Operation *root, const Layout &layout) {
  SmallVector<Value> foreign, lowered;
  root->walk([&](Operation *op) {
    auto sort = [&](ValueRange values, bool isLowered) {
      for (Value value : values)
        if (isReordered(value, layout))
          (isLowered ? lowered : foreign).push_back(value);
    };
    sort(op->getResults(), isLoweredHere(op));
    for (Region &region : op->getRegions())
      for (Block &block : region)
        sort(block.getArguments(), isLoweredHere(op));
  });

  OpBuilder builder(root->getContext());
  for (Value value : foreign) {
    builder.setInsertionPointAfterValue(value);
    enter(value, builder, layout);
  }
  for (Value value : lowered)
    value.setType(markLogical(cast<RankedTensorType>(value.getType())));
  for (Value value : lowered)
    for (OpOperand &use : llvm::make_early_inc_range(value.getUses()))
      if (!isLoweredHere(use.getOwner())) {
        builder.setInsertionPoint(use.getOwner());
        leave(use, builder, layout);
      }
}

} // namespace saliency
