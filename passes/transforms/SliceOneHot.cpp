// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/transforms/Passes.h"

#include "dialect/ops/Builders.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "passes/Counter.h"

namespace saliency {
#define GEN_PASS_DEF_SLICEONEHOTPASS
#include "passes/transforms/Passes.h.inc"
} // namespace saliency

using namespace mlir;
using namespace saliency;

namespace {

bool isZero(Value value) {
  DenseElementsAttr constant;
  return matchPattern(value, m_Constant(&constant)) && constant.isSplat() &&
         constant.getElementType().isF32() && constant.getSplatValue<float>() == 0;
}

/// The class numbers outside of which `value` (N x classes) is zero for certain, or null.
Value support(Value value) {
  Operation *op = value.getDefiningOp();
  if (!op)
    return nullptr;
  if (auto oneHot = dyn_cast<OneHotOp>(op))
    return oneHot.getIndex();
  if (auto divide = dyn_cast<DivideOp>(op)) // 0 / b is 0 for these even where b is 0
    return divide.getDivision() != Division::Plain ? support(divide.getA()) : Value();
  if (isa<arith::MulFOp>(op))
    if (Value index = support(op->getOperand(0)))
      return index;
  if (isa<arith::MulFOp>(op))
    return support(op->getOperand(1));
  if (isa<arith::NegFOp>(op))
    return support(op->getOperand(0));
  if (auto select = dyn_cast<arith::SelectOp>(op)) {
    if (isZero(select.getTrueValue()))
      return support(select.getFalseValue());
    if (isZero(select.getFalseValue()))
      return support(select.getTrueValue());
  }
  return nullptr;
}

/// gemm_adjoint(W, r), r zero but at t -> r[t] W[t, :], zero for a negative t
void slice(GemmAdjointOp adjoint, Value index) {
  OpBuilder builder(adjoint);
  Location loc = adjoint.getLoc();
  auto type = cast<RankedTensorType>(adjoint.getType());
  Value empty = tensor::EmptyOp::create(builder, loc, type.getShape(), type.getElementType());
  AffineMap identity = builder.getMultiDimIdentityMap(2), samples = identity.getSubMap({0});
  auto generic = linalg::GenericOp::create(
      builder, loc, type, ValueRange{index}, ValueRange{empty},
      ArrayRef<AffineMap>{samples, identity},
      ArrayRef<utils::IteratorType>{utils::IteratorType::parallel, utils::IteratorType::parallel},
      [&](OpBuilder &b, Location loc, ValueRange arguments) {
        Value zero = arith::ConstantOp::create(b, loc, b.getI64IntegerAttr(0));
        Value none = arith::CmpIOp::create(b, loc, arith::CmpIPredicate::slt, arguments[0], zero);
        Value row = arith::IndexCastOp::create(b, loc, b.getIndexType(),
                                               arith::MaxSIOp::create(b, loc, arguments[0], zero));
        Value sample = linalg::IndexOp::create(b, loc, 0),
              column = linalg::IndexOp::create(b, loc, 1);
        Value weight =
            tensor::ExtractOp::create(b, loc, adjoint.getWeight(), ValueRange{row, column});
        Value r = tensor::ExtractOp::create(b, loc, adjoint.getR(), ValueRange{sample, row});
        Value product = arith::MulFOp::create(b, loc, r, weight);
        Value nothing = arith::ConstantOp::create(b, loc, b.getF32FloatAttr(0));
        linalg::YieldOp::create(
            b, loc, arith::SelectOp::create(b, loc, none, nothing, product).getResult());
      });
  adjoint.replaceAllUsesWith(generic.getResult(0));
  adjoint.erase();
}

struct SliceOneHotPass : saliency::impl::SliceOneHotPassBase<SliceOneHotPass> {
  void runOnOperation() override {
    SmallVector<std::pair<GemmAdjointOp, Value>> found;
    getOperation().walk([&](GemmAdjointOp adjoint) {
      if (shapeOf(adjoint.getWeight()).size() == 2)
        if (Value index = support(adjoint.getR()))
          found.emplace_back(adjoint, index);
    });
    for (auto [adjoint, index] : found)
      slice(adjoint, index);
    count("slice-one-hot", "matrix products replaced by a row", found.size());
  }
};

} // namespace
