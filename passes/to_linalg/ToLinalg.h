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

/// How tuned contractions cut output features into lanes. The widths follow from the machine's
/// vectors and are the pass's options, which the description of the target fills in; they change
/// where numbers lie and how fast they come, and never depend on how many samples a call has.
struct Panels {
  /// Numbers in a full vector.
  int64_t vectorLanes;
  /// Output features that stand side by side in a weight panel at most. A register tile is a few
  /// vectors of lanes by as many rows as accumulators are left: with 16-float vectors and 32
  /// registers, 1 to 3 vectors by 28 to 9 rows reach the peak, wider tiles run short of rows.
  int64_t widest;
  /// From this many output features the lanes of one cell fill a vector; below, the lanes of an
  /// adjoint run over neighbouring cells.
  int64_t fewFeatures;

  /// Lanes of the panels for `features` output features: the largest divisor up to `widest` that
  /// fills whole vectors, else half vectors, else any.
  int64_t lanesFor(int64_t features) const;
};

class ConstantRelay;

struct LoweringContext {
  mlir::MLIRContext *mlir;
  Layout layout;
  Contractions contractions;
  Panels panels;
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
void populateResamplePatterns(mlir::RewritePatternSet &patterns, const LoweringContext &context);
void populateResizePatterns(mlir::RewritePatternSet &patterns, const LoweringContext &context);

} // namespace saliency

#endif // SALIENCY_TO_LINALG_TOLINALG_H
