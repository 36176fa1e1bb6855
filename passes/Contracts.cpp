// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/Contracts.h"

#include "dialect/Roles.h"
#include "passes/attribution/network/Network.h"
#include "passes/attribution/reports/RelevanceReport.h"

namespace saliency {
#define GEN_PASS_DEF_CHECKNETWORKPASS
#define GEN_PASS_DEF_CHECKATTRIBUTIONPASS
#define GEN_PASS_DEF_CHECKLINALGPASS
#define GEN_PASS_DEF_CHECKSPECIALISEDPASS
#include "passes/Contracts.h.inc"
} // namespace saliency

using namespace mlir;
using namespace saliency;

/// The value that ONNX calls `name`, or null.
static Value findValue(func::FuncOp function, StringRef name) {
  for (Value argument : function.getArguments())
    if (valueName(argument) == name)
      return argument;
  for (Operation &op : function.getBody().front())
    if (op.getNumResults() == 1 && valueName(op.getResult(0)) == name)
      return op.getResult(0);
  return nullptr;
}

/// A map has the samples of the input, a layer's relevance has the type of the layer.
static LogicalResult checkResult(func::FuncOp explain, const Role &role, Type found,
                                 RankedTensorType input) {
  auto tensor = dyn_cast<RankedTensorType>(found);
  auto hasSamples = [&] {
    return tensor && tensor.getRank() != 0 && tensor.getDimSize(0) == input.getDimSize(0);
  };
  switch (role.kind) {
  case RoleKind::Map:
    if (!hasSamples())
      return explain.emitError("the map of 'explain' has the samples of its input ")
             << input << ", found " << found;
    return success();
  case RoleKind::Report:
    if (!hasSamples() || tensor.getRank() != 2 ||
        tensor.getDimSize(1) != int64_t(ReportColumn::Count))
      return explain.emitError("a row of the report of 'explain' has the samples of its input and ")
             << int64_t(ReportColumn::Count) << " columns, found " << found;
    return success();
  case RoleKind::Layer: {
    Value layer = findValue(explain, role.name);
    if (!layer)
      return explain.emitError("relevance belongs to a value of the network, found none called '")
             << role.name << "'";
    if (layer.getType() != found)
      return explain.emitError("relevance of '")
             << role.name << "' has its type " << layer.getType() << ", found " << found;
    return success();
  }
  default:
    return success();
  }
}

/// The role of an argument or result; an error where it has none.
static FailureOr<Role> findRole(func::FuncOp explain, StringRef what, unsigned number,
                                DictionaryAttr attributes) {
  if (std::optional<Role> role = roleIn(attributes))
    return *role;
  bool given = attributes && attributes.getAs<StringAttr>(kRoleAttr);
  explain.emitError("every ") << what << " of 'explain' has a role, found "
                              << (given ? "'" + roleText(attributes) + "'" : "none") << " on "
                              << what << " " << number;
  return failure();
}

static LogicalResult checkAttribution(ModuleOp module) {
  auto explain = module.lookupSymbol<func::FuncOp>(kExplainName);
  if (!explain || explain.isExternal() || !explain.getBody().hasOneBlock())
    return module.emitError("an explanation is a function 'explain' of one block, found none");
  RankedTensorType input;
  for (auto [number, type] : llvm::enumerate(explain.getArgumentTypes())) {
    FailureOr<Role> role = findRole(explain, "argument", number, explain.getArgAttrDict(number));
    if (failed(role))
      return failure();
    if (role->kind == RoleKind::Input)
      input = dyn_cast<RankedTensorType>(type);
  }
  if (!input || input.getRank() == 0)
    return explain.emitError(
        "'explain' takes the network's input, a tensor of samples, found no such argument");
  bool logits = false;
  int64_t reportRows = 0;
  for (auto [number, type] : llvm::enumerate(explain.getResultTypes())) {
    FailureOr<Role> role = findRole(explain, "result", number, explain.getResultAttrDict(number));
    if (failed(role) || failed(checkResult(explain, *role, type, input)))
      return failure();
    logits |= role->kind == RoleKind::Logits;
    reportRows += role->kind == RoleKind::Report;
  }
  auto texts = explain->getAttrOfType<ArrayAttr>(kReportAttr);
  if (int64_t named = texts ? texts.size() : 0; named != reportRows)
    return explain.emitError("the report of 'explain' has a row for each entry of '")
           << kReportAttr << "' (" << named << "), found " << reportRows;
  if (!logits)
    return explain.emitError("'explain' returns the logits, found no result of that role");
  return success();
}

/// Every op is one that `allowed` takes; `rule` says which these are.
static LogicalResult checkOps(ModuleOp module, StringRef rule,
                              function_ref<bool(Operation *)> allowed) {
  WalkResult result = module.walk<WalkOrder::PreOrder>([&](Operation *op) {
    if (isa<ModuleOp>(op) || allowed(op))
      return WalkResult::advance();
    op->emitError() << rule << ", found '" << op->getName() << "'";
    return WalkResult::interrupt();
  });
  return failure(result.wasInterrupted());
}

static bool isOf(Operation *op, ArrayRef<StringRef> dialects) {
  return llvm::is_contained(dialects, op->getName().getDialectNamespace());
}

static LogicalResult checkLinalg(ModuleOp module) {
  return checkOps(
      module,
      "after lowering only func, linalg, tensor, arith, math, scf and bufferization are left",
      [](Operation *op) {
        return isOf(op, {"func", "linalg", "tensor", "arith", "math", "scf", "bufferization"});
      });
}

static LogicalResult checkSpecialised(ModuleOp module) {
  return checkOps(
      module,
      "stage 'specialised' is made of saliency, arith and math, in functions that only return",
      [](Operation *op) {
        return isOf(op, {"saliency", "arith", "math"}) || isa<func::FuncOp, func::ReturnOp>(op);
      });
}

namespace {
struct CheckNetworkPass : saliency::impl::CheckNetworkPassBase<CheckNetworkPass> {
  void runOnOperation() override {
    if (failed(checkNetwork(getOperation())))
      signalPassFailure();
  }
};
struct CheckAttributionPass : saliency::impl::CheckAttributionPassBase<CheckAttributionPass> {
  void runOnOperation() override {
    if (failed(checkAttribution(getOperation())))
      signalPassFailure();
  }
};
struct CheckLinalgPass : saliency::impl::CheckLinalgPassBase<CheckLinalgPass> {
  void runOnOperation() override {
    if (failed(checkLinalg(getOperation())))
      signalPassFailure();
  }
};
struct CheckSpecialisedPass : saliency::impl::CheckSpecialisedPassBase<CheckSpecialisedPass> {
  void runOnOperation() override {
    if (failed(checkSpecialised(getOperation())))
      signalPassFailure();
  }
};
} // namespace
