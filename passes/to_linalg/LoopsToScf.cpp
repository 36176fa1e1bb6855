// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The first step of the lowering: what stage `specialised` says about loops and about tensors that
// a call may leave out, written with scf and tensor. Bodies stay saliency ops, for the conversion
// behind it, and so does the order of axes, which that conversion decides.
//
//   %s = saliency.repeat %run to %count carrying(%a = %zero) : T { ... saliency.yield %b : T }
//      |
//      v
//   %s = scf.for %run = 0 to %count step 1 iter_args(%a = %zero) -> T { ... scf.yield %b : T }
//
//   %s = saliency.for_each_class %class in %listed or %otherwise except %target carrying(...) { ...
//   }
//      |
//      v
//   %none = dim %listed, 0 == 0
//   %s = scf.for %i = 0 to max(dim %listed, 1) step 1 iter_args(...) {
//     %row = scf.if %none { %otherwise } else { row %i of %listed }
//     %class = select (%row == %target), -1, %row
//     ...
//   }
//
//   %y = saliency.if_given %t { A } otherwise { B }   ->   %y = scf.if (dim %t, 0 == 0) { B } else
//   { A } count_given -> tensor.dim      given_entry, table_entry -> a slice, an entry      fill ->
//   linalg.fill gemm_adjoint_at %W, %r, %t  ->  linalg.generic { r[n, t[n]] W[t[n], k], or 0 where
//   t[n] < 0 }
#include "passes/to_linalg/LoopsToScf.h"

#include "dialect/LoopOps.h"
#include "dialect/ops/Builders.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/PatternMatch.h"

using namespace mlir;
using namespace saliency;

static Value indexOf(OpBuilder &builder, Location loc, int64_t value) {
  return arith::ConstantIndexOp::create(builder, loc, value);
}

static Value countGiven(OpBuilder &builder, Location loc, Value given) {
  return tensor::DimOp::create(builder, loc, given, 0);
}

static Value isZero(OpBuilder &builder, Location loc, Value count) {
  return arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::eq, count,
                               indexOf(builder, loc, 0));
}

/// Entry `index` along axis 0; `type` keeps that axis with extent 1 or drops it.
static Value sliceEntry(OpBuilder &b, Location loc, RankedTensorType type, Value given,
                        Value index) {
  ArrayRef<int64_t> shape = cast<RankedTensorType>(given.getType()).getShape();
  SmallVector<OpFoldResult> offsets(shape.size(), b.getIndexAttr(0)),
      steps(shape.size(), b.getIndexAttr(1)), sizes = {b.getIndexAttr(1)};
  offsets[0] = index;
  for (int64_t extent : shape.drop_front())
    sizes.push_back(b.getIndexAttr(extent));
  return tensor::ExtractSliceOp::create(b, loc, type, given, offsets, sizes, steps);
}

/// Moves a region's ops to the builder's place, with `arguments` for those of its block, and ends
/// them as scf does.
static void moveBody(RewriterBase &rewriter, Region &region, ValueRange arguments) {
  Block *block = &region.front();
  auto yield = cast<saliency::YieldOp>(block->getTerminator());
  SmallVector<Value> values(yield.getValues());
  Location loc = yield.getLoc();
  // An argument may be yielded itself.
  for (Value &value : values)
    if (auto argument = dyn_cast<BlockArgument>(value); argument && argument.getOwner() == block)
      value = arguments[argument.getArgNumber()];
  rewriter.eraseOp(yield);
  rewriter.inlineBlockBefore(block, rewriter.getInsertionBlock(), rewriter.getInsertionPoint(),
                             arguments);
  scf::YieldOp::create(rewriter, loc, values);
}

static void lower(RewriterBase &rewriter, RepeatOp repeat) {
  Location loc = repeat.getLoc();
  Value zero = indexOf(rewriter, loc, 0), one = indexOf(rewriter, loc, 1);
  auto loop = scf::ForOp::create(rewriter, loc, zero, repeat.getCount(), one, repeat.getStarts());
  if (repeat.getStarts().empty())
    rewriter.eraseOp(loop.getBody()->getTerminator());
  rewriter.setInsertionPointToEnd(loop.getBody());
  moveBody(rewriter, repeat.getRegion(), loop.getBody()->getArguments());
  rewriter.replaceOp(repeat, loop.getResults());
}

static void lower(RewriterBase &rewriter, ForEachClassOp classes) {
  Location loc = classes.getLoc();
  auto type = cast<RankedTensorType>(classes.getTarget().getType());
  Value zero = indexOf(rewriter, loc, 0), one = indexOf(rewriter, loc, 1);
  Value given = countGiven(rewriter, loc, classes.getListed());
  Value none = isZero(rewriter, loc, given);
  Value trips = arith::MaxSIOp::create(rewriter, loc, given, one);
  auto loop = scf::ForOp::create(rewriter, loc, zero, trips, one, classes.getStarts());
  if (classes.getStarts().empty())
    rewriter.eraseOp(loop.getBody()->getTerminator());
  rewriter.setInsertionPointToEnd(loop.getBody());
  auto pick = scf::IfOp::create(
      rewriter, loc, none,
      [&](OpBuilder &b, Location loc) { scf::YieldOp::create(b, loc, classes.getOtherwise()); },
      [&](OpBuilder &b, Location loc) {
        scf::YieldOp::create(b, loc,
                             sliceEntry(b, loc, type, classes.getListed(), loop.getInductionVar()));
      });
  Value row = pick.getResult(0);
  Value isTarget =
      arith::CmpIOp::create(rewriter, loc, arith::CmpIPredicate::eq, row, classes.getTarget());
  Value unused =
      arith::ConstantOp::create(rewriter, loc, DenseElementsAttr::get(type, int64_t(-1)));
  SmallVector<Value> arguments = {arith::SelectOp::create(rewriter, loc, isTarget, unused, row)};
  llvm::append_range(arguments, loop.getRegionIterArgs());
  moveBody(rewriter, classes.getRegion(), arguments);
  rewriter.replaceOp(classes, loop.getResults());
}

/// Asked once, where the tensor comes from, not in every turn of a loop around the choice.
static Value isLeftOut(RewriterBase &rewriter, Location loc, Value given) {
  OpBuilder::InsertionGuard guard(rewriter);
  rewriter.setInsertionPointAfterValue(given);
  return isZero(rewriter, loc, countGiven(rewriter, loc, given));
}

static void lower(RewriterBase &rewriter, IfGivenOp choice) {
  Location loc = choice.getLoc();
  Value none = isLeftOut(rewriter, loc, choice.getGiven());
  auto lowered = scf::IfOp::create(rewriter, loc, TypeRange{choice.getType()}, none,
                                   /*addThenBlock=*/true, /*addElseBlock=*/true);
  rewriter.setInsertionPointToEnd(lowered.thenBlock());
  moveBody(rewriter, choice.getOtherwise(), {});
  rewriter.setInsertionPointToEnd(lowered.elseBlock());
  moveBody(rewriter, choice.getWhereGiven(), {});
  rewriter.replaceOp(choice, lowered.getResults());
}

static void lower(RewriterBase &rewriter, CountGivenOp op) {
  rewriter.replaceOp(op, countGiven(rewriter, op.getLoc(), op.getGiven()));
}

static void lower(RewriterBase &rewriter, GivenEntryOp op) {
  rewriter.replaceOp(op, sliceEntry(rewriter, op.getLoc(), cast<RankedTensorType>(op.getType()),
                                    op.getGiven(), op.getIndex()));
}

static void lower(RewriterBase &rewriter, TableEntryOp op) {
  ArrayRef<float> entries = op.getTable();
  auto values =
      DenseElementsAttr::get(f32Tensor(rewriter.getContext(), int64_t(entries.size())), entries);
  Value table = arith::ConstantOp::create(rewriter, op.getLoc(), values);
  rewriter.replaceOpWithNewOp<tensor::ExtractOp>(op, table, op.getRun());
}

static void lower(RewriterBase &rewriter, saliency::FillOp op) {
  auto type = cast<RankedTensorType>(op.getType());
  Value empty =
      tensor::EmptyOp::create(rewriter, op.getLoc(), type.getShape(), type.getElementType());
  rewriter.replaceOpWithNewOp<linalg::FillOp>(op, op.getNumber(), empty);
}

static void lower(RewriterBase &rewriter, GemmAdjointAtOp op) {
  Location loc = op.getLoc();
  auto type = cast<RankedTensorType>(op.getType());
  Value empty = tensor::EmptyOp::create(rewriter, loc, type.getShape(), type.getElementType());
  AffineMap identity = rewriter.getMultiDimIdentityMap(2), samples = identity.getSubMap({0});
  rewriter.replaceOpWithNewOp<linalg::GenericOp>(
      op, type, ValueRange{op.getIndex()}, ValueRange{empty},
      ArrayRef<AffineMap>{samples, identity},
      ArrayRef<utils::IteratorType>{utils::IteratorType::parallel, utils::IteratorType::parallel},
      [&](OpBuilder &b, Location loc, ValueRange arguments) {
        Value zero = arith::ConstantOp::create(b, loc, b.getI64IntegerAttr(0));
        Value none = arith::CmpIOp::create(b, loc, arith::CmpIPredicate::slt, arguments[0], zero);
        Value row = arith::IndexCastOp::create(b, loc, b.getIndexType(),
                                               arith::MaxSIOp::create(b, loc, arguments[0], zero));
        Value sample = linalg::IndexOp::create(b, loc, 0),
              column = linalg::IndexOp::create(b, loc, 1);
        Value weight = tensor::ExtractOp::create(b, loc, op.getWeight(), ValueRange{row, column});
        Value r = tensor::ExtractOp::create(b, loc, op.getR(), ValueRange{sample, row});
        Value product = arith::MulFOp::create(b, loc, r, weight);
        Value nothing = arith::ConstantOp::create(b, loc, b.getF32FloatAttr(0));
        linalg::YieldOp::create(
            b, loc, arith::SelectOp::create(b, loc, none, nothing, product).getResult());
      });
}

/// Lowers `op` if it is one of these.
template <typename... Ops> static void lowerOneOf(RewriterBase &rewriter, Operation *op) {
  auto lowerIf = [&](auto typed) {
    if (typed)
      lower(rewriter, typed);
    return bool(typed);
  };
  (void)(lowerIf(dyn_cast<Ops>(op)) || ...);
}

void saliency::lowerLoops(ModuleOp module) {
  SmallVector<Operation *> ops; // a body before the loop around it
  module.walk([&](Operation *op) { ops.push_back(op); });
  IRRewriter rewriter(module.getContext());
  for (Operation *op : ops) {
    rewriter.setInsertionPoint(op);
    lowerOneOf<RepeatOp, ForEachClassOp, IfGivenOp, CountGivenOp, GivenEntryOp, TableEntryOp,
               saliency::FillOp, GemmAdjointAtOp>(rewriter, op);
  }
}
