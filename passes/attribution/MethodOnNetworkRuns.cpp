// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A method that repeats: one body for all runs.
//
//   %count = ...                          1. how many runs
//   repeat %run to %count {
//     %point = ...                        2. where this run evaluates the network, and the network
//     %y = network(%point)                   once more, there
//     %r = ...                            3. the way back, if a sum reads what arrives
//     %a = ...                            4. what each sum over the runs adds: of the finishes, and
//   }                                        of the places where the method collects
//   %sum = ...                            5. what the sums came to; maps are collected of them
#include "passes/attribution/MethodOnNetwork.h"

#include "dialect/ops/Builders.h"
#include "passes/attribution/binding/Circumstances.h"

using namespace mlir;
using namespace saliency;

FailureOr<Repetition> MethodOnNetwork::openLoop(OpBuilder &builder, const WholePlace &here) {
  const rules::Repeat &repeat = method.getTable().repeats[0];
  FailureOr<double> count =
      ExpressionEmitter(method, *this).evaluate(builder, repeat.count, AtPoint{here, {}});
  if (failed(count))
    return failure();
  bool isFixed = repeat.given >= callTensors.size();
  return Repetition(builder, here.loc, static_cast<int64_t>(*count),
                    isFixed ? Value() : callTensors[repeat.given]);
}

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
  const rules::NormMask *mask = rules::findEntry(table.normMasks, Circumstances{method});
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

FailureOr<Network> MethodOnNetwork::networkOfRun(OpBuilder &body, const WholePlace &here, Run &run,
                                                 IRMapping &values) {
  FailureOr<SmallVector<std::pair<Value, Value>>> replaced =
      replacements(body, AtPoint{here, {&run}});
  if (failed(replaced))
    return failure();
  FailureOr<Network> again = network.rerun(body, *replaced, values);
  if (failed(again))
    return failure();
  run.point = replaced->front().second;
  run.logits = again->getLogits();
  run.layer = layer ? values.lookupOrDefault(layer) : Value();
  return again;
}

LogicalResult MethodOnNetwork::addUp(OpBuilder &body, const Sums &sums, const Place &place,
                                     Repetition &repetition) {
  const rules::MethodTable &table = method.getTable();
  ExpressionEmitter terms(method, *this);
  for (rules::NodeId id : sums.nodes) {
    SmallVector<Value> operands;
    for (rules::NodeId operand : {table.node(id).a, table.node(id).b}) {
      if (operand == rules::kNone)
        continue;
      FailureOr<Value> value = terms.emit(body, operand, place, {});
      if (failed(value))
        return failure();
      operands.push_back(*value);
    }
    repetition.add(rules::SumWord(table.node(id).kind), operands);
  }
  return success();
}

LogicalResult MethodOnNetwork::repeat(OpBuilder &builder, Repeated &results) {
  const WholePlace here = whole(builder);
  FailureOr<Repetition> repetition = openLoop(builder, here);
  if (failed(repetition))
    return failure();
  OpBuilder body = repetition->getBody();
  Run &run = repetition->getRun();

  IRMapping values;
  FailureOr<Network> again = networkOfRun(body, here, run, values);
  if (failed(again))
    return failure();
  MethodOnNetwork inside(*again, method, run.layer, target, callTensors, options);
  inside.outer = &values, inside.named = &network, inside.ownLayer = layer;

  Sums sums = Sums::of(method, roots());
  RelevanceWalk walk(*again, &method, &inside);
  AtRun place{{here, {}}, {&run}};
  auto isMap = [](const rules::Node &node) { return node.kind == rules::NodeKind::Map; };
  if (method.reads(sums.operands, isMap) || !method.getTable().collections.empty()) {
    FailureOr<Arrived> arrived = inside.relevance(body, inside.whole(body), walk, &run);
    if (failed(arrived))
      return failure();
    place.map = arrived->map;
    place.image0 = arrived->image0;
  }

  if (failed(inside.addUp(body, sums, place, *repetition)))
    return failure();
  FailureOr<SmallVector<CollectedPlace, 0>> places =
      findCollected(body, *again, method, walk, inside.layer);
  if (failed(places))
    return failure();
  SmallVector<Sums> sumsOfPlaces;
  for (const CollectedPlace &collected : *places) {
    sumsOfPlaces.push_back(Sums::of(method, collected.collection->result));
    if (failed(inside.addUp(body, sumsOfPlaces.back(), collected.inRuns({&run}), *repetition)))
      return failure();
  }

  SmallVector<Value> closed = repetition->close(builder);
  ArrayRef<Value> rest = closed;
  results.run = run;
  results.sums = sums.take(rest);
  for (auto [collected, own] : llvm::zip_equal(*places, sumsOfPlaces)) {
    llvm::DenseMap<unsigned, Value> ofPlace = own.take(rest);
    if (failed(collect(builder, collected, {&results.run, &ofPlace}, results.collected)))
      return failure();
  }
  return success();
}
