// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/transforms/SpelledArithmetic.h"

#include "dialect/ops/Builders.h"
#include "llvm/Support/DebugLog.h"

#include <cmath>

#define DEBUG_TYPE "saliency-recognise-layers"

using namespace mlir;
using namespace saliency;

std::optional<double> saliency::numberOf(Value value) {
  auto constant = value.getDefiningOp<ConstantOp>();
  if (!constant || !constant.getValue().getElementType().isF32())
    return std::nullopt;
  FloatElements elements(constant.getValue());
  if (!elements.isSplat() && elements.end() - elements.begin() != 1)
    return std::nullopt;
  return *elements.begin();
}

bool saliency::isRounded(double found, double expected) {
  return std::abs(found - expected) <= 1e-5 * std::abs(expected);
}

static MergeOpInterface asMerge(Operation *op, MergeKind kind) {
  auto merge = dyn_cast_or_null<MergeOpInterface>(op);
  return merge && merge.getMergeKind() == kind ? merge : MergeOpInterface();
}

MergeOpInterface saliency::asSum(Operation *op) { return asMerge(op, MergeKind::Add); }

MergeOpInterface saliency::asProduct(Operation *op) {
  // A quotient by a constant is a merge of the same kind.
  return isa_and_nonnull<DivOp>(op) ? MergeOpInterface() : asMerge(op, MergeKind::Product);
}

std::optional<double> saliency::exponentOf(Value value) {
  auto power = value.getDefiningOp<PowOp>();
  return power ? std::optional<double>(power.getExponent().convertToDouble()) : std::nullopt;
}

Value saliency::otherOperand(Operation *op, function_ref<bool(Value)> wanted) {
  if (wanted(op->getOperand(0)))
    return op->getOperand(1);
  return wanted(op->getOperand(1)) ? op->getOperand(0) : Value();
}

void Product::collect(Value value, bool isRoot) {
  Operation *op = value.getDefiningOp();
  bool isOpen = op && (isRoot || op->hasOneUse());
  std::optional<double> entry = numberOf(value), exponent = exponentOf(value);
  if (entry && *entry != 0) {
    number *= *entry;
  } else if (isOpen && asProduct(op)) {
    collect(op->getOperand(0), false);
    collect(op->getOperand(1), false);
  } else if (std::optional<double> divisor;
             isOpen && isa<DivOp>(op) && (divisor = numberOf(op->getOperand(1)))) {
    number /= *divisor;
    collect(op->getOperand(0), false);
  } else if (exponent == 2 || exponent == 3) {
    factors.append(static_cast<size_t>(*exponent), op->getOperand(0));
  } else {
    factors.push_back(value);
  }
}

/// The operand of an op that keeps its operand's entries, perhaps in another shape; `value` itself
/// where another op makes it.
static Value beforeReshape(Value value) {
  Operation *op = value.getDefiningOp();
  return keepsEntries(op) ? op->getOperand(0) : value;
}

/// 1. An average pool makes it, one window over all positions, none of them padding.
/// 2. Reshapes may stand before the pool and behind it.
/// 3. Of the axes of x the last ones are reduced: they have as many entries as the window, and the
///    result has 1 in their place.
TrailingMean::TrailingMean(Value value) {
  auto pool = beforeReshape(value).getDefiningOp<LinearMapOpInterface>();
  if (!pool || !pool.hasImpliedWeights())
    return;
  WindowAttr window = pool.getLinearWindow();
  auto isPadded = [](ArrayRef<int64_t> cells) {
    return llvm::any_of(cells, [](int64_t count) { return count != 0; });
  };
  if (shapeOf(pool->getOperand(0)).drop_front(2) != window.getKernel() ||
      isPadded(window.getLow()) || isPadded(window.getHigh()))
    return;
  Value source = beforeReshape(pool->getOperand(0));
  ArrayRef<int64_t> shape = shapeOf(source);
  int64_t reduced = ShapedType::getNumElements(window.getKernel());
  for (int64_t first = shape.size(), entries = 1; first-- > 1;) {
    entries *= shape[first];
    SmallVector<int64_t> expected(shape);
    std::fill(expected.begin() + first, expected.end(), 1);
    if (entries == reduced && shapeOf(value) == ArrayRef<int64_t>(expected)) {
      x = source, axis = first;
      return;
    }
  }
}

static Value buildConstant(OpBuilder &builder, Location loc, DenseElementsAttr entries) {
  return ConstantOp::create(builder, loc, cast<ElementsAttr>(Attribute(entries)));
}

Value saliency::buildConstantLike(OpBuilder &builder, Value constant, ArrayRef<int64_t> shape,
                                  function_ref<float(float)> map) {
  auto op = constant.getDefiningOp<ConstantOp>();
  if (!op || !op.getValue().getElementType().isF32())
    return nullptr;
  FloatElements elements(op.getValue());
  if (elements.begin() == elements.end())
    return nullptr;
  SmallVector<float> entries(llvm::map_range(llvm::make_range(elements.begin(), elements.end()),
                                             [&](float entry) { return map(entry); }));
  auto type = f32Tensor(builder.getContext(), shape);
  return buildConstant(builder, constant.getLoc(),
                       elements.isSplat() ? DenseElementsAttr::get(type, entries.front())
                                          : DenseElementsAttr::get(type, ArrayRef(entries)));
}

Value saliency::buildNumbers(OpBuilder &builder, Location loc, ArrayRef<int64_t> shape,
                             float value) {
  return buildConstant(builder, loc,
                       DenseElementsAttr::get(f32Tensor(builder.getContext(), shape), value));
}

void saliency::replaceBySpelled(PatternRewriter &rewriter, Operation *op, Operation *layer) {
  if (Attribute name = op->getAttr(kValueNameAttr))
    layer->setAttr(kValueNameAttr, name);
  LDBG() << "at " << op->getLoc() << ": " << layer->getName();
  rewriter.replaceOp(op, layer);
}
