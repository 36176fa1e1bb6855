// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Functions of a model: operators that the file itself defines as a graph of others.
#ifndef SALIENCY_IMPORT_FUNCTIONS_H
#define SALIENCY_IMPORT_FUNCTIONS_H

#include "dialect/import/Reporter.h"

namespace saliency {

/// Puts the nodes of its body in place of every call that `outputs` need, also in subgraphs and in
/// bodies. For a function Scale(a) -> b with the body `t = Sqrt(a); b = Mul(a, t)`:
///
///   y = Scale(x)   (node "block")   ->   block/t = Sqrt(x)
///                                        y       = Mul(x, block/t)
///
/// Values of the body take the call's name in front, so that users find their way back; the call's
/// attributes replace those that the body refers to. `opset` is the model's.
mlir::LogicalResult inlineFunctions(onnx::ModelProto &model, llvm::ArrayRef<std::string> outputs,
                                    int64_t opset, Reporter &reporter);

} // namespace saliency

#endif // SALIENCY_IMPORT_FUNCTIONS_H
