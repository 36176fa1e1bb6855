// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the lowering to linalg tells code generation about a multiply-add nest.
#ifndef SALIENCY_PASSES_CONTRACTIONATTRIBUTES_H
#define SALIENCY_PASSES_CONTRACTIONATTRIBUTES_H

#include "llvm/ADT/StringRef.h"

namespace saliency {

/// Unit attribute of the nests that the contraction emitter takes over.
inline constexpr llvm::StringLiteral kContractionAttr = "saliency.contraction";

/// The dim that walks over samples, where there are several. How one sample's sums are made must
/// not depend on it.
inline constexpr llvm::StringLiteral kSamplesAttr = "saliency.samples";

} // namespace saliency

#endif // SALIENCY_PASSES_CONTRACTIONATTRIBUTES_H
