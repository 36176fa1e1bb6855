// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/attribution/emission/Collect.h"

#include "dialect/ops/Builders.h"
#include "passes/attribution/binding/Circumstances.h"
#include "passes/attribution/binding/Naming.h"
#include "passes/attribution/emission/SharedEnums.h"

using namespace mlir;
using namespace saliency;

/// The values of a ValueNames parameter, first to last.
static FailureOr<SmallVector<Value>> valuesOf(const Network &network, const BoundMethod &method,
                                              unsigned parameter, Value target) {
  StringRef list = method.getValueName(parameter);
  if (list.empty())
    return network.lastOfEachResolution(target);
  SmallVector<Value> values;
  for (StringRef name : namesOf(list)) {
    Value value = network.findValue(name);
    if (!value)
      return emitError(target.getLoc(), "parameter '")
             << StringRef(method.getTable().parameters[parameter].name)
             << "' lists values that the network still computes, found '" << name
             << "', which was unused or folded into another layer";
    values.push_back(value);
  }
  return values;
}

FailureOr<SmallVector<CollectedPlace, 0>>
saliency::findCollected(OpBuilder &builder, const Network &network, const BoundMethod &method,
                        const RelevanceWalk &walk, Value target) {
  const rules::MethodTable &table = method.getTable();
  SmallVector<CollectedPlace, 0> places;
  if (!table.collections.empty() && shapeOf(network.getInput()).size() < 3)
    return emitError(network.getLogits().getLoc(), "method '")
           << StringRef(table.name)
           << "' collects maps over the input's spatial axes, found an input of "
           << shapeText(shapeOf(network.getInput()));
  for (const rules::Collection &collection : table.collections) {
    if (collection.places == rules::Collection::atOps)
      continue;
    FailureOr<SmallVector<Value>> values = valuesOf(network, method, collection.places, target);
    if (failed(values))
      return failure();
    for (Value value : llvm::reverse(*values)) {
      if (shapeOf(value).size() != shapeOf(network.getInput()).size())
        return emitError(value.getLoc(),
                         "a map is collected of a value with the input's spatial axes, found ")
               << shapeText(shapeOf(value));
      AtValue place{{{value.getLoc(), network.getInput(), value}, walk.getStreams(value)}, {}};
      places.push_back({&collection, std::move(place)});
    }
  }
  for (Operation &op : llvm::reverse(*network.getLogits().getParentBlock())) {
    auto layer = dyn_cast<LayerOpInterface>(op);
    if (!layer || !network.carriesRelevance(op.getResult(0)))
      continue;
    Streams r = walk.getStreams(op.getResult(0));
    if (table.walks && (r.empty() || !r.front()))
      continue;
    for (const rules::Collection &collection : table.collections)
      if (collection.places == rules::Collection::atOps &&
          rules::serves(collection.capability, capabilityOf(layer)) &&
          rules::applies(collection, Circumstances{method, &network, layer}))
        places.push_back(
            {&collection, walk.placeAt(builder, layer, network.dataOperands(layer).front(), r)});
  }
  return places;
}

FailureOr<Value> saliency::emitCollectedMap(OpBuilder &builder, const ExpressionEmitter &emitter,
                                            const CollectedPlace &collected, const RunPlace &runs) {
  Place place = collected.inRuns(runs);
  FailureOr<Value> map = emitter.emit(builder, collected.collection->result, place, {});
  if (failed(map))
    return failure();
  const AnyPlace &here = *partOf<AnyPlace>(place);
  ArrayRef<int64_t> positions = shapeOf(here.image).drop_front(2);
  if (shapeOf(*map).size() != positions.size() + 2)
    return Value();
  auto mode = ResizeModeAttr::get(builder.getContext(), dialectMode(collected.collection->mode));
  return ResizeOp::create(builder, here.loc, *map, mode, builder.getDenseI64ArrayAttr(positions))
      .getResult();
}
