// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the emission of a way back tells whoever keeps account of it.
#ifndef SALIENCY_ATTRIBUTION_EMISSION_RELEVANCEFLOW_H
#define SALIENCY_ATTRIBUTION_EMISSION_RELEVANCEFLOW_H

#include "dialect/SaliencyDialect.h"
#include "passes/attribution/emission/RelevanceTerm.h"
#include "passes/rules/settings/Conservation.h"

namespace saliency {

/// The relevance that passes one layer.
struct RelevanceFlow {
  mlir::Location loc;
  std::string name, kind, rule;
  rules::RowConservation conservation;
  mlir::Operation *layer = nullptr;
  struct Share {
    /// Relevance as the rule sees it: of the output, or of a concatenation's slice.
    mlir::Value arrived;
    mlir::Value share; // what the operand gets
    /// The same by the output's units; none where that is not known.
    std::optional<RelevanceTerms> terms;
  };
  mlir::Value arrived;
  llvm::SmallVector<Share, 2> shares;
};

/// Keeps account of relevance, which it may add ops for.
class RelevanceAccount {
public:
  virtual ~RelevanceAccount() = default;
  /// A flow whose layer tells where relevance went.
  virtual void add(mlir::OpBuilder &builder, const RelevanceFlow &flow) = 0;
  /// A place where relevance is only replaced: `before` by `after`.
  virtual void add(mlir::OpBuilder &builder, mlir::Location loc, llvm::StringRef name,
                   llvm::StringRef kind, llvm::StringRef rule, llvm::ArrayRef<mlir::Value> before,
                   llvm::ArrayRef<mlir::Value> after) = 0;
};

} // namespace saliency

#endif // SALIENCY_ATTRIBUTION_EMISSION_RELEVANCEFLOW_H
