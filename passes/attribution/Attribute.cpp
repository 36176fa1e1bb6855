// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/attribution/Attribute.h"

#include "dialect/ops/Builders.h"
#include "passes/attribution/CallClasses.h"
#include "passes/attribution/ChangeParts.h"
#include "passes/attribution/Collect.h"
#include "passes/attribution/Conservation.h"
#include "passes/attribution/Repetition.h"
#include "passes/attribution/ReverseWalk.h"
#include "passes/rules/Print.h"
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
  Attribution(const Network &network, const BoundMethod &method, Value layer, Value target, ArrayRef<Value> callTensors,
              const AttributionOptions &options, RelevanceReport *report = nullptr)
      : network(network), method(method), layer(layer), target(target), callTensors(callTensors), options(options), report(report) {}

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
  FailureOr<Value> layerAt(OpBuilder &builder, Value input) override {
    IRMapping values; // what the layer does not need is dead code
    if (failed(network.rerun(builder, network.getInput(), input, values)))
      return failure();
    return values.lookupOrDefault(layer);
  }
  FailureOr<Value> sumOverClasses(OpBuilder &builder, Location loc, unsigned tensor, RankedTensorType type,
                                  function_ref<FailureOr<Value>(OpBuilder &, Value)> body) override {
    return classes(tensor).sum(builder, loc, type, body);
  }
  FailureOr<Value> countClasses(OpBuilder &builder, Location loc, unsigned tensor) override {
    return classes(tensor).count(builder, loc);
  }
  SmallVector<ExpressionContext, 0> attention() override {
    return llvm::map_to_vector<0>(network.findAttention(), [&](Operation *op) {
      Value y = op->getResult(0);
      return ExpressionContext{.loc = op->getLoc(), .layer = op, .x = op->getOperand(0), .y = y, .r = walked->getStreams(y)};
    });
  }
  std::optional<std::pair<int64_t, int64_t>> patchGrid(int64_t count) override { return network.findPatchGrid(count); }
  std::pair<Value, Value> changeParts(OpBuilder &builder, Value value) override {
    if (!parts)
      parts.emplace(network, reference);
    ChangeParts::Parts found = parts->of(builder, value);
    return {found.rise, found.fall};
  }
  Value callTensor(unsigned tensor) override { return callTensors[tensor]; }

  LogicalResult run(OpBuilder &builder, Outputs &outputs);

private:
  FailureOr<Value> refine(OpBuilder &builder, const BoundMethod &step, ExpressionContext whole, Value map2d);
  /// What expressions on the whole network read.
  ExpressionContext whole(OpBuilder &builder) const;
  FailureOr<SmallVector<Value>> condition(Location loc, ReverseWalk &walk);
  /// Seeds every stream and walks them down to where the method reads the map.
  FailureOr<Streams> relevance(OpBuilder &builder, ExpressionContext &context, ReverseWalk &walk);
  /// What the runs of a method that repeats leave behind: their number, what each node adds up to, what was collected.
  struct Repeated {
    Run run;
    llvm::DenseMap<unsigned, Value> sums;
    SmallVector<Value, 0> collected;
  };
  LogicalResult repeat(OpBuilder &builder, Repeated &results);
  /// Appends a place's map to `maps`, unless the place has no positions.
  LogicalResult collect(OpBuilder &builder, const CollectedPlace &place, SmallVectorImpl<Value> &maps);
  /// The map's finish and the 2-D map's, which may be null.
  std::array<const rules::Finish *, 2> finishes() const {
    auto chosen = [&](const rules::Condition &condition) {
      return condition.kind == rules::ConditionKind::BeforeStep ? !options.steps.empty() : method.holds(condition);
    };
    return {rules::findEntry(method.getTable().finishes, chosen), rules::findEntry(method.getTable().finishes2d, chosen)};
  }
  SmallVector<rules::NodeId> roots() const {
    SmallVector<rules::NodeId> results;
    for (const rules::Finish *finish : finishes())
      if (finish)
        results.push_back(finish->result);
    return results;
  }
  CallClasses classes(unsigned tensor) const { return {callTensors[tensor], target, network.getLogits()}; }

  const Network &network;
  const BoundMethod &method;
  Value layer, target;
  ArrayRef<Value> callTensors;
  const AttributionOptions &options;
  RelevanceReport *report;             // null: none is asked for
  const ReverseWalk *walked = nullptr; // of the method's own streams, once done
  IRMapping reference;                 // the network's values at the reference input
  std::optional<ChangeParts> parts;
  // Of a run: the network that has names, and what became of its values.
  const Network *named = &network;
  const IRMapping *outer = nullptr;
};

} // namespace

/// Sum over channels, N x 1 x spatial; a map without spatial axes is its own.
static Value channelSum(OpBuilder &builder, Location loc, Value map) {
  if (shapeOf(map).size() < 3)
    return map;
  return ReduceOp::create(builder, loc, map, ReductionAttr::get(builder.getContext(), Reduction::Sum), builder.getDenseI64ArrayAttr({1}));
}

/// The 2-D map as one plane a sample. Of a volume: summed over the axes before the last two, N x 1 x H x W; of a vector: N x 1 x C.
static Value plane(OpBuilder &builder, Location loc, Value map) {
  ArrayRef<int64_t> shape = shapeOf(map);
  if (shape.size() == 2)
    return ReshapeOp::create(builder, loc, map, builder.getDenseI64ArrayAttr({shape[0], 1, shape[1]}));
  if (shape.size() <= 4)
    return map;
  SmallVector<int64_t> flat = {shape[0], shape[1], shape[shape.size() - 2], shape.back()};
  Value sum = ReduceOp::create(builder, loc, map, ReductionAttr::get(builder.getContext(), Reduction::Sum),
                               builder.getDenseI64ArrayAttr(llvm::to_vector(llvm::seq<int64_t>(2, shape.size() - 2))));
  return ReshapeOp::create(builder, loc, sum, builder.getDenseI64ArrayAttr(flat));
}

static LogicalResult reportNoPlaces(Location loc, const rules::MethodTable &table) {
  std::string kinds;
  for (const rules::Collection &collection : table.collections) {
    std::string where = rules::describeConditions(table, {collection.conditions, collection.conditionCount});
    kinds += (kinds.empty() ? "" : ", ") + std::string(rules::nameOf(collection.capability)) + (where.empty() ? "" : " (" + where + ")");
  }
  return emitError(loc, "method '") << StringRef(table.name) << "' collects at " << kinds << ", found none in the network";
}

ExpressionContext Attribution::whole(OpBuilder &builder) const {
  Value logits = network.getLogits();
  Location loc = builder.getUnknownLoc();
  if (Operation *op = logits.getDefiningOp())
    loc = op->getLoc();
  Value oneHot = OneHotOp::create(builder, loc, target, builder.getI64IntegerAttr(shapeOf(logits)[1]));
  return {.loc = loc, .x = layer ? layer : network.getInput(), .image = network.getInput(), .logits = logits, .layerValue = layer,
          .target = oneHot};
}

FailureOr<Streams> Attribution::relevance(OpBuilder &builder, ExpressionContext &context, ReverseWalk &walk) {
  const rules::MethodTable &table = method.getTable();
  ExpressionEmitter emitter(method, *this);
  if (table.reference != rules::kNone) {
    FailureOr<Value> image = emitter.emit(builder, table.reference, context, shapeOf(network.getInput()));
    if (failed(image))
      return failure();
    context.image0 = *image;
    if (failed(network.rerun(builder, network.getInput(), *image, reference)))
      return failure();
    walk.compareWith(reference);
  }
  for (const rules::Meeting &meeting : table.meetings) {
    StringRef name = method.getValueName(meeting.index);
    Value place = name.empty() ? network.findTargetLayer() : network.findValue(name);
    if (!place)
      return emitError(context.loc, "parameter '") << StringRef(table.parameters[meeting.index].name)
                                                 << "' names a value that the network computes, found '" << name << "'";
    walk.meet(place, meeting.result);
  }
  FailureOr<SmallVector<Value>> conditioned = condition(context.loc, walk);
  if (failed(conditioned))
    return failure();
  for (unsigned stream = 0; stream <= table.streams.size(); ++stream) {
    auto seed = llvm::find_if(table.seeds, [&](const rules::Seed &candidate) {
      return candidate.stream == stream && rules::applies(candidate, [&](const rules::Condition &c) { return method.holds(c); });
    });
    if (seed == table.seeds.end())
      return emitError(context.loc, "a method has a seed for every choice of its parameters, found none of '") << StringRef(table.name) << "'";
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
      return emitError(context.loc, "a condition is on a value that relevance reaches, found '") << asked.value << "'";
  if (succeeded(arrived) && !arrived->front()) // contract 2
    return emitError(context.loc, "relevance reaches ") << (table.endsAtLayer ? "the target layer" : "the network's input")
                                                        << ", found no path from its seed";
  walked = &walk;
  return arrived;
}

/// Keeps what the conditions say; their values.
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

LogicalResult Attribution::repeat(OpBuilder &builder, Repeated &results) {
  const rules::MethodTable &table = method.getTable();
  const rules::Repeat &repeat = table.repeats[0];
  ExpressionContext context = whole(builder);
  ExpressionEmitter emitter(method, *this);
  FailureOr<double> count = emitter.evaluate(builder, repeat.count, context);
  if (failed(count))
    return failure();
  bool fixed = repeat.given >= callTensors.size();
  Repetition repetition(builder, context.loc, static_cast<int64_t>(*count), fixed ? Value() : callTensors[repeat.given]);
  OpBuilder body = repetition.getBody();

  context.x = network.getInput();
  context.run = &repetition.getRun();
  Value from = repeat.fromLayer ? layer : network.getInput();
  FailureOr<Value> point = emitter.emit(body, repeat.point, context, shapeOf(from));
  if (failed(point))
    return failure();
  IRMapping values;
  FailureOr<Network> again = network.rerun(body, from, *point, values);
  if (failed(again))
    return failure();
  Attribution inside(*again, method, layer ? values.lookupOrDefault(layer) : Value(), target, callTensors, options);
  inside.outer = &values, inside.named = &network;
  Run &here = repetition.getRun();
  here.point = *point, here.logits = again->getLogits(), here.layer = inside.layer;
  Sums sums = Sums::of(method, roots());
  ReverseWalk walk(*again, &method, &inside);
  if (reads(method, sums.operands, rules::NodeKind::Map) || !table.collections.empty()) {
    ExpressionContext there = inside.whole(body);
    there.run = &here;
    FailureOr<Streams> arrived = inside.relevance(body, there, walk);
    if (failed(arrived))
      return failure();
    context.map = *arrived;
    context.image0 = there.image0;
  }
  auto add = [&](const Sums &sums, const ExpressionContext &place) -> LogicalResult {
    ExpressionEmitter terms(method, inside);
    for (rules::NodeId id : sums.nodes) {
      SmallVector<Value> read;
      for (rules::NodeId operand : {table.node(id).a, table.node(id).b})
        if (operand != rules::kNone) {
          FailureOr<Value> value = terms.emit(body, operand, place, {});
          if (failed(value))
            return failure();
          read.push_back(*value);
        }
      repetition.add(table.node(id).kind, read);
    }
    return success();
  };
  if (failed(add(sums, context)))
    return failure();
  FailureOr<SmallVector<CollectedPlace, 0>> places = findCollected(body, *again, method, walk, inside.layer);
  if (failed(places))
    return failure();
  SmallVector<Sums> sumsOfPlaces;
  for (CollectedPlace &place : *places) {
    place.context.run = &here;
    sumsOfPlaces.push_back(Sums::of(method, place.collection->result));
    if (failed(add(sumsOfPlaces.back(), place.context)))
      return failure();
  }

  SmallVector<Value> closed = repetition.close(builder);
  ArrayRef<Value> rest = closed;
  results.run = repetition.getRun();
  results.sums = sums.take(rest);
  for (auto [place, own] : llvm::zip_equal(*places, sumsOfPlaces)) {
    llvm::DenseMap<unsigned, Value> ofPlace = own.take(rest);
    place.context.sums = &ofPlace;
    place.context.run = &results.run;
    if (failed(collect(builder, place, results.collected)))
      return failure();
  }
  return success();
}

LogicalResult Attribution::collect(OpBuilder &builder, const CollectedPlace &place, SmallVectorImpl<Value> &maps) {
  FailureOr<Value> map = emitCollected(builder, ExpressionEmitter(method, *this), place, network);
  if (succeeded(map) && *map)
    maps.push_back(*map);
  return map;
}

/// A step over the 2-D map of any method: refined at each recorded activation, from the last to the first.
FailureOr<Value> Attribution::refine(OpBuilder &builder, const BoundMethod &step, ExpressionContext whole, Value map2d) {
  const rules::MethodTable &table = step.getTable();
  StringRef name(table.name);
  SmallVector<Value> recorded = network.recorded(table);
  if (recorded.empty())
    return emitError(whole.loc, "step '") << name << "' needs pools or strided layers in the network, found none";
  ExpressionEmitter emitter(step, *this);
  for (Value activation : llvm::reverse(recorded)) {
    ArrayRef<int64_t> wanted = shapeOf(activation), own = shapeOf(map2d);
    if (own.size() != wanted.size() || own.size() < 3)
      return emitError(whole.loc, "step '") << name << "' refines a map with the network's spatial axes, found " << shapeText(own);
    const rules::Refinement *refinement = rules::findEntry(table.refinements, [&](const rules::Condition &condition) {
      return condition.kind == rules::ConditionKind::Enlarges ? wanted.back() > own.back() : step.holds(condition);
    });
    if (!refinement)
      continue;
    auto mode = ResizeModeAttr::get(builder.getContext(), ResizeMode::HalfPixel);
    whole.map2d = ResizeOp::create(builder, whole.loc, map2d, mode, builder.getDenseI64ArrayAttr(wanted.drop_front(2)));
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
    FailureOr<Streams> arrived = table.walks ? relevance(builder, context, walk) : FailureOr<Streams>(Streams());
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
    context.collected = {buildSplat(builder, context.loc, shapeOf(channelSum(builder, context.loc, network.getInput())), 0)};
  }
  context.x = network.getInput();
  ExpressionEmitter emitter(method, *this);
  auto [whole, planar] = finishes();
  FailureOr<Value> map = emitter.emit(builder, whole->result, context, {});
  if (failed(map))
    return failure();
  FailureOr<Value> map2d = planar ? emitter.emit(builder, planar->result, context, {}) : FailureOr<Value>(channelSum(builder, context.loc, *map));
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

FailureOr<Value> saliency::targetLayerOf(func::FuncOp function, const Network &network, const BoundMethod &method) {
  if (!method.getTable().needsLayer)
    return Value();
  StringRef name = method.getLayerName();
  if (Value layer = name.empty() ? network.findTargetLayer() : network.findValue(name))
    return layer;
  if (!name.empty())
    return function.emitError("a target layer is a value that the network still computes, found '")
           << name << "', which was unused or folded into another layer";
  return function.emitError("method '") << StringRef(method.getTable().name)
                                        << "' starts at a map with spatial axes before the classifier, found none";
}

Value saliency::startOf(const Network &network, const BoundMethod &method, Value layer) {
  bool atLayer = llvm::any_of(method.getTable().seeds, [&](const rules::Seed &seed) {
    return seed.stream == 0 && seed.atLayer && rules::applies(seed, [&](const rules::Condition &c) { return method.holds(c); });
  });
  return atLayer ? layer : network.getLogits();
}

Value saliency::endOf(const Network &network, const BoundMethod &method, Value layer) {
  return method.getTable().endsAtLayer ? layer : network.getInput();
}

LogicalResult saliency::attribute(func::FuncOp function, const BoundMethod &method, const AttributionOptions &options) {
  if (failed(exposeLogits(function)))
    return failure();
  FailureOr<Network> network = Network::of(function);
  if (failed(network))
    return failure();
  FailureOr<Value> layer = targetLayerOf(function, *network, method);
  if (failed(layer))
    return failure();
  if (options.requireConservation && method.getTable().walks &&
      failed(composeConservation(*network, method, startOf(*network, method, *layer), endOf(*network, method, *layer)).require(method)))
    return failure();

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
  SmallVector<int64_t> images(shapeOf(network->getInput()));
  images[0] = ShapedType::kDynamic;
  for (const rules::CallTensor &tensor : method.getTable().callTensors) {
    auto classes = RankedTensorType::get({ShapedType::kDynamic, classType.getDimSize(0)}, builder.getI64Type());
    auto type = tensor.images ? RankedTensorType::get(images, builder.getF32Type()) : classes;
    callTensors.push_back(addArgument(function, type, "tensor:" + StringRef(tensor.name)));
  }
  Outputs outputs;
  RelevanceReport report;
  Attribution attribution(*network, method, *layer, target, callTensors, options, options.report ? &report : nullptr);
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
