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
Handler importConv, importGemm, importMatMul;

// Pools.
Handler importMaxPool, importAveragePool, importGlobalAveragePool, importGlobalMaxPool,
    importReduceMean, importReduceSum, importReduceMax, importLRN;

// Elementwise and normalisation.
Handler importRelu, importSigmoid, importTanh, importLeakyRelu, importClip, importSoftmax,
    importBatchNormalization, importLayerNormalization;
Handler importAbs, importNeg, importExp, importLog, importSqrt, importReciprocal, importErf,
    importSoftplus, importSoftsign, importMish, importHardSwish, importHardSigmoid, importGelu,
    importElu, importSelu, importPow, importPRelu;
Handler importAdd, importSub, importMul, importDiv, importSum;

// Structure: rearranges data and constants alike.
Handler importReshape, importResize, importUpsample, importFlatten, importSqueeze, importUnsqueeze,
    importIdentity, importDropout, importCast;
Handler importTranspose, importConcat, importSlice, importSplit, importGather, importPad,
    foldExpand, foldTile;

// Constants.
Handler foldConstant, foldConstantOfShape, foldShape, foldSize, foldRange;

// Operators that are only evaluated on constants.
Handler foldPow, foldMod, foldMin, foldMax, foldEqual, foldLess, foldLessOrEqual, foldGreater,
    foldGreaterOrEqual, foldAnd, foldOr, foldNot, foldWhere, foldNeg, foldAbs, foldSqrt,
    foldReciprocal, foldFloor, foldCeil, foldReduceProd, foldReduceSum, foldReduceMax,
    foldReduceMin;

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
