// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What one run of a repetition draws or selects: each entry a function of its position and of the
// run's number.
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "passes/rules/language/Philox.h"
#include "passes/to_linalg/Nest.h"

#include <numbers>

using namespace mlir;
using namespace saliency;

namespace {

/// A 32-bit number in emitted code, held in 64 bits so that products are exact.
struct Word {
  ImplicitLocOpBuilder *builder;
  Value value;

  Value constant(int64_t number) const {
    return arith::ConstantIntOp::create(*builder, builder->getI64Type(), number);
  }
  friend Word operator^(const Word &a, const Word &b) {
    return {a.builder, arith::XOrIOp::create(*a.builder, a.value, b.value)};
  }
  friend Word operator^(const Word &a, uint32_t b) { return a ^ Word{a.builder, a.constant(b)}; }
  friend Word highProduct(const Word &a, uint32_t b) {
    Value product = arith::MulIOp::create(*a.builder, a.value, a.constant(b));
    return {a.builder, arith::ShRUIOp::create(*a.builder, product, a.constant(32))};
  }
  friend Word lowProduct(const Word &a, uint32_t b) {
    Value product = arith::MulIOp::create(*a.builder, a.value, a.constant(b));
    return {a.builder, arith::AndIOp::create(*a.builder, product, a.constant(0xffffffff))};
  }
  /// The 24 high bits as a fraction in [0, 1), exact in float32.
  Value fraction() const {
    ImplicitLocOpBuilder &b = *builder;
    Value bits =
        arith::TruncIOp::create(b, b.getI32Type(), arith::ShRUIOp::create(b, value, constant(8)));
    return arith::MulFOp::create(b, arith::SIToFPOp::create(b, b.getF32Type(), bits),
                                 floatScalar(b, b.getLoc(), 0x1p-24));
  }
};

/// The random bits of drawBits (Philox.h) for entry `entry` (i64) of run `run` (index).
std::array<Word, 4> drawBits(ImplicitLocOpBuilder &b, Value entry, Value run, int64_t stream,
                             int64_t seed) {
  auto number = [&](int64_t value) -> Word {
    return {&b, arith::ConstantIntOp::create(b, b.getI64Type(), value)};
  };
  Word runWord{&b, arith::IndexCastOp::create(b, b.getI64Type(), run)};
  return rules::philox4x32<Word>({Word{&b, entry}, runWord, number(stream), number(0)},
                                 static_cast<uint64_t>(seed));
}

/// Box and Muller, as drawNormal in Philox.h.
Value normalOf(ImplicitLocOpBuilder &b, const Word &first, const Word &second) {
  auto number = [&](double value) { return floatScalar(b, b.getLoc(), value); };
  Value u = arith::SubFOp::create(b, number(1), first.fraction());
  Value radius =
      math::SqrtOp::create(b, arith::MulFOp::create(b, number(-2), math::LogOp::create(b, u)));
  Value angle = arith::MulFOp::create(b, number(2 * std::numbers::pi), second.fraction());
  return arith::MulFOp::create(b, radius, math::CosOp::create(b, angle));
}

/// The index along logical axis `axis` in a nest over `rank` axes.
Value indexAlong(ImplicitLocOpBuilder &b, const Layout &layout, size_t rank, size_t axis) {
  return linalg::IndexOp::create(b, layout.physicalAxis(rank, axis));
}

/// One nest over `shape` that computes every entry from its index.
template <typename Body>
Value entries(OpBuilder &builder, Location loc, const LoweringContext &context,
              ArrayRef<int64_t> shape, Body body) {
  return Nest(builder, loc, context, shape.size())
      .write(emptyTensor(builder, loc, context, shape),
             context.layout.dims(context.mlir, shape.size()))
      .buildOne([&](ImplicitLocOpBuilder &b, ValueRange) -> Value { return body(b); });
}

/// saliency.draw -> linalg.generic { philox(row-major index, run, stream) }.
struct DrawLowering final : Lowering<DrawOp> {
  using Lowering::Lowering;
  LogicalResult matchAndRewrite(DrawOp op, OpAdaptor,
                                ConversionPatternRewriter &rewriter) const override {
    ArrayRef<int64_t> shape = op.getShape();
    rewriter.replaceOp(
        op, entries(rewriter, op.getLoc(), context, shape, [&](ImplicitLocOpBuilder &b) {
          Value entry = arith::ConstantIndexOp::create(b, 0);
          for (size_t axis = 0; axis != shape.size(); ++axis) {
            Value before =
                arith::MulIOp::create(b, entry, arith::ConstantIndexOp::create(b, shape[axis]));
            entry =
                arith::AddIOp::create(b, before, indexAlong(b, context.layout, shape.size(), axis));
          }
          Value number = arith::IndexCastOp::create(b, b.getI64Type(), entry);
          auto words = drawBits(b, number, op.getRun(), op.getStream(), op.getSeed());
          return op.getDistribution() == Distribution::Uniform ? words[0].fraction()
                                                               : normalOf(b, words[0], words[1]);
        }));
    return success();
  }
};

/// saliency.window_mask -> linalg.generic { start <= position < start + extent along every axis }.
struct WindowMaskLowering final : Lowering<WindowMaskOp> {
  using Lowering::Lowering;
  LogicalResult matchAndRewrite(WindowMaskOp op, OpAdaptor,
                                ConversionPatternRewriter &rewriter) const override {
    ArrayRef<int64_t> shape = op.getShape();
    ImplicitLocOpBuilder outer(op.getLoc(), rewriter);
    auto index = [&](int64_t value) -> Value {
      return arith::ConstantIndexOp::create(outer, value);
    };
    SmallVector<Value> starts(shape.size());
    Value rest = op.getRun();
    for (size_t axis = shape.size(); axis-- > 2;) {
      Value count = index(WindowMaskOp::countWindows(shape[axis], op.getExtent(), op.getStep()));
      starts[axis] = arith::MulIOp::create(outer, arith::RemUIOp::create(outer, rest, count),
                                           index(op.getStep()));
      rest = arith::DivUIOp::create(outer, rest, count);
    }
    rewriter.replaceOp(
        op, entries(rewriter, op.getLoc(), context, shape, [&](ImplicitLocOpBuilder &b) -> Value {
          Value inside = arith::ConstantIntOp::create(b, b.getI1Type(), 1);
          Value extent = arith::ConstantIndexOp::create(b, op.getExtent());
          for (size_t axis = 2; axis != shape.size();
               ++axis) { // before the start: a large unsigned number
            Value position = arith::SubIOp::create(
                b, indexAlong(b, context.layout, shape.size(), axis), starts[axis]);
            inside = arith::AndIOp::create(
                b, inside, arith::CmpIOp::create(b, arith::CmpIPredicate::ult, position, extent));
          }
          return arith::SelectOp::create(b, inside, floatScalar(b, b.getLoc(), 1),
                                         floatScalar(b, b.getLoc(), 0));
        }));
    return success();
  }
};

/// saliency.grid_mask -> linalg.generic { the corner cells around the shifted position, each drawn
/// where it is needed, weighted }.
struct GridMaskLowering final : Lowering<GridMaskOp> {
  using Lowering::Lowering;
  LogicalResult matchAndRewrite(GridMaskOp op, OpAdaptor,
                                ConversionPatternRewriter &rewriter) const override {
    ImplicitLocOpBuilder outer(op.getLoc(), rewriter);
    SmallVector<Value> shifts = drawShifts(outer, op);
    rewriter.replaceOp(
        op, entries(rewriter, op.getLoc(), context, op.getShape(),
                    [&](ImplicitLocOpBuilder &b) { return interpolate(b, op, shifts); }));
    return success();
  }

private:
  enum Stream : int64_t { Cells, Shifts };

  static int64_t cellExtent(GridMaskOp op, size_t axis) {
    return llvm::divideCeil(op.getShape()[axis], op.getCells());
  }

  /// Per spatial axis a whole number of positions in [0, extent of a cell), as a float.
  SmallVector<Value> drawShifts(ImplicitLocOpBuilder &b, GridMaskOp op) const {
    SmallVector<Value> shifts(op.getShape().size());
    for (size_t axis = 2; axis != shifts.size(); ++axis) {
      Value entry = arith::ConstantIntOp::create(b, b.getI64Type(), static_cast<int64_t>(axis - 2));
      Value draw = drawBits(b, entry, op.getRun(), Shifts, op.getSeed())[0].fraction();
      Value position = arith::MulFOp::create(
          b, draw, floatScalar(b, b.getLoc(), static_cast<double>(cellExtent(op, axis))));
      shifts[axis] = arith::SIToFPOp::create(b, b.getF32Type(),
                                             arith::FPToSIOp::create(b, b.getI32Type(), position));
    }
    return shifts;
  }

  /// 1 with the op's probability; `cell` counts row-major.
  Value drawCell(ImplicitLocOpBuilder &b, GridMaskOp op, Value cell) const {
    Value draw = drawBits(b, cell, op.getRun(), Cells, op.getSeed())[0].fraction();
    Value limit = floatScalar(b, b.getLoc(), op.getProbability().convertToDouble());
    Value on = arith::CmpFOp::create(b, arith::CmpFPredicate::OLT, draw, limit);
    return arith::SelectOp::create(b, on, floatScalar(b, b.getLoc(), 1),
                                   floatScalar(b, b.getLoc(), 0));
  }

  Value interpolate(ImplicitLocOpBuilder &b, GridMaskOp op, ArrayRef<Value> shifts) const {
    ArrayRef<int64_t> shape = op.getShape();
    auto number = [&](double value) { return floatScalar(b, b.getLoc(), value); };
    auto integer = [&](int64_t value) -> Value {
      return arith::ConstantIntOp::create(b, b.getI64Type(), value);
    };
    struct Corner {
      Value cell, weight;
    };
    SmallVector<Corner> corners = {{integer(0), number(1)}};
    for (size_t axis = 2; axis != shape.size(); ++axis) {
      // Half-pixel: source = (position + shift + 1/2) cells / ((cells + 1) cell extent) - 1/2,
      // within the grid.
      double scale = double(op.getCells()) / double((op.getCells() + 1) * cellExtent(op, axis));
      Value position = arith::IndexCastOp::create(
          b, b.getI32Type(), indexAlong(b, context.layout, shape.size(), axis));
      Value shifted = arith::AddFOp::create(b, arith::SIToFPOp::create(b, b.getF32Type(), position),
                                            shifts[axis]);
      Value centre =
          arith::MulFOp::create(b, arith::AddFOp::create(b, shifted, number(0.5)), number(scale));
      Value source = arith::SubFOp::create(b, centre, number(0.5));
      source = arith::MaximumFOp::create(b, source, number(0));
      source = arith::MinimumFOp::create(b, source, number(static_cast<double>(op.getCells() - 1)));
      Value lower = arith::FPToSIOp::create(b, b.getI32Type(), source);
      Value upperShare =
          arith::SubFOp::create(b, source, arith::SIToFPOp::create(b, b.getF32Type(), lower));
      Value lowerShare = arith::SubFOp::create(b, number(1), upperShare);
      Value low = arith::ExtSIOp::create(b, b.getI64Type(), lower);
      Value high = arith::MinSIOp::create(b, arith::AddIOp::create(b, low, integer(1)),
                                          integer(op.getCells() - 1));
      SmallVector<Corner> next;
      for (const Corner &corner : corners)
        for (auto [cell, share] : {std::pair(low, lowerShare), std::pair(high, upperShare)})
          next.push_back(
              {arith::AddIOp::create(
                   b, arith::MulIOp::create(b, corner.cell, integer(op.getCells())), cell),
               arith::MulFOp::create(b, corner.weight, share)});
      corners = std::move(next);
    }
    Value sum = number(0);
    for (const Corner &corner : corners)
      sum = arith::AddFOp::create(
          b, sum, arith::MulFOp::create(b, corner.weight, drawCell(b, op, corner.cell)));
    return sum;
  }
};

} // namespace

void saliency::populateRunPatterns(RewritePatternSet &patterns, const LoweringContext &context) {
  addLowerings<DrawLowering, WindowMaskLowering, GridMaskLowering>(patterns, context);
}
