// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/attribution/reports/Conservation.h"

#include "dialect/ops/Builders.h"
#include "passes/attribution/ExplainNetwork.h"
#include "passes/attribution/walk/ReverseWalk.h"
#include "passes/rules/printing/Print.h"
#include "llvm/Support/FormatVariadic.h"

using namespace mlir;
using namespace saliency;
using rules::Capability;
using rules::Conservation;

rules::LayerFacts saliency::factsOf(LayerOpInterface layer) {
  rules::LayerFacts facts;
  auto linear = dyn_cast<LinearMapOpInterface>(layer.getOperation());
  bool shifts = isa<NormalisationOpInterface, LayerNormOpInterface>(layer.getOperation());
  facts.hasBias = shifts || (linear && linear.getLinearBias());
  facts.biasIsFolded = linear && linear->hasAttr(kFoldedBiasAttr);
  facts.addsEntries = isa<PadOp>(layer.getOperation()) &&
                      layer->getResult(0).getType() != layer->getOperand(0).getType();
  return facts;
}

namespace {

class Composer {
public:
  Composer(const Network &network, const BoundMethod &method) : network(network), method(method) {}
  NetworkConservation run(Value start, Value end);

private:
  /// Adds a link behind `above`, the weakest one so far; returns the weakest now.
  std::optional<unsigned> add(ConservationLink link, std::optional<unsigned> above);
  std::optional<unsigned> weaker(std::optional<unsigned> a, std::optional<unsigned> b) const;
  std::optional<unsigned> arrive(Value value);
  ConservationLink linkOf(LayerOpInterface layer) const;

  struct Arrival {
    std::optional<unsigned> weakest;
    unsigned uses = 0;
  };
  const Network &network;
  const BoundMethod &method;
  llvm::DenseMap<Value, Arrival> arrivals;
  NetworkConservation result;
};

} // namespace

std::string saliency::placeName(Value value) {
  StringRef name = valueName(value);
  Operation *op = value.getDefiningOp();
  return !name.empty() ? name.str() : op ? nodeName(op) : "the input";
}

std::optional<unsigned> Composer::weaker(std::optional<unsigned> a,
                                         std::optional<unsigned> b) const {
  if (!a || !b)
    return a ? a : b;
  auto weakness = [&](unsigned link) {
    return rules::weakness(result.links[link].conservation.conservation);
  };
  return weakness(*b) > weakness(*a) || (weakness(*b) == weakness(*a) && *b < *a)
             ? b
             : a; // of equals the one nearest to the seed
}

std::optional<unsigned> Composer::add(ConservationLink link, std::optional<unsigned> above) {
  unsigned number = result.links.size();
  result.links.push_back(std::move(link));
  result.links.back().weakest = *weaker(above, number);
  return result.links.back().weakest;
}

/// What decides the way down to `value`, with its own links where several uses or streams come
/// together.
std::optional<unsigned> Composer::arrive(Value value) {
  Arrival arrival = arrivals.lookup(value);
  const rules::MethodTable &table = method.getTable();
  std::string name = placeName(value), rule(table.name);
  const rules::Row *fork = rules::findRow(
      table, Capability::Fork, [&](const rules::Condition &c) { return method.holds(c); });
  if (arrival.uses > 1 && fork) {
    rules::RowConservation own = rules::conservationAt(table, method.getSettings(), *fork, {});
    if (own.conservation != Conservation::Exact)
      arrival.weakest =
          add({name, std::string(rules::nameOf(Capability::Fork)), rule, own, 0, value},
              arrival.weakest);
  }
  for (const rules::Meeting &meeting : table.meetings) {
    StringRef place = method.getValueName(meeting.index);
    if (value == (place.empty() ? network.findTargetLayer() : network.findValue(place)))
      arrival.weakest =
          add({name, "Meeting", rule, {Conservation::None}, 0, value}, arrival.weakest);
  }
  return arrival.weakest;
}

ConservationLink Composer::linkOf(LayerOpInterface layer) const {
  LayerRule rule = findRuleFor(layer, method, network);
  ConservationLink link{
      nodeName(layer),    std::string(rules::nameOf(capabilityOf(layer))), rule.name, {}, 0,
      layer->getResult(0)};
  link.conservation = rule.row
                          ? rule.bound->conservationAt(*rule.row, layer)
                          : rules::conservationOfDerivative(capabilityOf(layer), factsOf(layer));
  return link;
}

NetworkConservation Composer::run(Value start, Value end) {
  arrivals[start].uses = 1;
  for (Operation &op : llvm::reverse(*network.getLogits().getParentBlock())) {
    if (op.getNumResults() != 1 || !arrivals.contains(op.getResult(0)))
      continue;
    std::optional<unsigned> above = arrive(op.getResult(0));
    if (op.getResult(0) == end) {
      result.weakest = above;
      return std::move(result);
    }
    auto layer = cast<LayerOpInterface>(op);
    std::optional<unsigned> here = add(linkOf(layer), above);
    for (unsigned number : network.dataOperands(layer)) {
      Arrival &arrival = arrivals[layer->getOperand(number)];
      arrival.weakest = weaker(arrival.weakest, here);
      ++arrival.uses;
    }
  }
  result.weakest = arrive(end);
  return std::move(result);
}

NetworkConservation saliency::composeConservation(const Network &network, const BoundMethod &method,
                                                  Value start, Value end) {
  return Composer(network, method).run(start, end);
}

LogicalResult NetworkConservation::require(const BoundMethod &method) const {
  for (const ConservationLink &link : links) {
    if (rules::keepsSum(link.conservation.conservation))
      continue;
    return emitError(link.value.getLoc(), "conservation is required of every layer's rule; found '")
           << link.kind << "' under '" << StringRef(method.getTable().name)
           << "': " << link.conservation.text();
  }
  return success();
}

LogicalResult saliency::explainConservation(func::FuncOp original, const BoundMethod &method,
                                            llvm::raw_ostream &out) {
  const rules::MethodTable &table = method.getTable();
  if (!table.walks)
    return original.emitError(
               "conservation is a property of relevance that is carried back, found '")
           << StringRef(table.name) << "', which carries none";
  OwningOpRef<func::FuncOp> forward = original.clone();
  if (failed(exposeLogits(*forward)))
    return failure();
  FailureOr<Network> network = Network::of(*forward);
  if (failed(network))
    return failure();
  FailureOr<Value> layer = targetLayerOf(*forward, *network, method);
  if (failed(layer))
    return failure();
  NetworkConservation composed = composeConservation(
      *network, method, startOf(*network, method, *layer), endOf(*network, method, *layer));
  auto because = [&](unsigned weakest) {
    const ConservationLink &link = composed.links[weakest];
    return llvm::formatv("{0} ({1})", link.conservation.text(), link.name).str();
  };
  for (const ConservationLink &link : composed.links)
    out << llvm::formatv("{0,-40} {1,-14} {2,-28} {3,-50} from the seed: {4}\n", link.name,
                         link.kind, link.rule, link.conservation.text(), because(link.weakest));
  const rules::Finish &finish =
      *rules::findEntry(table.finishes, [&](const rules::Condition &c) { return method.holds(c); });
  if (!composed.weakest)
    out << "verdict: the map is the seed itself\n";
  else if (const ConservationLink &link = composed.links[*composed.weakest];
           rules::keepsSum(link.conservation.conservation))
    out << "verdict: the sum arrives, " << because(*composed.weakest) << "\n";
  else
    out << "verdict: the sum does not arrive: " << link.name << ", " << link.kind << ", "
        << link.conservation.text() << "\n";
  if (!table.repeats.empty())
    out << "this holds of each run; the map is made of all of them\n";
  if (table.node(finish.result).kind != rules::NodeKind::Map)
    out << "the map is not what arrives, but " << rules::formulaOf(table, finish.result).text
        << "\n";
  return success();
}
