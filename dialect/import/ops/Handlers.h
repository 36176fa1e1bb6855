// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// One handler per operator, or per group of operators that differ in the op they become. Each reads
// all attributes of its operator at the node's version, and sets the node's results: SSA values, or
// constants where the inputs are constant.
#ifndef SALIENCY_IMPORT_OPS_HANDLERS_H
#define SALIENCY_IMPORT_OPS_HANDLERS_H

#include "dialect/import/Node.h"

namespace saliency {

using Handler = mlir::LogicalResult(Node &);

// Linear maps.
Handler importConv, importConvTranspose, importGemm, importMatMul, importEinsum, importCumSum,
    importTrilu;

// Pools.
Handler importMaxPool, importAveragePool, importGlobalAveragePool, importGlobalMaxPool,
    importLpPool, importGlobalLpPool, importLRN;

// Reductions.
Handler importReduceMean, importReduceSum, importReduceMax, importReduceMin, importReduceProd,
    importReduceL1, importReduceL2, importReduceSumSquare, importReduceLogSum,
    importReduceLogSumExp;

// Elementwise and normalisation. Functions that differ by numbers alone: importForm below.
Handler importClip, importGelu, importPow, importPRelu, importSwish, importSoftmax;
Handler importBatchNormalization, importLayerNormalization, importInstanceNormalization,
    importGroupNormalization, importRMSNormalization, importLpNormalization,
    importMeanVarianceNormalization;
Handler importAdd, importSub, importMul, importDiv, importSum, importMax, importMin, importWhere;

// Structure: rearranges data and constants alike.
Handler importReshape, importResize, importUpsample, importFlatten, importSqueeze, importUnsqueeze,
    importIdentity, importDropout, importCast;
Handler importTranspose, importConcat, importSlice, importSplit, importGather, importPad,
    importExpand, importTile, importDepthToSpace, importSpaceToDepth, importScatterND,
    importScatterElements;

// Control flow.
Handler importIf;

// Constants.
Handler foldConstant, foldConstantOfShape, foldShape, foldSize, foldRange;

// Operators that are only evaluated on constants.
Handler foldPow, foldMod, foldMin, foldMax, foldEqual, foldLess, foldLessOrEqual, foldGreater,
    foldGreaterOrEqual, foldAnd, foldOr, foldNot, foldWhere, foldNeg, foldAbs, foldSqrt,
    foldReciprocal, foldFloor, foldCeil, foldRound, foldSign, foldSin, foldCos, foldExp, foldLog,
    foldReduceProd, foldReduceSum, foldReduceMax, foldReduceMin;

/// The attributes of the op that `form` makes of the node, read from the node's own.
mlir::FailureOr<llvm::SmallVector<mlir::NamedAttribute>> readNumbers(Node &node,
                                                                     const OnnxForm &form);
/// A function that shape computations use, too, evaluated where its input is constant; nothing
/// where it becomes an op.
std::optional<llvm::LogicalResult> evaluateFunction(Node &node, const OnnxForm &form);

/// The handler of ONNX form number `i` in OpT's row of Activation.td.
template <typename OpT, size_t i> mlir::LogicalResult importForm(Node &node) {
  constexpr const OnnxForm &form = OpT::kRow.onnx[i];
  if (std::optional<llvm::LogicalResult> evaluated = evaluateFunction(node, form))
    return *evaluated;
  mlir::FailureOr<mlir::Value> x = node.getValue(0);
  if (mlir::failed(x))
    return mlir::failure();
  mlir::FailureOr<llvm::SmallVector<mlir::NamedAttribute>> numbers = readNumbers(node, form);
  return mlir::failed(numbers) ? mlir::failure() : node.replaceWith<OpT>({*x}, *numbers);
}

/// Reads every axis-like list that an operator of the reduction family takes: `axes` (sorted; all
/// of `rank` where absent) and keepdims. `attributeUntil`: first version that gives the axes as
/// input 1.
struct ReductionAxes {
  llvm::SmallVector<int64_t> axes;
  bool keepDims = true;
};
mlir::FailureOr<ReductionAxes> readReductionAxes(Node &node, int64_t rank, int64_t attributeUntil);

/// Reports that the operator is only evaluated on constants, unless all inputs are.
mlir::LogicalResult requireConstants(Node &node);

} // namespace saliency

#endif // SALIENCY_IMPORT_OPS_HANDLERS_H
