// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The stage from linalg on tensors to linalg on buffers.
#ifndef SALIENCY_CODEGEN_BUFFERS_PIPELINE_H
#define SALIENCY_CODEGEN_BUFFERS_PIPELINE_H

#include "passes/codegen/target/TargetSupport.h"

namespace saliency {

/// Interface, weights, fusion, bufferisation.
void buildBufferPipeline(mlir::OpPassManager &pm, const TargetFacts &facts);

/// Canonicalisation, without that of blocks, and common subexpressions.
void addCleanup(mlir::OpPassManager &pm);

/// The same for each function on its own, several at a time.
void addFunctionCleanup(mlir::OpPassManager &pm);

} // namespace saliency

#endif // SALIENCY_CODEGEN_BUFFERS_PIPELINE_H
