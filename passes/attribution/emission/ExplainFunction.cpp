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
  SmallVector<DictionaryAttr> attributes = llvm::map_to_vector(outputs.roles, [&](StringRef role) {
    return DictionaryAttr::get(context, NamedAttribute(StringAttr::get(context, kRoleAttr),
                                                       StringAttr::get(context, role)));
  });
  function.setAllResultAttrs(attributes);
  function.setArgAttr(0, kRoleAttr, StringAttr::get(context, "input"));
  function.setName(kExplainName);
}

Value saliency::addArgument(func::FuncOp function, RankedTensorType type, const Twine &role) {
  MLIRContext *context = function.getContext();
  unsigned number = function.getNumArguments();
  auto attributes = DictionaryAttr::get(
      context, NamedAttribute(StringAttr::get(context, kRoleAttr), StringAttr::get(context, role)));
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
  outputs.add("map", network->getLogits());
  outputs.add("logits", network->getLogits());
  finishExplain(function, outputs);
  return success();
}
