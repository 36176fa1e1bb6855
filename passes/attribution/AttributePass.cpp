// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/attribution/Passes.h"

#include "dialect/SaliencyDialect.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Pass/PassRegistry.h"
#include "passes/attribution/network/Network.h"
#include "passes/request/RequestOptions.h"
#include "passes/rules/Registry.h"
#include "llvm/Support/DebugLog.h"

#define DEBUG_TYPE "saliency-attribute"

namespace saliency {
#define GEN_PASS_DEF_ATTRIBUTEPASS
#include "passes/attribution/Passes.h.inc"
} // namespace saliency

using namespace mlir;
using namespace saliency;

namespace {

struct AttributePass : saliency::impl::AttributePassBase<AttributePass> {
  using AttributePassBase::AttributePassBase;
  AttributePass(std::shared_ptr<const BoundMethod> bound, AttributionOptions options)
      : bound(std::move(bound)), attribution(options), isBound(true) {}
  explicit AttributePass(StringRef methodName) { method = methodName.str(); }

  void runOnOperation() override {
    FailureOr<func::FuncOp> forward = checkNetwork(getOperation());
    if (failed(forward) || (!isBound && failed(bind(*forward))))
      return signalPassFailure();
    LDBG() << "method " << (bound ? StringRef(bound->getTable().name) : StringRef(kForwardName))
           << ", target "
           << (attribution.target ? std::to_string(*attribution.target) : "chosen in each call");
    if (failed(bound ? attribute(*forward, *bound, attribution) : keepForward(*forward)))
      signalPassFailure();
  }

private:
  LogicalResult bind(func::FuncOp forward) {
    if (method == kForwardName)
      return success();
    const rules::MethodTable *table = rules::findMethod(method);
    if (!table)
      return emitError(getOperation().getLoc(), "a method is one of those compiled in; found '")
             << method << "'";
    CompileRequest request;
    request.requireConservation = requireConservation;
    request.dumpRelevance = dumpRelevance;
    request.report = report;
    if (target >= 0)
      request.target = target;
    if (failed(set(request, "param", params)) || failed(set(request, "condition", conditions)))
      return failure();
    static_cast<AttributionRequest &>(attribution) = request;
    llvm::Expected<BoundMethod> result =
        BoundMethod::bind(*table, conventions, request.parameters, composite);
    if (!result)
      return emitError(getOperation().getLoc(), llvm::toString(result.takeError()));
    bound = std::make_shared<const BoundMethod>(std::move(*result));
    return checkRequest(forward, *bound, attribution);
  }

  /// The texts of a list, each as the command line's option reads it.
  LogicalResult set(CompileRequest &request, StringRef option, ArrayRef<std::string> texts) {
    for (const std::string &text : texts)
      if (std::string mistake = setOption(requestOptions(), request, option, text);
          !mistake.empty())
        return emitError(getOperation().getLoc(), mistake);
    return success();
  }

  std::shared_ptr<const BoundMethod> bound;
  AttributionOptions attribution;
  bool isBound = false;
};

/// The same pass under a method's own flag.
struct MethodPass : AttributePass {
  explicit MethodPass(const rules::MethodTable &table)
      : AttributePass(StringRef(table.name)), table(table),
        flag("saliency-attribute-" + std::string(table.name)) {}
  MethodPass(const MethodPass &other)
      : AttributePass(other), table(other.table), flag(other.flag) {}
  StringRef getArgument() const override { return flag; }
  StringRef getDescription() const override { return table.title; }
  std::unique_ptr<Pass> clonePass() const override { return std::make_unique<MethodPass>(*this); }

  const rules::MethodTable &table;
  std::string flag;
};

} // namespace

std::unique_ptr<Pass> saliency::createAttributePass(std::shared_ptr<const BoundMethod> method,
                                                    const AttributionOptions &options) {
  return std::make_unique<AttributePass>(std::move(method), options);
}

void saliency::registerAttributionPasses() {
  registerPass([]() -> std::unique_ptr<Pass> { return std::make_unique<AttributePass>(); });
  registerPass([]() -> std::unique_ptr<Pass> { return createLayerStatisticsPass(); });
  for (const rules::MethodTable *table : rules::allMethods())
    registerPass(
        [table]() -> std::unique_ptr<Pass> { return std::make_unique<MethodPass>(*table); });
}
