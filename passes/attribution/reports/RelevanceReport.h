// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Where relevance went: for each layer that it passes, the sum that arrives, the sum that leaves,
// and what became of the difference.
#ifndef SALIENCY_ATTRIBUTION_REPORTS_RELEVANCEREPORT_H
#define SALIENCY_ATTRIBUTION_REPORTS_RELEVANCEREPORT_H

#include "dialect/SaliencyDialect.h"
#include "passes/attribution/emission/RelevanceTerm.h"
#include "passes/rules/settings/Conservation.h"

#include <array>

namespace saliency {

/// Columns of the report. What leaves, stabiliser, bias and dead units do not account for is the
/// rule's own doing.
enum class ReportColumn : unsigned { Arrives, Leaves, Stabiliser, Bias, Dead, Count };

/// One layer, fork or meeting on relevance's way.
struct RelevanceFlow {
  mlir::Location loc;
  std::string name, kind, rule;
  rules::RowConservation conservation;
  mlir::Operation *layer = nullptr;
  struct Share {
    mlir::Value
        arrived; // relevance as the rule sees it: of the output, or of a concatenation's slice
    mlir::Value share; // what the operand gets
    std::optional<RelevanceTerms>
        terms; // the same by the output's units; none where that is not known
  };
  mlir::Value arrived;
  llvm::SmallVector<Share, 2> shares;
};

class RelevanceReport {
public:
  /// A flow whose layer tells where relevance went.
  void add(mlir::OpBuilder &builder, const RelevanceFlow &flow);
  /// A place where relevance is only replaced: `before` by `after`.
  void add(mlir::OpBuilder &builder, mlir::Location loc, llvm::StringRef name, llvm::StringRef kind,
           llvm::StringRef rule, llvm::ArrayRef<mlir::Value> before,
           llvm::ArrayRef<mlir::Value> after);

  /// N x columns for each row. A concatenation of them all would be a chain of writes, for which
  /// bufferisation takes quadratic time.
  llvm::SmallVector<mlir::Value> build(mlir::OpBuilder &builder, mlir::Location loc) const;
  /// For kReportAttr.
  mlir::ArrayAttr texts(mlir::MLIRContext *context) const;

private:
  struct Row {
    std::array<std::string, 4> texts;
    std::array<mlir::Value, unsigned(ReportColumn::Count)> sums; // N x 1; null: 0
  };
  std::vector<Row> rows;
};

} // namespace saliency

#endif // SALIENCY_ATTRIBUTION_REPORTS_RELEVANCEREPORT_H
