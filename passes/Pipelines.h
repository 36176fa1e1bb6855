// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The compiler's stages in order, as pipelines of passes.
#ifndef SALIENCY_PASSES_PIPELINES_H
#define SALIENCY_PASSES_PIPELINES_H

#include "passes/attribution/BuildExplainer.h"
#include "passes/attribution/reports/LayerStatistics.h"
#include "passes/codegen/target/TargetSupport.h"

#include <memory>

namespace saliency {

/// Where the way from a network to machine code can be looked at (`--stage=`), in order.
enum class Stage { Import, Canonical, Attribution, Specialised, Linalg, Buffers, Scheduled, LLVM };
inline constexpr llvm::StringLiteral kStageNames[] = {
    "import", "canonical", "attribution", "specialised", "linalg", "buffers", "scheduled", "llvm"};

struct PipelineOptions {
  /// Null: keep the forward pass only.
  std::shared_ptr<const BoundMethod> method;
  /// What the user asked for, as far as it is not bound to the method or to the machine below.
  CompileRequest request;
  AttributionOptions attribution;
  /// The machine, needed from stage linalg on; see findTarget.
  std::shared_ptr<const TargetSupport> target;
};

/// The canonizers that `options` ask for, in the order in which they run.
llvm::SmallVector<rules::CanonizerKind> wantedCanonizers(const PipelineOptions &options);

/// Adds the passes after stage `from` up to and including stage `to`.
void buildPipeline(mlir::OpPassManager &pm, const PipelineOptions &options, Stage from, Stage to);

/// Every pass of this compiler, for tools that run single passes.
void registerAllSaliencyPasses();

/// Every dialect and interface implementation that the passes use.
void registerAllSaliencyDialects(mlir::DialectRegistry &registry);

} // namespace saliency

#endif // SALIENCY_PASSES_PIPELINES_H
