// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/attribution/MethodOnNetwork.h"

#include "dialect/ops/Builders.h"
#include "passes/attribution/binding/Circumstances.h"
#include "passes/attribution/binding/Naming.h"
#include "passes/attribution/binding/StartAndEnd.h"
#include "passes/rules/printing/Print.h"

using namespace mlir;
using namespace saliency;

/// Sum over channels, N x 1 x spatial; a map without spatial axes is its own.
static Value channelSum(OpBuilder &builder, Location loc, Value map) {
  if (shapeOf(map).size() < 3)
    return map;
  return ReduceOp::create(builder, loc, map,
                          ReductionAttr::get(builder.getContext(), Reduction::Sum),
                          builder.getDenseI64ArrayAttr({1}));
}

/// The 2-D map as one plane a sample. Of a volume: summed over the axes before the last two, N x 1
/// x H x W; of a vector: N x 1 x C.
static Value plane(OpBuilder &builder, Location loc, Value map) {
  ArrayRef<int64_t> shape = shapeOf(map);
  if (shape.size() == 2)
    return ReshapeOp::create(builder, loc, map,
                             builder.getDenseI64ArrayAttr({shape[0], 1, shape[1]}));
  if (shape.size() <= 4)
    return map;
  SmallVector<int64_t> flat = {shape[0], shape[1], shape[shape.size() - 2], shape.back()};
  Value sum = ReduceOp::create(
      builder, loc, map, ReductionAttr::get(builder.getContext(), Reduction::Sum),
      builder.getDenseI64ArrayAttr(llvm::to_vector(llvm::seq<int64_t>(2, shape.size() - 2))));
  return ReshapeOp::create(builder, loc, sum, builder.getDenseI64ArrayAttr(flat));
}

static LogicalResult reportNoPlaces(Location loc, const rules::MethodTable &table) {
  std::string kinds;
  for (const rules::Collection &collection : table.collections) {
    std::string where =
        rules::describeConditions(table, {collection.conditions, collection.conditionCount});
    kinds += (kinds.empty() ? "" : ", ") + std::string(rules::nameOf(collection.capability)) +
             (where.empty() ? "" : " (" + where + ")");
  }
  return emitError(loc, "method '")
         << StringRef(table.name) << "' collects at " << kinds << ", found none in the network";
}

FailureOr<Value> MethodOnNetwork::gradient(OpBuilder &builder, Value weights, bool atLayer) {
  Value end = atLayer ? layer : network.getInput();
  RelevanceWalk walk(network, nullptr, nullptr);
  walk.seed(0, network.getLogits(), weights);
  FailureOr<Streams> arrived = walk.run(builder, end);
  if (failed(arrived))
    return failure();
  if (!arrived->front())
    return emitError(network.getLogits().getLoc(),
                     "the class scores depend on the target layer, found no path between them");
  return arrived->front();
}

FailureOr<Value> MethodOnNetwork::layerAt(OpBuilder &builder, Value input) {
  IRMapping values; // what the layer does not need is dead code
  if (failed(network.rerun(builder, {{network.getInput(), input}}, values)))
    return failure();
  return values.lookupOrDefault(layer);
}

SmallVector<AtOp, 0> MethodOnNetwork::attention() {
  return llvm::map_to_vector<0>(network.findAttention(), [&](Operation *op) {
    Value x = op->getOperand(0), y = op->getResult(0);
    return AtOp{{{op->getLoc(), network.getInput(), x}, walked->getStreams(y)}, {}, op, 0, y};
  });
}

std::pair<Value, Value> MethodOnNetwork::changeParts(OpBuilder &builder, Value value) {
  if (!parts)
    parts.emplace(network, reference);
  ChangeParts::Parts found = parts->of(builder, value);
  return {found.rise, found.fall};
}

std::array<const rules::Finish *, 2> MethodOnNetwork::finishes() const {
  Circumstances here{.method = method, .stepFollows = !options.steps.empty()};
  return {rules::findEntry(method.getTable().finishes, here),
          rules::findEntry(method.getTable().finishes2d, here)};
}

SmallVector<rules::NodeId> MethodOnNetwork::roots() const {
  SmallVector<rules::NodeId> results;
  for (const rules::Finish *finish : finishes())
    if (finish)
      results.push_back(finish->result);
  return results;
}

WholePlace MethodOnNetwork::whole(OpBuilder &builder) const {
  Value logits = network.getLogits(), input = network.getInput();
  Location loc = builder.getUnknownLoc();
  if (Operation *op = logits.getDefiningOp())
    loc = op->getLoc();
  Value oneHot =
      OneHotOp::create(builder, loc, target, builder.getI64IntegerAttr(shapeOf(logits)[1]));
  return {{loc, input, input}, logits, layer, oneHot};
}

FailureOr<Value> MethodOnNetwork::compare(OpBuilder &builder, const AtPoint &place,
                                          RelevanceWalk &walk) {
  FailureOr<Value> image =
      ExpressionEmitter(method, *this)
          .emit(builder, method.getTable().reference, place, shapeOf(network.getInput()));
  if (failed(image) || failed(network.rerun(builder, {{network.getInput(), *image}}, reference)))
    return failure();
  walk.compareWith(reference);
  return image;
}

LogicalResult MethodOnNetwork::plantSeeds(OpBuilder &builder, const AtSeed &place,
                                          RelevanceWalk &walk) {
  const rules::MethodTable &table = method.getTable();
  for (unsigned stream = 0; stream <= table.streams.size(); ++stream) {
    const rules::Seed *seed = seedOf(method, stream);
    if (!seed)
      return emitError(place.loc,
                       "a method has a seed for every choice of its parameters, found none of '")
             << StringRef(table.name) << "'";
    Value start = startOf(*seed, network, layer);
    FailureOr<Value> value =
        ExpressionEmitter(method, *this).emit(builder, seed->result, place, shapeOf(start));
    if (failed(value))
      return failure();
    walk.seed(stream, start, *value);
    if (report && stream == 0)
      report->add(builder, place.loc, placeName(start), "Seed", table.name, *value, *value);
  }
  return success();
}

FailureOr<MethodOnNetwork::Arrived> MethodOnNetwork::relevance(OpBuilder &builder,
                                                               const WholePlace &whole,
                                                               RelevanceWalk &walk,
                                                               const Run *run) {
  const rules::MethodTable &table = method.getTable();
  Arrived arrived;
  if (table.reference != rules::kNone) {
    FailureOr<Value> image = compare(builder, AtPoint{whole, {run}}, walk);
    if (failed(image))
      return failure();
    arrived.image0 = *image;
  }
  for (const rules::Meeting &meeting : table.meetings) {
    Value place = placeOf(meeting, method, network);
    if (!place)
      return emitError(whole.loc, "parameter '")
             << StringRef(table.parameters[meeting.index].name)
             << "' names a value that the network computes, found '"
             << method.getValueName(meeting.index) << "'";
    walk.meet(place, meeting);
  }
  FailureOr<SmallVector<Value>> conditioned = condition(whole.loc, walk);
  if (failed(conditioned))
    return failure();
  AtSeed seeds{whole, {run}};
  seeds.x = layer ? layer : network.getInput();
  if (failed(plantSeeds(builder, seeds, walk)))
    return failure();
  if (report)
    walk.reportTo(*report);
  FailureOr<Streams> map = walk.run(builder, endOf(method, network, layer));
  for (auto [place, asked] : llvm::zip_equal(*conditioned, options.conditions))
    if (succeeded(map) && !walk.meets(place))
      return emitError(whole.loc, "a condition is on a value that relevance reaches, found '")
             << asked.value << "'";
  if (failed(map))
    return failure();
  if (!map->front()) // contract 2
    return emitError(whole.loc, "relevance reaches ")
           << (table.endsAtLayer ? "the target layer" : "the network's input")
           << ", found no path from its seed";
  walked = &walk;
  arrived.map = *map;
  return arrived;
}

FailureOr<SmallVector<Value>> MethodOnNetwork::condition(Location loc, RelevanceWalk &walk) {
  SmallVector<Value> places;
  for (const ChannelCondition &asked : options.conditions) {
    Value place = named->findValue(asked.value);
    if (!place)
      return emitError(loc, "a condition is on a value that the network still computes, found '")
             << asked.value << "', which was unused or folded into another layer";
    places.push_back(outer ? outer->lookupOrDefault(place) : place);
    walk.keepChannels(places.back(), asked.channels);
  }
  return places;
}

LogicalResult MethodOnNetwork::collect(OpBuilder &builder, const CollectedPlace &place,
                                       const RunPlace &runs, SmallVectorImpl<Value> &maps) {
  FailureOr<Value> map = emitCollectedMap(builder, ExpressionEmitter(method, *this), place, runs);
  if (succeeded(map) && *map)
    maps.push_back(*map);
  return map;
}

FailureOr<Value> MethodOnNetwork::refine(OpBuilder &builder, const BoundMethod &step,
                                         const AtFinish &finish, Value map2d) {
  const rules::MethodTable &table = step.getTable();
  StringRef name(table.name);
  SmallVector<Value> recorded = network.recorded(table);
  if (recorded.empty())
    return emitError(finish.loc, "step '")
           << name << "' needs pools or strided layers in the network, found none";
  ExpressionEmitter emitter(step, *this);
  AtStep place{finish, map2d};
  for (Value activation : llvm::reverse(recorded)) {
    ArrayRef<int64_t> wanted = shapeOf(activation), own = shapeOf(map2d);
    if (own.size() != wanted.size() || own.size() < 3)
      return emitError(place.loc, "step '")
             << name << "' refines a map with the network's spatial axes, found " << shapeText(own);
    const rules::Refinement *refinement = rules::findEntry(
        table.refinements, Circumstances{.method = step, .enlarges = wanted.back() > own.back()});
    if (!refinement)
      continue;
    auto mode = ResizeModeAttr::get(builder.getContext(), ResizeMode::HalfPixel);
    place.map2d = ResizeOp::create(builder, place.loc, map2d, mode,
                                   builder.getDenseI64ArrayAttr(wanted.drop_front(2)));
    place.layerValue = place.x = activation;
    FailureOr<Value> refined = emitter.emit(builder, refinement->result, place, {});
    if (failed(refined))
      return failure();
    map2d = *refined;
  }
  place.map2d = map2d;
  return emitter.emit(builder, table.finishes[0].result, place, {});
}

FailureOr<std::pair<Value, Value>> MethodOnNetwork::finish(OpBuilder &builder,
                                                           const AtFinish &place) {
  ExpressionEmitter emitter(method, *this);
  auto [whole, planar] = finishes();
  FailureOr<Value> map = emitter.emit(builder, whole->result, place, {});
  if (failed(map))
    return failure();
  FailureOr<Value> map2d = planar ? emitter.emit(builder, planar->result, place, {})
                                  : FailureOr<Value>(channelSum(builder, place.loc, *map));
  for (const auto &step : options.steps)
    if (succeeded(map2d))
      map2d = refine(builder, *step, place, *map2d);
  if (failed(map2d))
    return failure();
  return std::pair(*map, *map2d);
}

LogicalResult MethodOnNetwork::run(OpBuilder &builder, Outputs &outputs) {
  const rules::MethodTable &table = method.getTable();
  AtFinish place{{whole(builder), {}}, {}, {}};
  RelevanceWalk walk(network, &method, this);
  Repeated repeated;
  if (!table.repeats.empty()) {
    if (failed(repeat(builder, repeated)))
      return failure();
    place.sums = &repeated.sums;
    place.run = &repeated.run;
    place.collected = repeated.collected;
  } else {
    FailureOr<Arrived> arrived =
        table.walks ? relevance(builder, place, walk) : FailureOr<Arrived>(Arrived());
    FailureOr<SmallVector<CollectedPlace, 0>> places = failure();
    if (succeeded(arrived))
      places = findCollected(builder, network, method, walk, layer);
    if (failed(places))
      return failure();
    place.map = arrived->map;
    place.image0 = arrived->image0;
    for (const CollectedPlace &collected : *places)
      if (failed(collect(builder, collected, {}, place.collected)))
        return failure();
  }
  if (place.collected.empty() && !table.collections.empty()) {
    auto isMap = [](const rules::Node &node) { return node.kind == rules::NodeKind::Map; };
    if (!method.reads(roots(), isMap))
      return reportNoPlaces(place.loc, table);
    // nothing is added to the map
    place.collected = {buildSplat(builder, place.loc,
                                  shapeOf(channelSum(builder, place.loc, network.getInput())), 0)};
  }
  FailureOr<std::pair<Value, Value>> maps = finish(builder, place);
  if (failed(maps))
    return failure();
  auto [map, map2d] = *maps;
  if (report)
    report->add(builder, place.loc, "map", "Finish", table.name, place.map.front(), map);
  outputs.add({RoleKind::Map}, map);
  outputs.add({RoleKind::Map2d}, plane(builder, place.loc, map2d));
  outputs.add({RoleKind::Logits}, network.getLogits());
  outputs.add({RoleKind::Target}, target);
  if (options.dumpRelevance)
    for (auto [value, r] : walk.getRelevance())
      if (StringRef name = valueName(value); !name.empty())
        outputs.add({RoleKind::Layer, name}, r);
  if (report)
    for (Value row : report->build(builder, place.loc))
      outputs.add({RoleKind::Report}, row);
  return success();
}
