// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/attribution/walk/LayerRule.h"

#include "passes/attribution/binding/Circumstances.h"
#include "passes/attribution/binding/LayerFacts.h"
#include "passes/attribution/binding/Naming.h"
#include "llvm/Support/Debug.h"

#define DEBUG_TYPE "saliency-walk"

using namespace mlir;
using namespace saliency;
using rules::Capability;

static constexpr llvm::StringLiteral kDerivativeRule = "derivative";

rules::RowConservation LayerRule::conservationAt(LayerOpInterface layer) const {
  return row ? bound->conservationAt(*row, layer)
             : rules::conservationOfDerivative(capabilityOf(layer), factsOf(layer));
}

LayerRule saliency::findRuleFor(LayerOpInterface layer, const BoundMethod *method,
                                const Network &network, unsigned stream) {
  LayerRule rule{.name = kDerivativeRule.str()};
  if (!method)
    return rule;
  const rules::MethodTable &table = method->getTable();
  Capability capability = capabilityOf(layer);
  unsigned rows = rules::rowsOf(table, stream);
  if (rows == 0)
    rule.entry = method->findEntry(network, layer);
  rule.bound = rule.entry ? &method->forEntry(*rule.entry) : method;
  StringRef named = rule.entry ? StringRef(method->getComposite()->entries[*rule.entry].rule) : "";
  rule.row = rules::findRule(table, capability, {named.data(), named.size()});
  if (!rule.row)
    rule.row = rules::findRow(table, capability,
                              Circumstances{*rule.bound, &network, layer, stream}, rows);
  rule.isSupported = rule.row || rows != 0 || table.elsewhereGradient;
  if (rule.row)
    rule.name = rule.row->rule.empty() ? std::string(table.name) : named.str();
  return rule;
}

void saliency::traceRule(LayerOpInterface layer, const LayerRule &rule, unsigned stream,
                         bool isBottleneck) {
  LLVM_DEBUG({
    llvm::dbgs() << DEBUG_TYPE ": '" << nodeName(layer) << "' ("
                 << StringRef(rules::nameOf(capabilityOf(layer))) << "), stream " << stream << ": "
                 << (rule.isSupported ? "rule '" + rule.name + "'" : "no rule");
    if (rule.entry)
      llvm::dbgs() << " by " << rule.bound->getComposite()->entries[*rule.entry].place;
    llvm::dbgs() << (isBottleneck ? ", a bottleneck\n" : "\n");
  });
  (void)layer, (void)rule, (void)stream, (void)isBottleneck; // read in builds with assertions
}

const rules::Row *saliency::findForkRow(const BoundMethod *method, unsigned stream) {
  if (!method)
    return nullptr;
  const rules::MethodTable &table = method->getTable();
  return rules::findRow(table, Capability::Fork, Circumstances{.method = *method, .stream = stream},
                        rules::rowsOf(table, stream));
}

bool saliency::isRelevance(const BoundMethod *method, unsigned stream) {
  if (stream == 0 || !method)
    return true;
  const rules::Stream &further = method->getTable().streams[stream - 1];
  return further.twin || further.joint;
}
