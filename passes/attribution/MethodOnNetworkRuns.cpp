// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A method that repeats: one body for all runs.
#include "passes/attribution/MethodOnNetwork.h"

#include "dialect/ops/Builders.h"

using namespace mlir;
using namespace saliency;

FailureOr<SmallVector<std::pair<Value, Value>>>
MethodOnNetwork::replacements(OpBuilder &body, const AtPoint &place) {
  const rules::MethodTable &table = method.getTable();
  const rules::Repeat &repeat = table.repeats[0];
  ExpressionEmitter emitter(method, *this);
  Value from = repeat.fromLayer ? layer : network.getInput();
  FailureOr<Value> point = emitter.emit(body, repeat.point, place, shapeOf(from));
  if (failed(point))
    return failure();
  SmallVector<std::pair<Value, Value>> replaced = {{from, *point}};
  const rules::NormMask *mask = rules::findEntry(
      table.normMasks, [&](const rules::Condition &condition) { return method.holds(condition); });
  if (!mask)
    return replaced;
  FailureOr<Value> factor = emitter.emit(body, mask->result, place, shapeOf(from));
  if (failed(factor))
    return failure();
  for (Operation *user : from.getUsers())
    if (isa<LayerNormOpInterface>(user) && network.carriesRelevance(user->getResult(0)))
      replaced.push_back({user->getResult(0),
                          arith::MulFOp::create(body, place.loc, user->getResult(0), *factor)});
  return replaced;
}

LogicalResult MethodOnNetwork::repeat(OpBuilder &builder, Repeated &results) {
  const rules::MethodTable &table = method.getTable();
  const rules::Repeat &repeat = table.repeats[0];
  const WholePlace here = whole(builder);
  ExpressionEmitter emitter(method, *this);
  FailureOr<double> count = emitter.evaluate(builder, repeat.count, AtPoint{here, {}});
  if (failed(count))
    return failure();
  bool fixed = repeat.given >= callTensors.size();
  Repetition repetition(builder, here.loc, static_cast<int64_t>(*count),
                        fixed ? Value() : callTensors[repeat.given]);
  OpBuilder body = repetition.getBody();

  Run &run = repetition.getRun();
  FailureOr<SmallVector<std::pair<Value, Value>>> replaced =
      replacements(body, AtPoint{here, {&run}});
  IRMapping values;
  FailureOr<Network> again =
      failed(replaced) ? FailureOr<Network>(failure()) : network.rerun(body, *replaced, values);
  if (failed(again))
    return failure();
  MethodOnNetwork inside(*again, method, layer ? values.lookupOrDefault(layer) : Value(), target,
                         callTensors, options);
  inside.outer = &values, inside.named = &network, inside.ownLayer = layer;
  run.point = replaced->front().second, run.logits = again->getLogits(), run.layer = inside.layer;
  Sums sums = Sums::of(method, roots());
  RelevanceWalk walk(*again, &method, &inside);
  AtRun place{{here, {}}, {&run}};
  if (reads(method, sums.operands, rules::NodeKind::Map) || !table.collections.empty()) {
    FailureOr<Arrived> arrived = inside.relevance(body, inside.whole(body), walk, &run);
    if (failed(arrived))
      return failure();
    place.map = arrived->map;
    place.image0 = arrived->image0;
  }
  auto add = [&](const Sums &sums, const Place &place) -> LogicalResult {
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
  if (failed(add(sums, place)))
    return failure();
  FailureOr<SmallVector<CollectedPlace, 0>> places =
      findCollected(body, *again, method, walk, inside.layer);
  if (failed(places))
    return failure();
  SmallVector<Sums> sumsOfPlaces;
  for (const CollectedPlace &collected : *places) {
    sumsOfPlaces.push_back(Sums::of(method, collected.collection->result));
    if (failed(add(sumsOfPlaces.back(), collected.inRuns({&run}))))
      return failure();
  }

  SmallVector<Value> closed = repetition.close(builder);
  ArrayRef<Value> rest = closed;
  results.run = repetition.getRun();
  results.sums = sums.take(rest);
  for (auto [collected, own] : llvm::zip_equal(*places, sumsOfPlaces)) {
    llvm::DenseMap<unsigned, Value> ofPlace = own.take(rest);
    if (failed(collect(builder, collected, {&results.run, &ofPlace}, results.collected)))
      return failure();
  }
  return success();
}
