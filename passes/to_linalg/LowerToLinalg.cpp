// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// %y = saliency.conv %x, %w, %b {window}      // logical axes: 1x3x8x8
//   ->  %p = tensor.pad %x                     // as `layout` orders them: 1x8x8x3
//       %y = linalg.generic {%s += %p[...] * %w[...]} outs(%b broadcast)
//
//  1. Tensors whose axes have an order are marked, so that one type converter can tell them from
//     raw ones; casts stand where a function's arguments and results enter and leave (Boundary.h).
//  2. Each family's patterns lower its ops, in logical axes; the Layout makes physical ones of
//     them. With tuned contractions, the forms of TunedConv.cpp are tried before the natural ones.
//  3. Constants that are read re-laid only were gathered at compile time (ConstantRelay.h); what
//     nothing reads any more is removed.
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/SCF/Transforms/Patterns.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Transforms/RegionUtils.h"
#include "passes/Counter.h"
#include "passes/to_linalg/Boundary.h"
#include "passes/to_linalg/ConstantRelay.h"
#include "passes/to_linalg/LoopsToScf.h"
#include "passes/to_linalg/PackedWeights.h"
#include "passes/to_linalg/Passes.h"

namespace saliency {
#define GEN_PASS_DEF_LOWERTOLINALG
#include "passes/to_linalg/Passes.h.inc"
} // namespace saliency

using namespace mlir;
using namespace saliency;

namespace {

/// A boundary's mark disappears: cast(physical) -> physical on the way in, the converted operand on
/// the way out.
struct BoundaryLowering final : OpConversionPattern<UnrealizedConversionCastOp> {
  using OpConversionPattern::OpConversionPattern;
  LogicalResult matchAndRewrite(UnrealizedConversionCastOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    bool enters = isMarkedLogical(op.getResult(0).getType());
    rewriter.replaceOp(op, enters ? op.getInputs() : adaptor.getInputs());
    return success();
  }
};

/// A constant that is only read re-laid by the lowerings of its users needs no physical form of its
/// own.
bool isOnlyReadPacked(Operation *constant, const LoweringContext &context) {
  return context.isTuned() && !constant->use_empty() &&
         llvm::all_of(constant->getUses(), [](OpOperand &use) { return isReadPacked(use); });
}

void populate(RewritePatternSet &patterns, const LoweringContext &context) {
  patterns.add<BoundaryLowering>(context.types, context.mlir);
  if (context.isTuned())
    populateTunedConvPatterns(patterns, context);
  populateConvPatterns(patterns, context);
  populateDensePatterns(patterns, context);
  populateMaxPoolPatterns(patterns, context);
  populateAvgPoolPatterns(patterns, context);
  populateActivationPatterns(patterns, context);
  populateElementwisePatterns(patterns, context);
  populateNormalisationPatterns(patterns, context);
  populateStructurePatterns(patterns, context);
  populateReductionPatterns(patterns, context);
  populateSelectionPatterns(patterns, context);
  populateAttributionPatterns(patterns, context);
  populateResamplePatterns(patterns, context);
  populateResizePatterns(patterns, context);
  populateRunPatterns(patterns, context);
}

struct LowerToLinalgPass final : saliency::impl::LowerToLinalgBase<LowerToLinalgPass> {
  using LowerToLinalgBase::LowerToLinalgBase;

  void runOnOperation() override {
    ModuleOp module = getOperation();
    Panels panels{vectorLanes, widestPanel, fewFeatures};
    if (panels.vectorLanes < 1 || panels.widest < 1 || panels.fewFeatures < 0) {
      module.emitError("a vector and a panel have at least one lane, and few features are none or "
                       "more; found vector-lanes=")
          << panels.vectorLanes << " widest-panel=" << panels.widest
          << " few-features=" << panels.fewFeatures;
      return signalPassFailure();
    }
    Layout order(layout);
    TypeConverter types;
    types.addConversion([](Type type) { return type; });
    types.addConversion([order](RankedTensorType type) -> std::optional<Type> {
      if (!isMarkedLogical(type))
        return std::nullopt;
      return order.type(type.getShape(), type.getElementType());
    });
    ConstantRelay constants;
    LoweringContext context{&getContext(), order, contractions, panels, types, constants};

    lowerLoops(module);
    markLogicalTensors(module, order);
    if (failed(convert(module, context)))
      return signalPassFailure();
    IRRewriter rewriter(&getContext());
    (void)runRegionDCE(rewriter, module->getRegions());
    count("lower-to-linalg", "constants re-laid", constants.size());
    module.walk([](linalg::GenericOp op) {
      count("lower-to-linalg", "contractions", op->hasAttr(kContractionAttr));
    });
  }

  LogicalResult convert(ModuleOp module, const LoweringContext &context) {
    ConversionTarget target(getContext());
    target.markUnknownOpDynamicallyLegal([](Operation *op) {
      return !isElementwiseOnTensors(op) && llvm::none_of(op->getOperandTypes(), isMarkedLogical) &&
             llvm::none_of(op->getResultTypes(), isMarkedLogical);
    });
    target.addIllegalDialect<SaliencyDialect>();
    auto isPackedOnly = [&](Operation *op) { return isOnlyReadPacked(op, context); };
    target.addDynamicallyLegalOp<saliency::ConstantOp>(isPackedOnly);
    target.addDynamicallyLegalOp<arith::ConstantOp>([&](Operation *op) {
      return !isMarkedLogical(op->getResult(0).getType()) || isPackedOnly(op);
    });

    RewritePatternSet patterns(&getContext());
    scf::populateSCFStructuralTypeConversionsAndLegality(context.types, patterns, target);
    populate(patterns, context);
    ConversionConfig config;
    config.foldingMode = DialectConversionFoldingMode::Never;
    return applyPartialConversion(module, target, std::move(patterns), config);
  }
};

} // namespace
