// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Where relevance went: for each layer that it passes, the sum that arrives, the sum that leaves,
// and what became of the difference.
#ifndef SALIENCY_ATTRIBUTION_REPORTS_RELEVANCEREPORT_H
#define SALIENCY_ATTRIBUTION_REPORTS_RELEVANCEREPORT_H

#include "passes/attribution/emission/RelevanceFlow.h"

#include <array>

namespace saliency {

/// Columns of the report. What leaves, stabiliser, bias and dead units do not account for is the
/// rule's own doing.
enum class ReportColumn : unsigned { Arrives, Leaves, Stabiliser, Bias, Dead, Count };

class RelevanceReport final : public RelevanceAccount {
public:
  void add(mlir::OpBuilder &builder, const RelevanceFlow &flow) override;
  void add(mlir::OpBuilder &builder, mlir::Location loc, llvm::StringRef name, llvm::StringRef kind,
           llvm::StringRef rule, llvm::ArrayRef<mlir::Value> before,
           llvm::ArrayRef<mlir::Value> after) override;

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
