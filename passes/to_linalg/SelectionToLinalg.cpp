// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Order statistics per sample: arg-max and percentile.
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "passes/to_linalg/Reductions.h"

#include <cmath>

using namespace mlir;
using namespace saliency;

namespace {

/// saliency.arg_max -> linalg.generic with the best value and its index; the first maximum wins,
/// NaN never does.
struct ArgMaxLowering final : Lowering<ArgMaxOp> {
  using Lowering::Lowering;
  LogicalResult matchAndRewrite(ArgMaxOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    Location loc = op.getLoc();
    int64_t samples = logicalShape(op.getX())[0];
    AffineExpr n, k;
    bindDims(context.mlir, n, k);
    linalg::GenericOp search =
        Nest(rewriter, loc, context, 2)
            .readRaw(adaptor.getX(), {n, k})
            .writeRaw(filledRaw(rewriter, loc, samples,
                                rewriter.getF32FloatAttr(-std::numeric_limits<float>::infinity())),
                      n)
            .writeRaw(filledRaw(rewriter, loc, samples, rewriter.getI64IntegerAttr(0)), n)
            .reduce(k)
            .build([](ImplicitLocOpBuilder &b, ValueRange values) -> SmallVector<Value> {
              Value better =
                  arith::CmpFOp::create(b, arith::CmpFPredicate::OGT, values[0], values[1]);
              Value index =
                  arith::IndexCastOp::create(b, b.getI64Type(), linalg::IndexOp::create(b, 1));
              return {arith::SelectOp::create(b, better, values[0], values[1]),
                      arith::SelectOp::create(b, better, index, values[2])};
            });
    rewriter.replaceOp(op, search.getResult(1));
    return success();
  }
};

/// The float whose place in the order of all floats is `key` (unsigned): keys from 2^31 are the
/// floats of positive sign, those below are the negative ones with their bits flipped. Keys below
/// the one of -inf mean -inf, keys above the one of +inf give a NaN, which no entry reaches.
Value floatOfKey(ImplicitLocOpBuilder &b, Value key) {
  Value signBit =
      arith::ConstantIntOp::create(b, b.getI32Type(), std::numeric_limits<int32_t>::min());
  Value zero = arith::ConstantIntOp::create(b, b.getI32Type(), 0),
        ones = arith::ConstantIntOp::create(b, b.getI32Type(), -1);
  Value upper = arith::CmpIOp::create(b, arith::CmpIPredicate::slt, key, zero);
  Value flips = arith::SelectOp::create(b, upper, signBit, ones);
  Value number = arith::BitcastOp::create(b, b.getF32Type(), arith::XOrIOp::create(b, key, flips));
  Value lowest = floatScalar(b, b.getLoc(), -std::numeric_limits<double>::infinity());
  Value isNumber = arith::CmpFOp::create(b, arith::CmpFPredicate::ORD, number, number);
  return arith::SelectOp::create(b, arith::OrIOp::create(b, isNumber, upper), number, lowest);
}

/// saliency.percentile -> bisection. The k-th largest entry is the largest float t with at least k
/// + 1 entries >= t. Its key is found bit by bit from the top: 32 counting passes over the sample,
/// no copy, no allocation, and the exact entry. NaN entries count as -inf.
struct PercentileLowering final : Lowering<PercentileOp> {
  using Lowering::Lowering;

  LogicalResult matchAndRewrite(PercentileOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    Location loc = op.getLoc();
    ArrayRef<int64_t> shape = logicalShape(op.getX());
    int64_t samples = shape[0], entries = ShapedType::getNumElements(shape) / samples;
    double rank = std::nearbyint((entries - 1) * (1.0 - op.getQ().convertToDouble() / 100.0));
    int64_t k = std::clamp<int64_t>(static_cast<int64_t>(rank), 0, entries - 1);

    Value rows = reshaped(rewriter, loc, adaptor.getX(), {samples, entries});
    auto index = [&](int64_t value) {
      return arith::ConstantIndexOp::create(rewriter, loc, value).getResult();
    };
    Value keys = filledRaw(rewriter, loc, samples, rewriter.getI32IntegerAttr(0));
    auto loop =
        scf::ForOp::create(rewriter, loc, index(0), index(32), index(1), keys,
                           [&](OpBuilder &builder, Location loc, Value step, ValueRange state) {
                             Value next = refine(builder, loc, rows, state[0], step, k);
                             scf::YieldOp::create(builder, loc, next);
                           });
    AffineExpr n = getAffineDimExpr(0, context.mlir);
    Value init = filledRaw(rewriter, loc, samples, rewriter.getF32FloatAttr(0.0f));
    Value found = Nest(rewriter, loc, context, 1)
                      .readRaw(loop.getResult(0), n)
                      .writeRaw(init, n)
                      .buildOne([](ImplicitLocOpBuilder &b, ValueRange values) {
                        return floatOfKey(b, values[0]);
                      });
    rewriter.replaceOp(
        op, reshaped(rewriter, loc, found, context.layout.toPhysical(op.getType().getShape())));
    return success();
  }

private:
  /// Sets bit 31 - step of every sample's key where more than k entries are >= the float of the key
  /// with that bit.
  Value refine(OpBuilder &builder, Location loc, Value rows, Value keys, Value step,
               int64_t k) const {
    int64_t samples = logicalShape(rows)[0];
    ImplicitLocOpBuilder outer(loc, builder);
    Value top = arith::ConstantIntOp::create(outer, outer.getI32Type(),
                                             std::numeric_limits<int32_t>::min());
    Value bit = arith::ShRUIOp::create(outer, top,
                                       arith::IndexCastOp::create(outer, outer.getI32Type(), step));
    AffineExpr n, i;
    bindDims(context.mlir, n, i);
    Value pivots = Nest(builder, loc, context, 1)
                       .readRaw(keys, n)
                       .writeRaw(filledRaw(builder, loc, samples, builder.getF32FloatAttr(0.0f)), n)
                       .buildOne([&](ImplicitLocOpBuilder &b, ValueRange values) {
                         return floatOfKey(b, arith::OrIOp::create(b, values[0], bit));
                       });
    Value counts = Nest(builder, loc, context, 2)
                       .readRaw(rows, {n, i})
                       .readRaw(pivots, n)
                       .writeRaw(filledRaw(builder, loc, samples, builder.getI32IntegerAttr(0)), n)
                       .reduce(i)
                       .buildOne([](ImplicitLocOpBuilder &b, ValueRange values) -> Value {
                         Value reaches = arith::CmpFOp::create(b, arith::CmpFPredicate::OGE,
                                                               values[0], values[1]);
                         return arith::AddIOp::create(
                             b, values[2], arith::ExtUIOp::create(b, b.getI32Type(), reaches));
                       });
    return Nest(builder, loc, context, 1)
        .readRaw(counts, n)
        .writeRaw(keys, n)
        .buildOne([&](ImplicitLocOpBuilder &b, ValueRange values) -> Value {
          Value least = arith::ConstantIntOp::create(b, b.getI32Type(), k);
          Value enough = arith::CmpIOp::create(b, arith::CmpIPredicate::sgt, values[0], least);
          return arith::SelectOp::create(b, enough, arith::OrIOp::create(b, values[1], bit),
                                         values[1]);
        });
  }
};

} // namespace

void saliency::populateSelectionPatterns(RewritePatternSet &patterns,
                                         const LoweringContext &context) {
  addLowerings<ArgMaxLowering, PercentileLowering>(patterns, context);
}
