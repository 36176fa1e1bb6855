// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/attribution/reports/Conservation.h"

#include "dialect/ops/Builders.h"
#include "passes/attribution/binding/Circumstances.h"
#include "passes/attribution/binding/Naming.h"
#include "passes/attribution/binding/StartAndEnd.h"
#include "passes/attribution/walk/ReverseWalk.h"
#include "passes/rules/printing/Print.h"
#include "llvm/Support/FormatVariadic.h"

using namespace mlir;
using namespace saliency;
using rules::Capability;
using rules::Conservation;

namespace {

/// What a way back has come to: the link that decides it.
struct Way {
  bool arrived = false;
  std::optional<unsigned> weakest; // none where no link has been passed
  explicit operator bool() const { return arrived; }
};

/// Composes the classes of conservation on the way of the relevance (see ReverseWalk).
class Composer {
public:
  using Share = Way;
  Composer(const BoundMethod &method) : method(method) {}

  FailureOr<Way> join(Value value, unsigned, ArrayRef<Way> uses, const rules::Row *fork);
  FailureOr<Way> meet(Value value, const rules::Meeting &, const SmallVector<Way, 1> &streams);
  Way narrow(Value, Way way) { return way; }
  FailureOr<SmallVector<Way>> cross(const Crossing<Way> &at);

  std::vector<ConservationLink> links;

private:
  /// Adds a link behind `above`; the way with it.
  Way add(ConservationLink link, Way above);
  Way weaker(Way a, Way b) const;
  ConservationLink linkAt(Value value, StringRef kind, rules::RowConservation conservation) const {
    return {placeName(value), kind.str(), std::string(method.getTable().name),
            conservation,     0,          value};
  }

  const BoundMethod &method;
};

} // namespace

Way Composer::weaker(Way a, Way b) const {
  if (!a.weakest || !b.weakest)
    return a.weakest ? a : b;
  auto weakness = [&](Way way) {
    return rules::weakness(links[*way.weakest].conservation.conservation);
  };
  bool isNearer = weakness(b) == weakness(a) && *b.weakest < *a.weakest; // to the seed
  return weakness(b) > weakness(a) || isNearer ? b : a;
}

Way Composer::add(ConservationLink link, Way above) {
  unsigned number = links.size();
  links.push_back(std::move(link));
  Way way = weaker(above, {true, number});
  links.back().weakest = *way.weakest;
  return way;
}

FailureOr<Way> Composer::join(Value value, unsigned, ArrayRef<Way> uses, const rules::Row *fork) {
  Way way = uses.front();
  for (Way use : uses.drop_front())
    way = weaker(way, use);
  if (!fork)
    return way;
  rules::RowConservation own =
      rules::conservationAt(method.getTable(), method.getSettings(), *fork, {});
  if (own.conservation == Conservation::Exact)
    return way;
  return add(linkAt(value, rules::nameOf(Capability::Fork), own), way);
}

FailureOr<Way> Composer::meet(Value value, const rules::Meeting &,
                              const SmallVector<Way, 1> &streams) {
  return add(linkAt(value, "Meeting", {Conservation::None}), streams.front());
}

FailureOr<SmallVector<Way>> Composer::cross(const Crossing<Way> &at) {
  LayerOpInterface layer = at.layer;
  Way way = add({nodeName(layer), std::string(rules::nameOf(capabilityOf(layer))), at.rule.name,
                 at.rule.conservationAt(layer), 0, layer->getResult(0)},
                at.arrived());
  return SmallVector<Way>(at.operands.size(), way);
}

NetworkConservation saliency::composeConservation(const Network &network, const BoundMethod &method,
                                                  Value layer) {
  Composer composer(method);
  ReverseWalk<Composer> walk(network, &method, composer);
  for (const rules::Meeting &meeting : method.getTable().meetings)
    if (Value place = placeOf(meeting, method, network))
      walk.meet(place, meeting);
  const rules::Seed *seed = seedOf(method, 0);
  walk.seed(0, seed ? startOf(*seed, network, layer) : network.getLogits(), {true, std::nullopt});
  auto arrived = walk.run(endOf(method, network, layer)); // this visitor refuses nothing
  return {std::move(composer.links), arrived->front().weakest};
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
  FailureOr<NetworkAndLayer> read = readNetwork(*forward, method);
  if (failed(read))
    return failure();
  NetworkConservation composed = composeConservation(read->network, method, read->layer);
  auto because = [&](unsigned weakest) {
    const ConservationLink &link = composed.links[weakest];
    return llvm::formatv("{0} ({1})", link.conservation.text(), link.name).str();
  };
  for (const ConservationLink &link : composed.links)
    out << llvm::formatv("{0,-40} {1,-14} {2,-28} {3,-50} from the seed: {4}\n", link.name,
                         link.kind, link.rule, link.conservation.text(), because(link.weakest));
  const rules::Finish &finish = *rules::findEntry(table.finishes, Circumstances{method});
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
