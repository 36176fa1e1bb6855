// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/attribution/Attribute.h"

#include "dialect/ops/Builders.h"
#include "passes/attribution/CallClasses.h"
#include "passes/attribution/ReverseWalk.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;
using namespace saliency;

namespace {

/// Results of `explain` with their roles, in order.
struct Outputs {
  SmallVector<Value> values;
  SmallVector<std::string> roles;
  void add(const Twine &role, Value value) {
    values.push_back(value);
    roles.push_back(role.str());
  }
};

/// One method on one network.
class Attribution final : public ExpressionSources {
public:
  Attribution(const Network &network, const BoundMethod &method, Value layer, Value target, ArrayRef<Value> callTensors)
      : network(network), method(method), layer(layer), target(target), callTensors(callTensors) {}

  FailureOr<Value> gradient(OpBuilder &builder, Value weights, bool atLayer) override {
    Value end = atLayer ? layer : network.getInput();
    ReverseWalk walk(network, nullptr, nullptr);
    walk.seed(0, network.getLogits(), weights);
    FailureOr<Streams> arrived = walk.run(builder, end);
    if (failed(arrived))
      return failure();
    if (!arrived->front())
      return emitError(network.getLogits().getLoc(), "the class scores depend on the target layer, found no path between them");
    return arrived->front();
  }
  FailureOr<Value> sumOverClasses(OpBuilder &builder, Location loc, unsigned tensor, RankedTensorType type,
                                  function_ref<FailureOr<Value>(OpBuilder &, Value)> body) override {
    return classes(tensor).sum(builder, loc, type, body);
  }
  FailureOr<Value> countClasses(OpBuilder &builder, Location loc, unsigned tensor) override {
    return classes(tensor).count(builder, loc);
  }

  LogicalResult run(OpBuilder &builder, const AttributionOptions &options, Outputs &outputs);

private:
  CallClasses classes(unsigned tensor) const { return {callTensors[tensor], target, network.getLogits()}; }

  const Network &network;
  const BoundMethod &method;
  Value layer, target;
  ArrayRef<Value> callTensors;
};

} // namespace

/// Sum over channels, N x 1 x spatial; a map without spatial axes is its own.
static Value channelSum(OpBuilder &builder, Location loc, Value map) {
  if (shapeOf(map).size() < 3)
    return map;
  return ReduceOp::create(builder, loc, map, ReductionAttr::get(builder.getContext(), Reduction::Sum), builder.getDenseI64ArrayAttr({1}));
}

LogicalResult Attribution::run(OpBuilder &builder, const AttributionOptions &options, Outputs &outputs) {
  const rules::MethodTable &table = method.getTable();
  Value logits = network.getLogits();
  Location loc = builder.getUnknownLoc();
  if (Operation *op = logits.getDefiningOp())
    loc = op->getLoc();
  Value oneHot = OneHotOp::create(builder, loc, target, builder.getI64IntegerAttr(shapeOf(logits)[1]));
  ExpressionContext whole{.loc = loc, .x = layer ? layer : network.getInput(), .image = network.getInput(), .logits = logits,
                          .layerValue = layer, .target = oneHot};

  ExpressionEmitter emitter(method, *this);
  ReverseWalk walk(network, &method, this);
  if (options.requireConservation)
    walk.requireConservation();
  for (unsigned stream = 0; stream <= table.streams.size(); ++stream) {
    auto seed = llvm::find_if(table.seeds, [&](const rules::Seed &candidate) {
      return candidate.stream == stream && rules::applies(candidate, [&](const rules::Condition &c) { return method.holds(c); });
    });
    if (seed == table.seeds.end())
      return emitError(loc, "a method has a seed for every choice of its parameters, found none of '") << StringRef(table.name) << "'";
    Value start = seed->atLayer ? layer : logits;
    FailureOr<Value> value = emitter.emit(builder, seed->result, whole, shapeOf(start));
    if (failed(value))
      return failure();
    walk.seed(stream, start, *value);
  }

  FailureOr<Streams> arrived = walk.run(builder, network.getInput());
  if (failed(arrived))
    return failure();
  if (!arrived->front()) // contract 2
    return emitError(loc, "relevance reaches the network's input, found no path from its seed");
  whole.map = *arrived;
  whole.x = network.getInput();
  FailureOr<Value> map = table.finish == rules::kNone
                             ? FailureOr<Value>(arrived->front())
                             : emitter.emit(builder, table.finish, whole, shapeOf(arrived->front()));
  if (failed(map))
    return failure();
  FailureOr<Value> map2d =
      table.finish2d == rules::kNone ? channelSum(builder, loc, *map) : emitter.emit(builder, table.finish2d, whole, {});
  if (failed(map2d))
    return failure();
  outputs.add("map", *map);
  outputs.add("map2d", *map2d);
  outputs.add("logits", logits);
  outputs.add("target", target);
  if (options.dumpRelevance)
    for (auto [value, r] : walk.getRelevance())
      if (StringRef name = valueName(value); !name.empty())
        outputs.add("layer:" + name, r);
  return success();
}

LogicalResult saliency::checkRequest(func::FuncOp original, const BoundMethod &method, const AttributionOptions &options) {
  OwningOpRef<func::FuncOp> copy = original.clone();
  FailureOr<Network> network = failure();
  {
    ScopedDiagnosticHandler quiet(original.getContext(), [](Diagnostic &) { return success(); });
    if (succeeded(exposeLogits(*copy)))
      network = Network::of(*copy);
  }
  if (failed(network))
    return success(); // reported by attribute()
  int64_t classes = shapeOf(network->getLogits())[1];
  if (options.target && (*options.target < 0 || *options.target >= classes))
    return original.emitError("a target is a class number from 0 to ") << classes - 1 << ", found " << *options.target;
  if (StringRef name = method.getLayerName(); !name.empty()) {
    Value layer = network->findValue(name);
    if (!layer)
      return original.emitError("a target layer is the name of a value between input and output, found '") << name << "'";
    if (shapeOf(layer).size() < 3)
      return original.emitError("a target layer has spatial axes, found '") << name << "' of " << shapeText(shapeOf(layer));
  }
  size_t channels = shapeOf(network->getInput())[1];
  auto checkChannels = [&](const BoundMethod &bound) -> LogicalResult {
    for (auto [index, parameter] : llvm::enumerate(bound.getTable().parameters)) {
      size_t count = bound.getChannels(index).size();
      if (parameter.kind == rules::ParameterKind::PerChannel && count != 1 && count != channels)
        return original.emitError("parameter '") << StringRef(parameter.name) << "' is one number or one per channel of the input ("
                                                 << channels << "), found " << count;
    }
    return success();
  };
  if (failed(checkChannels(method)))
    return failure();
  for (unsigned entry = 0; method.getComposite() && entry != method.getComposite()->entries.size(); ++entry)
    if (failed(checkChannels(method.forEntry(entry))))
      return failure();
  return success();
}

/// Gives `function` its new results and roles and the name of an explainer.
static void finish(func::FuncOp function, const Outputs &outputs) {
  Operation *terminator = function.getBody().front().getTerminator();
  terminator->setOperands(outputs.values);
  MLIRContext *context = function.getContext();
  function.setFunctionType(FunctionType::get(context, function.getArgumentTypes(), ValueRange(outputs.values).getTypes()));
  SmallVector<DictionaryAttr> attributes = llvm::map_to_vector(outputs.roles, [&](StringRef role) {
    return DictionaryAttr::get(context, NamedAttribute(StringAttr::get(context, kRoleAttr), StringAttr::get(context, role)));
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

LogicalResult saliency::attribute(func::FuncOp function, const BoundMethod &method, const AttributionOptions &options) {
  if (failed(exposeLogits(function)))
    return failure();
  FailureOr<Network> network = Network::of(function);
  if (failed(network))
    return failure();
  StringRef methodName(method.getTable().name);
  Value layer;
  if (method.getTable().needsLayer) {
    StringRef name = method.getLayerName();
    layer = name.empty() ? network->findTargetLayer() : network->findValue(name);
    if (!layer && !name.empty())
      return function.emitError("a target layer is a value that the network still computes, found '")
             << name << "', which was unused or folded into another layer";
    if (!layer)
      return function.emitError("method '") << methodName << "' starts at a map with spatial axes before the classifier, found none";
  }

  OpBuilder builder(function.getBody().front().getTerminator());
  auto classType = RankedTensorType::get({shapeOf(network->getLogits())[0]}, builder.getI64Type());
  Value target;
  if (options.target) {
    target = arith::ConstantOp::create(builder, function.getLoc(), DenseElementsAttr::get(classType, *options.target));
  } else {
    Value asked = addArgument(function, classType, "target");
    Value zero = arith::ConstantOp::create(builder, function.getLoc(), DenseElementsAttr::get(classType, int64_t(0)));
    Value open = arith::CmpIOp::create(builder, function.getLoc(), arith::CmpIPredicate::slt, asked, zero);
    Value best = ArgMaxOp::create(builder, function.getLoc(), network->getLogits());
    target = arith::SelectOp::create(builder, function.getLoc(), open, best, asked);
  }
  SmallVector<Value> callTensors;
  for (const rules::CallTensor &tensor : method.getTable().callTensors)
    callTensors.push_back(addArgument(function, RankedTensorType::get({ShapedType::kDynamic, classType.getDimSize(0)}, builder.getI64Type()),
                                      "tensor:" + StringRef(tensor.name)));
  Outputs outputs;
  if (failed(Attribution(*network, method, layer, target, callTensors).run(builder, options, outputs)))
    return failure();
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
