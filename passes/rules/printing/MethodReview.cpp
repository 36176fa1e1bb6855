// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/rules/printing/MethodReview.h"

#include "passes/rules/language/MethodChecks.h"
#include "passes/rules/language/Sections.h"
#include "passes/rules/language/Text.h"
#include "passes/rules/printing/Print.h"

using namespace saliency::rules;

namespace {

std::string rowName(const MethodTable &table, const Row &row) {
  const std::string where = describeConditions(table, {row.conditions, row.conditionCount});
  return std::string(nameOf(row.capability)) + (where.empty() ? "" : " (" + where + ")");
}

/// Plain division by anything that is not made of constants, parameters and ones, nor kept off zero
/// by a norm's own epsilon.
bool dividesUnguarded(const MethodTable &table, const Node &node) {
  if (node.kind != NodeKind::Divide || node.division != Division::Plain || node.index == 1)
    return false;
  bool constant = true, guarded = false;
  forEachRead(table, node.b, [&](const Node &read, NodeId) {
    guarded |= read.kind == NodeKind::BatchEpsilon;
    constant &= operandCount(read.kind) > 0 || standsIn(read.kind, words::Fixed);
  });
  return !constant && !guarded;
}

void reviewNodes(const MethodTable &table, std::vector<Finding> &findings) {
  std::vector<bool> read(table.nodes.size());
  forEachRoot(table, table.reference, [&](NodeId root) {
    forEachRead(table, root, [&](const Node &, NodeId id) { read[id] = true; });
  });
  for (unsigned id = 0; id < table.nodes.size(); ++id) {
    std::string reason;
    if (!spaceIsConsistent(table, NodeId(id), reason))
      findings.push_back(
          {Severity::Error, reason + ": " + quoted(formulaOf(table, NodeId(id)).text)});
    if (dividesUnguarded(table, table.nodes[id]))
      findings.push_back(
          {Severity::Warning,
           "a quotient by values of the network has no guard near zero, choose a named division: " +
               quoted(formulaOf(table, NodeId(id)).text)});
    if (!read[id])
      findings.push_back({Severity::Warning, "a term is written and never used: " +
                                                 quoted(formulaOf(table, NodeId(id)).text)});
  }
}

void reviewRows(const MethodTable &table, std::vector<Finding> &findings) {
  for (unsigned i = 0; i < table.rows.size(); ++i) {
    const std::string name = rowName(table, table.rows[i]);
    if (!readsOnlyOffered(table, table.rows[i]))
      findings.push_back({Severity::Error, "a row reads only what its capability offers: " + name});
    if (!readsStreamsInOrder(table, table.rows[i]))
      findings.push_back(
          {Severity::Error, "a further stream reads itself and the streams before it: " + name});
    if (isDuplicate(table, i))
      findings.push_back(
          {Severity::Error, "a capability has one row per set of conditions: " + name});
    else if (!isReachable(table, i))
      findings.push_back(
          {Severity::Error, "a row must be reachable behind the rows before it: " + name});
    if (table.rows[i].result != kNone && table.node(table.rows[i].result).space != Space::In)
      findings.push_back({Severity::Error, "a row gives relevance in the input's space: " + name});
  }
  if (!averagePoolIsServed(table))
    findings.push_back(
        {Severity::Error, "an average pool has no weights to change: write a row for it"});
}

void reviewCoverage(const MethodTable &table, std::vector<Finding> &findings) {
  std::string left;
  for (unsigned c = 0; c < unsigned(Capability::Count); ++c) {
    const auto op = Capability(c);
    if (!isCovered(table, op))
      findings.push_back(
          {Severity::Error, "every op needs a rule: none for " + std::string(nameOf(op))});
    else if (!table.elsewhereGradient && op != Capability::Fork && op != Capability::LinearMap &&
             coverageOf(table, op) != Coverage::Complete)
      append(left, ", ", op == Capability::Merge ? "other merges" : nameOf(op));
  }
  if (!left.empty())
    findings.push_back({Severity::Remark, "unsupported: " + left});
}

void reviewConservation(const MethodTable &table, std::vector<Finding> &findings) {
  std::string keeps, silent;
  for (const Row &row : table.rows)
    if (row.stream == 0)
      append((row.invariants | table.invariants) & maskOf(Invariant::Conserves) ? keeps : silent,
             ", ", rowName(table, row));
  if (keeps.empty())
    findings.push_back({Severity::Remark, "conservation: no law declared"});
  else
    findings.push_back(
        {Severity::Remark, "conservation: exact in " + keeps +
                               (silent.empty() ? "" : "; not declared for " + silent)});
}

} // namespace

std::vector<Finding> saliency::rules::reviewMethod(const MethodTable &table) {
  std::vector<Finding> findings;
  reviewNodes(table, findings);
  reviewRows(table, findings);
  reviewCoverage(table, findings);
  if (table.walks && (table.seeds.empty() || !seedsAreComplete(table)))
    findings.push_back({Severity::Error, "under every choice of options some seed applies"});
  reviewConservation(table, findings);
  return findings;
}
