// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The ONNX operators that the importer knows: name → versions → handler.
#ifndef SALIENCY_IMPORT_OPERATORS_H
#define SALIENCY_IMPORT_OPERATORS_H

#include "dialect/import/ops/Handlers.h"

namespace saliency {

struct Operator {
  llvm::StringRef name = {};
  /// Opsets that changed the operator, ascending, up to the latest supported opset.
  llvm::ArrayRef<int> versions = {};
  /// Numbers of inputs and outputs over all versions; the inputs below `leastInputs` may not be
  /// left out.
  int leastInputs = 0, mostInputs = 0, mostOutputs = 0;
  Handler *handler = nullptr;

  /// The version that `opset` selects, or 0 where the operator appeared later.
  int64_t versionFor(int64_t opset) const;
};

/// All operators, by name.
llvm::ArrayRef<Operator> getOperators();
/// Null for an operator that is not covered.
const Operator *findOperator(llvm::StringRef name);

} // namespace saliency

#endif // SALIENCY_IMPORT_OPERATORS_H
