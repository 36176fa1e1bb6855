// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/attribution/reports/ExplainComposite.h"

#include "passes/attribution/reports/Conservation.h"
#include "passes/attribution/walk/ReverseWalk.h"
#include "llvm/Support/FormatVariadic.h"

using namespace mlir;
using namespace saliency;

LogicalResult saliency::explainComposite(func::FuncOp original, const BoundMethod &method,
                                         llvm::raw_ostream &out) {
  OwningOpRef<func::FuncOp> forward = original.clone();
  if (failed(exposeLogits(*forward)))
    return failure();
  FailureOr<Network> network = Network::of(*forward);
  if (failed(network))
    return failure();
  const Composite &composite = *method.getComposite();
  std::vector<bool> taken(composite.entries.size());
  for (Operation &op : forward->getBody().front().without_terminator()) {
    auto layer = dyn_cast<LayerOpInterface>(op);
    if (!layer || !network->carriesRelevance(op.getResult(0)))
      continue;
    std::string rule = "the method's own", why = "no entry matches";
    const BoundMethod *bound = &method;
    StringRef name;
    if (std::optional<unsigned> number = method.findEntry(*network, layer)) {
      const CompositeEntry &entry = composite.entries[*number];
      taken[*number] = true;
      why = entry.place;
      bound = &method.forEntry(*number);
      name = entry.rule;
      if (!name.empty())
        rule = entry.rule;
      for (const auto &[key, value] : entry.set)
        rule += " " + key + "=" + value;
    }
    const rules::Row *row = findRowFor(layer, *bound, *network, name);
    auto conservation = row ? bound->conservationAt(*row, layer)
                            : rules::conservationOfDerivative(capabilityOf(layer), factsOf(layer));
    out << llvm::formatv("{0,-40} {1,-14} {2,-28} {3,-28} sum: {4}\n", nodeName(&op),
                         StringRef(rules::nameOf(capabilityOf(layer))), rule, why,
                         conservation.text());
  }
  for (auto [entry, isTaken] : llvm::zip_equal(composite.entries, taken))
    if (!isTaken)
      out << "warning: " << entry.place << ": no layer of this network takes this entry\n";
  return success();
}
