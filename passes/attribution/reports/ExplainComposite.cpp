// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/attribution/reports/ExplainComposite.h"

#include "passes/attribution/binding/Naming.h"
#include "passes/attribution/binding/StartAndEnd.h"
#include "passes/attribution/walk/RulesOnTheWay.h"
#include "llvm/Support/FormatVariadic.h"

using namespace mlir;
using namespace saliency;

LogicalResult saliency::explainComposite(func::FuncOp original, const BoundMethod &method,
                                         llvm::raw_ostream &out) {
  OwningOpRef<func::FuncOp> forward = original.clone();
  FailureOr<NetworkAndLayer> read = readNetwork(*forward, method);
  if (failed(read))
    return failure();
  const Composite &composite = *method.getComposite();
  std::vector<bool> taken(composite.entries.size());
  for (const auto &[layer, stream, rule] : rulesOnTheWay(read->network, method, read->layer)) {
    if (stream != 0)
      continue;
    std::string text = "the method's own", why = "no entry matches";
    if (rule.entry) {
      const CompositeEntry &entry = composite.entries[*rule.entry];
      taken[*rule.entry] = true;
      why = entry.place;
      if (!entry.rule.empty())
        text = entry.rule;
      for (const auto &[key, value] : entry.set)
        text += " " + key + "=" + value;
    }
    out << llvm::formatv("{0,-40} {1,-14} {2,-28} {3,-28} sum: {4}\n", nodeName(layer),
                         StringRef(rules::nameOf(capabilityOf(layer))), text, why,
                         rule.conservationAt(layer).text());
  }
  for (auto [entry, isTaken] : llvm::zip_equal(composite.entries, taken))
    if (!isTaken)
      out << "warning: " << entry.place << ": no layer of this network takes this entry\n";
  return success();
}
