// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/Contracts.h"

#include "dialect/SaliencyDialect.h"
#include "dialect/ops/Builders.h"
#include "passes/attribution/Attribute.h"
#include "mlir/Analysis/SliceAnalysis.h"

namespace saliency {
#define GEN_PASS_DEF_CHECKNETWORKPASS
#define GEN_PASS_DEF_CHECKATTRIBUTIONPASS
#define GEN_PASS_DEF_CHECKLINALGPASS
#include "passes/Contracts.h.inc"
} // namespace saliency

using namespace mlir;
using namespace saliency;

static LogicalResult checkType(Location loc, Type type) {
  auto tensor = dyn_cast<RankedTensorType>(type);
  if (!tensor || !tensor.hasStaticShape() || !tensor.getElementType().isF32())
    return emitError(loc, "a network's values are static float32 tensors, found ") << type;
  if (tensor.getNumElements() > (int64_t(1) << 31))
    return emitError(loc, "a network's values have at most 2^31 entries, found ") << type;
  return success();
}

static LogicalResult checkNetwork(ModuleOp module) {
  auto forward = module.lookupSymbol<func::FuncOp>(kForwardName);
  if (!forward || forward.isExternal() || !forward.getBody().hasOneBlock())
    return module.emitError("a network is a function 'forward' of one block, found none");
  for (Type type : forward.getArgumentTypes())
    if (failed(checkType(forward.getLoc(), type)))
      return failure();
  for (Operation &op : forward.getBody().front().without_terminator()) {
    if (!isa<LayerOpInterface, ConstantOp>(op))
      return op.emitError("a network consists of layers and constants, found '") << op.getName() << "'";
    for (Type type : op.getResultTypes())
      if (failed(checkType(op.getLoc(), type)))
        return failure();
  }
  return success();
}

static LogicalResult checkAttribution(ModuleOp module) {
  auto explain = module.lookupSymbol<func::FuncOp>(kExplainName);
  if (!explain)
    return module.emitError("an explanation is a function 'explain', found none");
  for (unsigned number = 0; number != explain.getNumArguments(); ++number)
    if (!explain.getArgAttrOfType<StringAttr>(number, kRoleAttr))
      return explain.emitError("every argument of 'explain' has a role, found none on argument ") << number;
  bool logits = false;
  Operation *terminator = explain.getBody().front().getTerminator();
  for (unsigned number = 0; number != explain.getNumResults(); ++number) {
    auto role = explain.getResultAttrOfType<StringAttr>(number, kRoleAttr);
    if (!role)
      return explain.emitError("every result of 'explain' has a role, found none on result ") << number;
    logits |= role == "logits";
    if (role != "map")
      continue;
    if (terminator->getOperand(number).getType() != explain.getArgumentTypes()[0])
      return explain.emitError("the map of 'explain' has the type of its input ")
             << explain.getArgumentTypes()[0] << ", found " << terminator->getOperand(number).getType();
  }
  if (!logits)
    return explain.emitError("'explain' returns the logits, found no result of that role");
  return success();
}

static LogicalResult checkLinalg(ModuleOp module) {
  WalkResult result = module.walk([](Operation *op) {
    static const llvm::StringLiteral allowed[] = {"builtin", "func", "linalg", "tensor", "arith", "math", "scf", "bufferization"};
    if (llvm::is_contained(allowed, op->getName().getDialectNamespace()))
      return WalkResult::advance();
    op->emitError("after lowering only linalg, tensor, arith, math and scf are left, found '") << op->getName() << "'";
    return WalkResult::interrupt();
  });
  return failure(result.wasInterrupted());
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
} // namespace
