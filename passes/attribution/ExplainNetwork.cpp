// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/attribution/ExplainNetwork.h"

#include "dialect/ops/Builders.h"
#include "passes/attribution/Attribution.h"
#include "passes/attribution/network/ClassMaps.h"
#include "passes/attribution/reports/Conservation.h"

using namespace mlir;
using namespace saliency;

/// Gives `function` its new results and roles and the name of an explainer.
static void finish(func::FuncOp function, const Outputs &outputs) {
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

static Value addArgument(func::FuncOp function, RankedTensorType type, const Twine &role) {
  MLIRContext *context = function.getContext();
  unsigned number = function.getNumArguments();
  auto attributes = DictionaryAttr::get(
      context, NamedAttribute(StringAttr::get(context, kRoleAttr), StringAttr::get(context, role)));
  (void)function.insertArgument(number, type, attributes, function.getLoc());
  return function.getArgument(number);
}

FailureOr<Value> saliency::targetLayerOf(func::FuncOp function, const Network &network,
                                         const BoundMethod &method) {
  if (!method.getTable().needsLayer)
    return Value();
  const auto &parameters = method.getTable().parameters;
  if (auto size =
          llvm::find_if(parameters, [](const rules::Parameter &p) { return p.ofClassMaps; });
      size != parameters.end()) {
    OpBuilder builder(function.getBody().front().getTerminator());
    return buildClassMaps(builder, network,
                          static_cast<int64_t>(method.getNumber(size - parameters.begin())));
  }
  StringRef name = method.getLayerName();
  bool ofTokens = llvm::any_of(parameters, [](const rules::Parameter &p) { return p.ofTokens; });
  if (Value layer = !name.empty() ? network.findValue(name)
                    : ofTokens    ? network.findTokenLayer()
                                  : network.findTargetLayer())
    return layer;
  if (!name.empty())
    return function.emitError("a target layer is a value that the network still computes, found '")
           << name << "', which was unused or folded into another layer";
  if (ofTokens)
    return function.emitError("method '")
           << StringRef(method.getTable().name)
           << "' starts at the tokens that an attention block adds its result to, found none";
  return function.emitError("method '")
         << StringRef(method.getTable().name)
         << "' starts at a map with spatial axes before the classifier, found none";
}

Value saliency::startOf(const Network &network, const BoundMethod &method, Value layer) {
  bool atLayer = llvm::any_of(method.getTable().seeds, [&](const rules::Seed &seed) {
    return seed.stream == 0 && seed.atLayer &&
           rules::applies(seed, [&](const rules::Condition &c) { return method.holds(c); });
  });
  return atLayer ? layer : network.getLogits();
}

Value saliency::endOf(const Network &network, const BoundMethod &method, Value layer) {
  return method.getTable().endsAtLayer ? layer : network.getInput();
}

LogicalResult saliency::attribute(func::FuncOp function, const BoundMethod &method,
                                  const AttributionOptions &options) {
  if (failed(exposeLogits(function)))
    return failure();
  FailureOr<Network> network = Network::of(function);
  if (failed(network))
    return failure();
  FailureOr<Value> layer = targetLayerOf(function, *network, method);
  if (failed(layer))
    return failure();
  if (options.requireConservation && method.getTable().walks &&
      failed(composeConservation(*network, method, startOf(*network, method, *layer),
                                 endOf(*network, method, *layer))
                 .require(method)))
    return failure();

  OpBuilder builder(function.getBody().front().getTerminator());
  auto classType = RankedTensorType::get({shapeOf(network->getLogits())[0]}, builder.getI64Type());
  Value target;
  if (options.target) {
    target = arith::ConstantOp::create(builder, function.getLoc(),
                                       DenseElementsAttr::get(classType, *options.target));
  } else {
    Value asked = addArgument(function, classType, "target");
    Value zero = arith::ConstantOp::create(builder, function.getLoc(),
                                           DenseElementsAttr::get(classType, int64_t(0)));
    Value open =
        arith::CmpIOp::create(builder, function.getLoc(), arith::CmpIPredicate::slt, asked, zero);
    Value best = ArgMaxOp::create(builder, function.getLoc(), network->getLogits());
    target = arith::SelectOp::create(builder, function.getLoc(), open, best, asked);
  }
  SmallVector<Value> callTensors;
  SmallVector<int64_t> images(shapeOf(network->getInput()));
  images[0] = ShapedType::kDynamic;
  for (const rules::CallTensor &tensor : method.getTable().callTensors) {
    auto classes = RankedTensorType::get({ShapedType::kDynamic, classType.getDimSize(0)},
                                         builder.getI64Type());
    auto type = tensor.images ? RankedTensorType::get(images, builder.getF32Type()) : classes;
    callTensors.push_back(addArgument(function, type, "tensor:" + StringRef(tensor.name)));
  }
  Outputs outputs;
  RelevanceReport report;
  Attribution attribution(*network, method, *layer, target, callTensors, options,
                          options.report ? &report : nullptr);
  if (failed(attribution.run(builder, outputs)))
    return failure();
  if (options.report)
    function->setAttr(kReportAttr, report.texts(function.getContext()));
  finish(function, outputs);
  return success();
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
  finish(function, outputs);
  return success();
}
