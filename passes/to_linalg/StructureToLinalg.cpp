// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Constants and ops that only move entries.
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Utils/IndexingUtils.h"
#include "passes/to_linalg/ConstantRelay.h"
#include "passes/to_linalg/Nest.h"

using namespace mlir;
using namespace saliency;

namespace {

/// saliency.constant, or arith.constant of a reordered tensor -> arith.constant in physical order.
template <typename OpT> struct ConstantLowering final : Lowering<OpT> {
  using Lowering<OpT>::Lowering;
  LogicalResult matchAndRewrite(OpT op, typename OpT::Adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    auto value = cast<ElementsAttr>(op.getValue());
    ElementsAttr relaid = this->context.constants.permuted(
        value, this->context.layout.permutation(value.getShapedType().getRank()));
    if (!relaid)
      return op.emitError(
          "a constant's data is present when it is re-laid, found a resource without data");
    rewriter.replaceOpWithNewOp<arith::ConstantOp>(op, cast<TypedAttr>(relaid));
    return success();
  }
};

/// saliency.reshape -> [linalg.transpose to logical order,] tensor.collapse/expand_shape [,
/// linalg.transpose back].
struct ReshapeLowering final : Lowering<ReshapeOp> {
  using Lowering::Lowering;
  LogicalResult matchAndRewrite(ReshapeOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    Value logical = toLogicalOrder(rewriter, op.getLoc(), context.layout, adaptor.getX());
    Value shaped = reshaped(rewriter, op.getLoc(), logical, op.getShape());
    rewriter.replaceOp(op, toPhysicalOrder(rewriter, op.getLoc(), context.layout, shaped));
    return success();
  }
};

/// saliency.transpose -> linalg.transpose of the physical axes.
struct TransposeLowering final : Lowering<TransposeOp> {
  using Lowering::Lowering;
  LogicalResult matchAndRewrite(TransposeOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    size_t rank = op.getPermutation().size();
    SmallVector<int64_t> permutation;
    for (int64_t logical : context.layout.permutation(rank))
      permutation.push_back(context.layout.physicalAxis(rank, op.getPermutation()[logical]));
    rewriter.replaceOp(op, transposed(rewriter, op.getLoc(), adaptor.getX(), permutation));
    return success();
  }
};

/// saliency.slice -> tensor.extract_slice.
struct SliceLowering final : Lowering<SliceOp> {
  using Lowering::Lowering;
  LogicalResult matchAndRewrite(SliceOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    rewriter.replaceOp(op, sliced(rewriter, op.getLoc(), context, adaptor.getX(), op.getStarts(),
                                  op.getSizes(), op.getStrides()));
    return success();
  }
};

/// saliency.pad -> linalg.fill, tensor.insert_slice with stride interior + 1.
struct PadLowering final : Lowering<saliency::PadOp> {
  using Lowering::Lowering;
  LogicalResult matchAndRewrite(saliency::PadOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    double value = op.getValue().convertToDouble();
    ArrayRef<int64_t> shape = logicalShape(op.getX());
    if (llvm::all_of(op.getInterior(), [](int64_t cells) { return cells == 0; })) {
      rewriter.replaceOp(op, padded(rewriter, op.getLoc(), context, adaptor.getX(), shape,
                                    op.getLow(), op.getHigh(), value));
      return success();
    }
    SmallVector<int64_t> strides =
        llvm::map_to_vector(op.getInterior(), [](int64_t cells) { return cells + 1; });
    Value target = filledTensor(rewriter, op.getLoc(), context, op.getType().getShape(), value);
    rewriter.replaceOp(op, inserted(rewriter, op.getLoc(), context, adaptor.getX(), target,
                                    op.getLow(), shape, strides));
    return success();
  }
};

/// saliency.upsample -> a linalg.generic that copies, in which each repeated axis has a loop of its
/// own behind, collapsed afterwards.
struct UpsampleLowering final : Lowering<UpsampleOp> {
  using Lowering::Lowering;
  LogicalResult matchAndRewrite(UpsampleOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    SmallVector<int64_t> logical = {1, 1};
    logical.append(op.getFactors().begin(), op.getFactors().end());
    SmallVector<int64_t> apart;
    SmallVector<AffineExpr> all, own;
    for (auto [extent, factor] : llvm::zip_equal(context.layout.toPhysical(logicalShape(op.getX())),
                                                 context.layout.toPhysical(logical))) {
      own.push_back(rewriter.getAffineDimExpr(apart.size()));
      all.push_back(own.back());
      apart.push_back(extent);
      if (factor == 1)
        continue;
      all.push_back(rewriter.getAffineDimExpr(apart.size()));
      apart.push_back(factor);
    }
    Value empty = tensor::EmptyOp::create(rewriter, op.getLoc(), apart, rewriter.getF32Type());
    Value copied =
        Nest(rewriter, op.getLoc(), context, apart.size())
            .readRaw(adaptor.getX(), own)
            .writeRaw(empty, all)
            .buildOne([](ImplicitLocOpBuilder &, ValueRange values) { return values[0]; });
    rewriter.replaceOp(op, reshaped(rewriter, op.getLoc(), copied,
                                    context.layout.toPhysical(op.getType().getShape())));
    return success();
  }
};

/// saliency.identity %x -> %x.
template <typename OpT> struct ForwardLowering final : Lowering<OpT> {
  using Lowering<OpT>::Lowering;
  LogicalResult matchAndRewrite(OpT op, typename OpT::Adaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    rewriter.replaceOp(op, adaptor.getX());
    return success();
  }
};

/// saliency.concat -> one tensor.insert_slice per operand.
struct ConcatLowering final : Lowering<saliency::ConcatOp> {
  using Lowering::Lowering;
  LogicalResult matchAndRewrite(saliency::ConcatOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    ArrayRef<int64_t> shape = op.getType().getShape();
    Value result = emptyTensor(rewriter, op.getLoc(), context, shape);
    SmallVector<int64_t> offsets(shape.size(), 0), ones(shape.size(), 1);
    for (auto [logical, physical] : llvm::zip_equal(op.getInputs(), adaptor.getInputs())) {
      ArrayRef<int64_t> sizes = logicalShape(logical);
      result = inserted(rewriter, op.getLoc(), context, physical, result, offsets, sizes, ones);
      offsets[op.getAxis()] += sizes[op.getAxis()];
    }
    rewriter.replaceOp(op, result);
    return success();
  }
};

} // namespace

void saliency::populateStructurePatterns(RewritePatternSet &patterns,
                                         const LoweringContext &context) {
  addLowerings<ConstantLowering<saliency::ConstantOp>, ConstantLowering<arith::ConstantOp>,
               ReshapeLowering, TransposeLowering, SliceLowering, PadLowering, UpsampleLowering,
               ForwardLowering<IdentityOp>, ForwardLowering<DropoutOp>, ConcatLowering>(patterns,
                                                                                        context);
}
