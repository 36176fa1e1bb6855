// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/transforms/Passes.h"

#include "passes/analysis/SignAnalysis.h"
#include "llvm/Support/raw_ostream.h"

namespace saliency {
#define GEN_PASS_DEF_ANNOTATESIGNSPASS
#include "passes/transforms/Passes.h.inc"
} // namespace saliency

using namespace mlir;
using namespace saliency;

namespace {
struct AnnotateSignsPass : saliency::impl::AnnotateSignsPassBase<AnnotateSignsPass> {
  void runOnOperation() override {
    DataFlowSolver solver;
    if (failed(solveSigns(solver, getOperation())))
      return signalPassFailure();
    getOperation().walk([&](Operation *op) {
      if (op->getNumResults() != 1 || !getElementTypeOrSelf(op->getResult(0)).isF32())
        return;
      std::string text;
      llvm::raw_string_ostream os(text);
      signOf(solver, op->getResult(0)).print(os);
      op->setAttr("saliency.sign", StringAttr::get(&getContext(), text));
    });
  }
};
} // namespace
