// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Data taken from other places of an axis: gathers, mirrored borders, tiles, shifts.
#ifndef SALIENCY_IMPORT_PLACES_H
#define SALIENCY_IMPORT_PLACES_H

#include "dialect/import/Node.h"

namespace saliency {

/// x[.., indices[i], ..] along `axis`, of data or as a slice where the places are equally far
/// apart; an index of -1 gives 0. The axis of samples is taken in slices only: an error otherwise.
mlir::FailureOr<mlir::Value> buildTake(Node &node, mlir::Value x, int64_t axis,
                                       llvm::ArrayRef<int64_t> indices);

/// `x` under another shape of equally many entries; `x` itself where it has that shape. A reshape
/// that `x` is, without an ONNX name, is replaced.
mlir::FailureOr<mlir::Value> buildReshape(Node &node, mlir::Value x, llvm::ArrayRef<int64_t> shape);

/// The result of the node: `x`, which is no value of ONNX's yet (else an identity keeps both
/// names).
mlir::LogicalResult finishWith(Node &node, mlir::Value x);

} // namespace saliency

#endif // SALIENCY_IMPORT_PLACES_H
