// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/attribution/walk/RulesOnTheWay.h"

#include "passes/attribution/binding/StartAndEnd.h"
#include "passes/attribution/walk/ReverseWalk.h"

using namespace mlir;
using namespace saliency;

namespace {

/// Carries only that something arrives; takes down each crossing.
struct RuleList {
  using Share = bool;
  llvm::SmallVector<PassedLayer> passed;

  FailureOr<bool> join(Value, unsigned, ArrayRef<bool>, const rules::Row *) { return true; }
  FailureOr<bool> meet(Value, const rules::Meeting &, const SmallVector<bool, 1> &) { return true; }
  bool narrow(Value, bool share) { return share; }
  FailureOr<SmallVector<bool>> cross(const Crossing<bool> &at) {
    passed.push_back({at.layer, at.stream, at.rule});
    return SmallVector<bool>(at.operands.size(), true);
  }
};

} // namespace

SmallVector<PassedLayer> saliency::rulesOnTheWay(const Network &network, const BoundMethod &method,
                                                 Value layer) {
  const rules::MethodTable &table = method.getTable();
  RuleList list;
  if (!table.walks)
    return {};
  ReverseWalk<RuleList> walk(network, &method, list);
  for (unsigned stream = 0; stream <= table.streams.size(); ++stream)
    if (const rules::Seed *seed = seedOf(method, stream))
      walk.seed(stream, startOf(*seed, network, layer), true);
  for (const rules::Meeting &meeting : table.meetings)
    if (Value place = placeOf(meeting, method, network))
      walk.meet(place, meeting);
  (void)walk.run(endOf(method, network, layer)); // this visitor refuses nothing
  std::reverse(list.passed.begin(), list.passed.end());
  return std::move(list.passed);
}
