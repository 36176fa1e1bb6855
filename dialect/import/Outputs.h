// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Which of a model's outputs is explained.
#ifndef SALIENCY_IMPORT_OUTPUTS_H
#define SALIENCY_IMPORT_OUTPUTS_H

#include "dialect/import/Reporter.h"

namespace saliency {

/// The values that the network returns: those of `options.outputs`; or the output that
/// `options.output` names; or the first one that can be class scores (floating point, at most one
/// axis of more than one entry besides the batch), else the first of floating point, else the
/// first. A choice that the model's author may not have expected is said in a remark.
mlir::FailureOr<llvm::SmallVector<std::string>>
chooseOutputs(const onnx::GraphProto &graph, const ImportOptions &options, Reporter &reporter);

} // namespace saliency

#endif // SALIENCY_IMPORT_OUTPUTS_H
