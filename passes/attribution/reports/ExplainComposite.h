// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What a composite, the list of layers and their rules (binding/Composite.h), means on a network.
#ifndef SALIENCY_ATTRIBUTION_REPORTS_EXPLAINCOMPOSITE_H
#define SALIENCY_ATTRIBUTION_REPORTS_EXPLAINCOMPOSITE_H

#include "passes/attribution/binding/BoundMethod.h"
#include "llvm/Support/raw_ostream.h"

namespace saliency {

/// For each layer on relevance's way, one line: its name, its kind, its rule, and the composite's
/// line that gave it. Then a warning for each entry that no layer takes. Reports a function that is
/// no network.
mlir::LogicalResult explainComposite(mlir::func::FuncOp forward, const BoundMethod &method,
                                     llvm::raw_ostream &out);

} // namespace saliency

#endif // SALIENCY_ATTRIBUTION_REPORTS_EXPLAINCOMPOSITE_H
