// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The emit reader of the rule language, by subject (rules::Subject): each function makes the ops of
// one word, of a few words of one kind, or of a whole subject, at the place of a scope. `emitNode`
// knows which word takes which function; nothing here knows methods, or asks an op for more than
// its capability offers.
#ifndef SALIENCY_ATTRIBUTION_EMISSION_EMITTERS_H
#define SALIENCY_ATTRIBUTION_EMISSION_EMITTERS_H

#include "passes/attribution/emission/Scope.h"

namespace saliency {

/// A value as what a node comes to.
inline mlir::FailureOr<Term> orFailure(mlir::FailureOr<mlir::Value> value) {
  return failed(value) ? mlir::FailureOr<Term>(mlir::failure())
                       : mlir::FailureOr<Term>(Term{*value});
}

/// The ops of any node. Failure is reported at the scope's place.
mlir::FailureOr<Term> emitNode(Scope &s, const rules::Node &node);

// Subjects that are one file each.
/// Entry by entry; what depends on numbers alone is a number (EmitArithmetic.cpp).
mlir::FailureOr<Term> emitElementwise(Scope &s, const rules::Node &node);
/// Over axes (EmitReductions.cpp).
mlir::FailureOr<Term> emitStatistic(Scope &s, const rules::Node &node);
/// What one run of a repetition reads, and how many runs there are (EmitRuns.cpp).
mlir::FailureOr<Term> emitOfRuns(Scope &s, const rules::Node &node);

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
/// W x without the bias, or transpose(W) r.
mlir::FailureOr<Term> emitLinear(Scope &s, const rules::Node &node, bool isAdjoint);
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

} // namespace saliency

#endif // SALIENCY_ATTRIBUTION_EMISSION_EMITTERS_H
