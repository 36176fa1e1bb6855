// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/attribution/Attribution.h"

#include "dialect/ops/Builders.h"
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

FailureOr<Value> Attribution::gradient(OpBuilder &builder, Value weights, bool atLayer) {
  Value end = atLayer ? layer : network.getInput();
  ReverseWalk walk(network, nullptr, nullptr);
  walk.seed(0, network.getLogits(), weights);
  FailureOr<Streams> arrived = walk.run(builder, end);
  if (failed(arrived))
    return failure();
  if (!arrived->front())
    return emitError(network.getLogits().getLoc(),
                     "the class scores depend on the target layer, found no path between them");
  return arrived->front();
}

FailureOr<Value> Attribution::layerAt(OpBuilder &builder, Value input) {
  IRMapping values; // what the layer does not need is dead code
  if (failed(network.rerun(builder, {{network.getInput(), input}}, values)))
    return failure();
  return values.lookupOrDefault(layer);
}

SmallVector<ExpressionContext, 0> Attribution::attention() {
  return llvm::map_to_vector<0>(network.findAttention(), [&](Operation *op) {
    Value y = op->getResult(0);
    return ExpressionContext{.loc = op->getLoc(),
                             .layer = op,
                             .x = op->getOperand(0),
                             .y = y,
                             .r = walked->getStreams(y)};
  });
}

std::pair<Value, Value> Attribution::changeParts(OpBuilder &builder, Value value) {
  if (!parts)
    parts.emplace(network, reference);
  ChangeParts::Parts found = parts->of(builder, value);
  return {found.rise, found.fall};
}

std::array<const rules::Finish *, 2> Attribution::finishes() const {
  auto chosen = [&](const rules::Condition &condition) {
    return condition.kind == rules::ConditionKind::BeforeStep ? !options.steps.empty()
                                                              : method.holds(condition);
  };
  return {rules::findEntry(method.getTable().finishes, chosen),
          rules::findEntry(method.getTable().finishes2d, chosen)};
}

SmallVector<rules::NodeId> Attribution::roots() const {
  SmallVector<rules::NodeId> results;
  for (const rules::Finish *finish : finishes())
    if (finish)
      results.push_back(finish->result);
  return results;
}

ExpressionContext Attribution::whole(OpBuilder &builder) const {
  Value logits = network.getLogits();
  Location loc = builder.getUnknownLoc();
  if (Operation *op = logits.getDefiningOp())
    loc = op->getLoc();
  Value oneHot =
      OneHotOp::create(builder, loc, target, builder.getI64IntegerAttr(shapeOf(logits)[1]));
  return {.loc = loc,
          .x = layer ? layer : network.getInput(),
          .image = network.getInput(),
          .logits = logits,
          .layerValue = layer,
          .target = oneHot};
}

FailureOr<Streams> Attribution::relevance(OpBuilder &builder, ExpressionContext &context,
                                          ReverseWalk &walk) {
  const rules::MethodTable &table = method.getTable();
  ExpressionEmitter emitter(method, *this);
  if (table.reference != rules::kNone) {
    FailureOr<Value> image =
        emitter.emit(builder, table.reference, context, shapeOf(network.getInput()));
    if (failed(image))
      return failure();
    context.image0 = *image;
    if (failed(network.rerun(builder, {{network.getInput(), *image}}, reference)))
      return failure();
    walk.compareWith(reference);
  }
  for (const rules::Meeting &meeting : table.meetings) {
    StringRef name = method.getValueName(meeting.index);
    Value place = name.empty() ? network.findTargetLayer() : network.findValue(name);
    if (!place)
      return emitError(context.loc, "parameter '")
             << StringRef(table.parameters[meeting.index].name)
             << "' names a value that the network computes, found '" << name << "'";
    walk.meet(place, meeting.result);
  }
  FailureOr<SmallVector<Value>> conditioned = condition(context.loc, walk);
  if (failed(conditioned))
    return failure();
  for (unsigned stream = 0; stream <= table.streams.size(); ++stream) {
    auto seed = llvm::find_if(table.seeds, [&](const rules::Seed &candidate) {
      return candidate.stream == stream &&
             rules::applies(candidate, [&](const rules::Condition &c) { return method.holds(c); });
    });
    if (seed == table.seeds.end())
      return emitError(context.loc,
                       "a method has a seed for every choice of its parameters, found none of '")
             << StringRef(table.name) << "'";
    Value start = seed->atLayer ? layer : network.getLogits();
    FailureOr<Value> value = emitter.emit(builder, seed->result, context, shapeOf(start));
    if (failed(value))
      return failure();
    walk.seed(stream, start, *value);
    if (report && stream == 0)
      report->add(builder, context.loc, placeName(start), "Seed", table.name, *value, *value);
  }
  if (report)
    walk.reportTo(*report);
  FailureOr<Streams> arrived = walk.run(builder, table.endsAtLayer ? layer : network.getInput());
  for (auto [place, asked] : llvm::zip_equal(*conditioned, options.conditions))
    if (succeeded(arrived) && !walk.meets(place))
      return emitError(context.loc, "a condition is on a value that relevance reaches, found '")
             << asked.value << "'";
  if (succeeded(arrived) && !arrived->front()) // contract 2
    return emitError(context.loc, "relevance reaches ")
           << (table.endsAtLayer ? "the target layer" : "the network's input")
           << ", found no path from its seed";
  walked = &walk;
  return arrived;
}

FailureOr<SmallVector<Value>> Attribution::condition(Location loc, ReverseWalk &walk) {
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

LogicalResult Attribution::collect(OpBuilder &builder, const CollectedPlace &place,
                                   SmallVectorImpl<Value> &maps) {
  FailureOr<Value> map = emitCollected(builder, ExpressionEmitter(method, *this), place, network);
  if (succeeded(map) && *map)
    maps.push_back(*map);
  return map;
}

FailureOr<Value> Attribution::refine(OpBuilder &builder, const BoundMethod &step,
                                     ExpressionContext whole, Value map2d) {
  const rules::MethodTable &table = step.getTable();
  StringRef name(table.name);
  SmallVector<Value> recorded = network.recorded(table);
  if (recorded.empty())
    return emitError(whole.loc, "step '")
           << name << "' needs pools or strided layers in the network, found none";
  ExpressionEmitter emitter(step, *this);
  for (Value activation : llvm::reverse(recorded)) {
    ArrayRef<int64_t> wanted = shapeOf(activation), own = shapeOf(map2d);
    if (own.size() != wanted.size() || own.size() < 3)
      return emitError(whole.loc, "step '")
             << name << "' refines a map with the network's spatial axes, found " << shapeText(own);
    const rules::Refinement *refinement =
        rules::findEntry(table.refinements, [&](const rules::Condition &condition) {
          return condition.kind == rules::ConditionKind::Enlarges ? wanted.back() > own.back()
                                                                  : step.holds(condition);
        });
    if (!refinement)
      continue;
    auto mode = ResizeModeAttr::get(builder.getContext(), ResizeMode::HalfPixel);
    whole.map2d = ResizeOp::create(builder, whole.loc, map2d, mode,
                                   builder.getDenseI64ArrayAttr(wanted.drop_front(2)));
    whole.layerValue = whole.x = activation;
    FailureOr<Value> refined = emitter.emit(builder, refinement->result, whole, {});
    if (failed(refined))
      return failure();
    map2d = *refined;
  }
  whole.map2d = map2d;
  return emitter.emit(builder, table.finishes[0].result, whole, {});
}

LogicalResult Attribution::run(OpBuilder &builder, Outputs &outputs) {
  const rules::MethodTable &table = method.getTable();
  ExpressionContext context = whole(builder);
  ReverseWalk walk(network, &method, this);
  Repeated repeated;
  if (!table.repeats.empty()) {
    if (failed(repeat(builder, repeated)))
      return failure();
    context.sums = &repeated.sums;
    context.run = &repeated.run;
  } else {
    FailureOr<Streams> arrived =
        table.walks ? relevance(builder, context, walk) : FailureOr<Streams>(Streams());
    FailureOr<SmallVector<CollectedPlace, 0>> places = failure();
    if (succeeded(arrived))
      places = findCollected(builder, network, method, walk, layer);
    if (failed(places))
      return failure();
    context.map = *arrived;
    for (const CollectedPlace &place : *places)
      if (failed(collect(builder, place, repeated.collected)))
        return failure();
  }
  context.collected = repeated.collected;
  if (context.collected.empty() && !table.collections.empty()) {
    if (!reads(method, roots(), rules::NodeKind::Map))
      return reportNoPlaces(context.loc, table);
    // nothing is added to the map
    context.collected = {buildSplat(
        builder, context.loc, shapeOf(channelSum(builder, context.loc, network.getInput())), 0)};
  }
  context.x = network.getInput();
  ExpressionEmitter emitter(method, *this);
  auto [whole, planar] = finishes();
  FailureOr<Value> map = emitter.emit(builder, whole->result, context, {});
  if (failed(map))
    return failure();
  FailureOr<Value> map2d = planar ? emitter.emit(builder, planar->result, context, {})
                                  : FailureOr<Value>(channelSum(builder, context.loc, *map));
  if (failed(map2d))
    return failure();
  for (const auto &step : options.steps)
    if (failed(map2d = refine(builder, *step, context, *map2d)))
      return failure();
  if (report)
    report->add(builder, context.loc, "map", "Finish", table.name, context.map.front(), *map);
  outputs.add("map", *map);
  outputs.add("map2d", plane(builder, context.loc, *map2d));
  outputs.add("logits", network.getLogits());
  outputs.add("target", target);
  if (options.dumpRelevance)
    for (auto [value, r] : walk.getRelevance())
      if (StringRef name = valueName(value); !name.empty())
        outputs.add("layer:" + name, r);
  if (report)
    for (Value row : report->build(builder, context.loc))
      outputs.add("report", row);
  return success();
}
