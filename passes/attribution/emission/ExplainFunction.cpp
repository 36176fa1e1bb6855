// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/attribution/emission/ExplainFunction.h"

#include "passes/attribution/network/Network.h"

using namespace mlir;
using namespace saliency;

void saliency::finishExplain(func::FuncOp function, const Outputs &outputs) {
  Operation *terminator = function.getBody().front().getTerminator();
  terminator->setOperands(outputs.values);
  MLIRContext *context = function.getContext();
  function.setFunctionType(FunctionType::get(context, function.getArgumentTypes(),
                                             ValueRange(outputs.values).getTypes()));
  SmallVector<DictionaryAttr> attributes = llvm::map_to_vector(
      outputs.roles, [&](NamedAttribute role) { return DictionaryAttr::get(context, role); });
  function.setAllResultAttrs(attributes);
  NamedAttribute input = roleAttribute(context, {RoleKind::Input});
  function.setArgAttr(0, input.getName(), input.getValue());
  function.setName(kExplainName);
}

Value saliency::addArgument(func::FuncOp function, RankedTensorType type, const Role &role) {
  MLIRContext *context = function.getContext();
  unsigned number = function.getNumArguments();
  auto attributes = DictionaryAttr::get(context, roleAttribute(context, role));
  (void)function.insertArgument(number, type, attributes, function.getLoc());
  return function.getArgument(number);
}

LogicalResult saliency::keepForward(func::FuncOp function) {
  if (failed(exposeLogits(function)))
    return failure();
  Outputs outputs;
  FailureOr<Network> network = Network::of(function);
  if (failed(network))
    return failure();
  outputs.add({RoleKind::Map}, network->getLogits());
  outputs.add({RoleKind::Logits}, network->getLogits());
  finishExplain(function, outputs);
  return success();
}
