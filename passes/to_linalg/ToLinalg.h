// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the families of lowering patterns share: the context they are built with, and their entry
// points.
#ifndef SALIENCY_TO_LINALG_TOLINALG_H
#define SALIENCY_TO_LINALG_TOLINALG_H

#include "dialect/SaliencyDialect.h"
#include "mlir/Transforms/DialectConversion.h"
#include "passes/ContractionAttributes.h"
#include "passes/to_linalg/Layout.h"

namespace saliency {

/// How linear maps are written: `Plain` in their natural order (the oracle), `Tuned` so that the
/// output features are contiguous lanes with the weights re-laid to match.
enum class Contractions { Plain, Tuned };

class ConstantRelay;

struct LoweringContext {
  mlir::MLIRContext *mlir;
  Layout layout;
  Contractions contractions;
  const mlir::TypeConverter &types;
  ConstantRelay &constants;

  bool isTuned() const { return contractions == Contractions::Tuned; }
};

/// A pattern that lowers one op; operands arrive in physical order.
template <typename OpT> class Lowering : public mlir::OpConversionPattern<OpT> {
public:
  explicit Lowering(const LoweringContext &context, mlir::PatternBenefit benefit = 1)
      : mlir::OpConversionPattern<OpT>(context.types, context.mlir, benefit), context(context) {}

protected:
  const LoweringContext &context;
};

/// Adds the patterns `Ops...`, each built from the context.
template <typename... Patterns>
void addLowerings(mlir::RewritePatternSet &patterns, const LoweringContext &context) {
  (patterns.add(std::make_unique<Patterns>(context)), ...);
}

void populateConvPatterns(mlir::RewritePatternSet &patterns, const LoweringContext &context);
void populateTunedConvPatterns(mlir::RewritePatternSet &patterns, const LoweringContext &context);
void populateDensePatterns(mlir::RewritePatternSet &patterns, const LoweringContext &context);
void populateMaxPoolPatterns(mlir::RewritePatternSet &patterns, const LoweringContext &context);
void populateAvgPoolPatterns(mlir::RewritePatternSet &patterns, const LoweringContext &context);
void populateActivationPatterns(mlir::RewritePatternSet &patterns, const LoweringContext &context);
void populateElementwisePatterns(mlir::RewritePatternSet &patterns, const LoweringContext &context);
void populateNormalisationPatterns(mlir::RewritePatternSet &patterns,
                                   const LoweringContext &context);
void populateStructurePatterns(mlir::RewritePatternSet &patterns, const LoweringContext &context);
void populateReductionPatterns(mlir::RewritePatternSet &patterns, const LoweringContext &context);
void populateSelectionPatterns(mlir::RewritePatternSet &patterns, const LoweringContext &context);
void populateAttributionPatterns(mlir::RewritePatternSet &patterns, const LoweringContext &context);
void populateRunPatterns(mlir::RewritePatternSet &patterns, const LoweringContext &context);
void populateResizePatterns(mlir::RewritePatternSet &patterns, const LoweringContext &context);

} // namespace saliency

#endif // SALIENCY_TO_LINALG_TOLINALG_H
