// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/attribution/binding/StartAndEnd.h"

#include "passes/attribution/binding/Circumstances.h"
#include "passes/attribution/network/ClassMaps.h"

using namespace mlir;
using namespace saliency;

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

FailureOr<NetworkAndLayer> saliency::readNetwork(func::FuncOp forward, const BoundMethod &method) {
  if (failed(exposeLogits(forward)))
    return failure();
  FailureOr<Network> network = Network::of(forward);
  if (failed(network))
    return failure();
  FailureOr<Value> layer = targetLayerOf(forward, *network, method);
  if (failed(layer))
    return failure();
  return NetworkAndLayer{std::move(*network), *layer};
}

const rules::Seed *saliency::seedOf(const BoundMethod &method, unsigned stream) {
  for (const rules::Seed &seed : method.getTable().seeds)
    if (seed.stream == stream && rules::applies(seed, Circumstances{method}))
      return &seed;
  return nullptr;
}

Value saliency::startOf(const rules::Seed &seed, const Network &network, Value layer) {
  return seed.atLayer ? layer : network.getLogits();
}

Value saliency::endOf(const BoundMethod &method, const Network &network, Value layer) {
  return method.getTable().endsAtLayer ? layer : network.getInput();
}

Value saliency::placeOf(const rules::Meeting &meeting, const BoundMethod &method,
                        const Network &network) {
  StringRef name = method.getValueName(meeting.index);
  return name.empty() ? network.findTargetLayer() : network.findValue(name);
}
