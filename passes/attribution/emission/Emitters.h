// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The emit reader of the rule language, by subject: each function makes the ops of one word, or of
// a few words of one kind, at the place of a scope. `emitNode` knows which word takes which
// function; nothing here knows methods, or asks an op for more than its capability offers.
#ifndef SALIENCY_ATTRIBUTION_EMISSION_EMITTERS_H
#define SALIENCY_ATTRIBUTION_EMISSION_EMITTERS_H

#include "passes/attribution/emission/Scope.h"
#include "passes/rules/language/Quadrature.h"

namespace saliency {

/// The ops of any node. Failure is reported at the scope's place.
mlir::FailureOr<Term> emitNode(Scope &s, const rules::Node &node);

// EmitArithmetic.cpp: entry by entry. A term whose coefficient is the number 0 is left out, as on
// paper; x * 1 and x + 0 are x.
using UnaryNumber = double (*)(double);
using BinaryNumber = double (*)(double, double);
mlir::FailureOr<Term> emitUnary(Scope &s, const rules::Node &node, UnaryNumber ofNumber,
                                llvm::function_ref<mlir::Value(mlir::Value)> ofTensor);
mlir::FailureOr<Term> emitComparison(Scope &s, const rules::Node &node, BinaryNumber ofNumbers,
                                     mlir::arith::CmpFPredicate predicate);
/// The operand that is `predicate` the other one, or the first one where either is no number.
mlir::FailureOr<Term> emitExtremum(Scope &s, const rules::Node &node, BinaryNumber ofNumbers,
                                   mlir::arith::CmpFPredicate predicate);
mlir::FailureOr<Term> emitSum(Scope &s, const rules::Node &node);
mlir::FailureOr<Term> emitDifference(Scope &s, const rules::Node &node);
mlir::FailureOr<Term> emitProduct(Scope &s, const rules::Node &node);
mlir::FailureOr<Term> emitWhere(Scope &s, const rules::Node &node);
mlir::FailureOr<Term> emitQuotient(Scope &s, const rules::Node &node);
/// max(a, 0) and min(a, 0), sign(a), and 1 where a is not 0; a NaN stays a NaN in the parts.
mlir::Value emitPart(Scope &s, mlir::Value a, mlir::arith::CmpFPredicate dropped);
mlir::Value emitSign(Scope &s, mlir::Value a);
mlir::Value emitNonZero(Scope &s, mlir::Value a);

// EmitReductions.cpp: over axes.
mlir::FailureOr<Term> emitReduction(Scope &s, const rules::Node &node, Reduction kind);
mlir::FailureOr<Term> emitPercentile(Scope &s, const rules::Node &node);
mlir::FailureOr<Term> emitEntries(Scope &s, const rules::Node &node);

// EmitTerminals.cpp: what the place, the method and the layer at hand offer by themselves.
/// `value`, or an error in words where the place has none.
mlir::FailureOr<Term> known(Scope &s, const rules::Node &node, mlir::Value value);
mlir::FailureOr<Term> emitStream(Scope &s, const rules::Node &node, llvm::ArrayRef<mlir::Value> of);
mlir::FailureOr<Term> emitOutput(Scope &s, const rules::Node &node);
mlir::FailureOr<Term> emitOnes(Scope &s, const rules::Node &node);
mlir::FailureOr<Term> emitParameter(Scope &s, const rules::Node &node);
mlir::FailureOr<Term> emitMap(Scope &s, const rules::Node &node);
mlir::FailureOr<Term> emitChangePart(Scope &s, const rules::Node &node, bool rise);

// EmitLayer.cpp: the layer at hand.
/// What a rule calls channels: the axes that the layer combines, otherwise axis 1.
llvm::SmallVector<int64_t> featureAxes(const Scope &s);
/// Of a bilinear op: the operand that is not at hand; null elsewhere.
mlir::Value otherOperand(const Scope &s);
mlir::FailureOr<Term> emitWeight(Scope &s, const rules::Node &node);
mlir::FailureOr<Term> emitBias(Scope &s);
mlir::FailureOr<Term> emitBiasIsFolded(Scope &s);
mlir::FailureOr<Term> emitUsedElsewhere(Scope &s);
mlir::FailureOr<Term> emitGamma(Scope &s, const rules::Node &node);
mlir::FailureOr<Term> emitBeta(Scope &s, const rules::Node &node);
mlir::FailureOr<Term> emitMean(Scope &s, const rules::Node &node);
mlir::FailureOr<Term> emitVariance(Scope &s, const rules::Node &node);
mlir::FailureOr<Term> emitNormEpsilon(Scope &s, const rules::Node &node);
mlir::FailureOr<Term> emitLayerData(Scope &s, const rules::Node &node);
mlir::FailureOr<Term> emitOverOperands(Scope &s, const rules::Node &node);
/// The layer's output without the part that no input contributes; the output itself where there is
/// none.
mlir::Value outputWithoutBias(Scope &s);

// EmitDerivatives.cpp: products of linear maps, functions and derivatives of any layer, gradients
// of the whole network.
mlir::FailureOr<Term> emitForward(Scope &s, const rules::Node &node);
mlir::FailureOr<Term> emitAdjoint(Scope &s, const rules::Node &node);
mlir::FailureOr<Term> emitCorrelate(Scope &s, const rules::Node &node);
mlir::FailureOr<Term> emitForwardOp(Scope &s, const rules::Node &node);
mlir::FailureOr<Term> emitVjp(Scope &s, const rules::Node &node);
mlir::FailureOr<Term> emitGradient(Scope &s, const rules::Node &node);
mlir::FailureOr<Term> emitLayerAt(Scope &s, const rules::Node &node);

// EmitMaps.cpp: positions, windows and borders of maps.
mlir::FailureOr<Term> emitResize(Scope &s, const rules::Node &node);
mlir::FailureOr<Term> emitCollected(Scope &s, const rules::Node &node);
mlir::FailureOr<Term> emitInterior(Scope &s, const rules::Node &node);
mlir::FailureOr<Term> emitNeuron(Scope &s, const rules::Node &node);
mlir::FailureOr<Term> emitWindowMean(Scope &s, const rules::Node &node);
mlir::FailureOr<Term> emitWindowMeanVjp(Scope &s, const rules::Node &node);
mlir::FailureOr<Term> emitMapChannelMean(Scope &s, const rules::Node &node);
mlir::FailureOr<Term> emitBlur(Scope &s, const rules::Node &node);

// EmitPrincipal.cpp.
mlir::FailureOr<Term> emitPrincipal(Scope &s, const rules::Node &node);

// EmitClasses.cpp: sums over the classes that a call names, and classes as channels.
mlir::FailureOr<Term> emitForEachClass(Scope &s, const rules::Node &node);
mlir::FailureOr<Term> emitClassCount(Scope &s, const rules::Node &node);
mlir::FailureOr<Term> emitAtClasses(Scope &s, const rules::Node &node);

// EmitTokens.cpp: attention layers and the tokens of the image's patches.
/// The image's patches among the target layer's tokens, and how many tokens stand before them.
struct TokenGrid {
  int64_t before, rows, columns;
};
mlir::FailureOr<TokenGrid> findTokenGrid(Scope &s);
mlir::FailureOr<Term> emitRollout(Scope &s, const rules::Node &node);
mlir::FailureOr<Term> emitIdentityMatrix(Scope &s, const rules::Node &node);
mlir::FailureOr<Term> emitClassToken(Scope &s, const rules::Node &node);
mlir::FailureOr<Term> emitAtTokens(Scope &s, const rules::Node &node);
mlir::Value reduceTokens(Scope &s, const rules::Node &node, mlir::Value value);

// EmitRuns.cpp: what one run of a repetition reads, and how many runs there are.
mlir::FailureOr<Term> emitOfRun(Scope &s, const rules::Node &node, mlir::Value Run::*part);
mlir::FailureOr<Term> emitRunNumber(Scope &s, const rules::Node &node);
mlir::FailureOr<Term> emitRunCount(Scope &s, const rules::Node &node);
mlir::FailureOr<Term> emitQuadrature(Scope &s, const rules::Node &node,
                                     std::vector<double> rules::QuadratureRule::*entries);
mlir::FailureOr<Term> emitDraw(Scope &s, const rules::Node &node, Distribution distribution);
mlir::FailureOr<Term> emitGivenImage(Scope &s, const rules::Node &node);
mlir::FailureOr<Term> emitWindowMask(Scope &s, const rules::Node &node);
mlir::FailureOr<Term> emitWindowCount(Scope &s, const rules::Node &node);
mlir::FailureOr<Term> emitGridMask(Scope &s, const rules::Node &node);
mlir::FailureOr<Term> emitChannelMask(Scope &s, const rules::Node &node);
mlir::FailureOr<Term> emitChannelCount(Scope &s, const rules::Node &node);
mlir::FailureOr<Term> emitOverRuns(Scope &s, const rules::Node &node);

} // namespace saliency

#endif // SALIENCY_ATTRIBUTION_EMISSION_EMITTERS_H
