// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/rules/printing/MethodReview.h"

#include "passes/rules/language/MethodChecks.h"
#include "passes/rules/printing/Print.h"

using namespace saliency::rules;

namespace {

bool isWeight(Space space) { return space == Space::Weight || space == Space::SampleWeight; }
bool isReduced(Space space) {
  return space == Space::PerSample || space == Space::PerChannel || space == Space::PerPixel ||
         space == Space::Scalar || space == Space::PerToken;
}
bool fits(Space space, Space full) { return space == full || isReduced(space); }

std::string quoted(std::string_view text) { return "'" + std::string(text) + "'"; }

void append(std::string &list, std::string_view item) {
  if (!list.empty())
    list += ", ";
  list += item;
}

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
    constant &= operandCount(read.kind) > 0 || read.kind == NodeKind::Constant ||
                read.kind == NodeKind::Parameter || read.kind == NodeKind::Ones ||
                read.kind == NodeKind::RunCount;
  });
  return !constant && !guarded;
}

void checkNodes(const MethodTable &table, std::vector<Finding> &findings) {
  std::vector<bool> read(table.nodes.size());
  auto mark = [&](NodeId root) {
    forEachRead(table, root, [&](const Node &, NodeId id) { read[id] = true; });
  };
  for (const Row &row : table.rows)
    mark(row.result);
  for (const Seed &seed : table.seeds)
    mark(seed.result);
  for (const Finish &finish : table.finishes)
    mark(finish.result);
  for (const Finish &finish : table.finishes2d)
    mark(finish.result);
  for (const Refinement &refinement : table.refinements)
    mark(refinement.result);
  for (const Meeting &meeting : table.meetings)
    mark(meeting.result);
  for (const Collection &collection : table.collections)
    mark(collection.result);
  mark(table.reference);
  for (const Demand &demand : table.demands)
    mark(demand.condition);
  for (const Repeat &repeat : table.repeats) {
    mark(repeat.count);
    mark(repeat.point);
  }
  for (const NormMask &mask : table.normMasks)
    mark(mask.result);
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

void checkRows(const MethodTable &table, std::vector<Finding> &findings) {
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

void checkCoverage(const MethodTable &table, std::vector<Finding> &findings) {
  std::string left;
  for (unsigned c = 0; c < unsigned(Capability::Count); ++c) {
    const auto op = Capability(c);
    if (!isCovered(table, op))
      findings.push_back(
          {Severity::Error, "every op needs a rule: none for " + std::string(nameOf(op))});
    else if (!table.elsewhereGradient && op != Capability::Fork && op != Capability::LinearMap &&
             coverageOf(table, op) != Coverage::Complete)
      append(left, op == Capability::Merge ? "other merges" : nameOf(op));
  }
  if (!left.empty())
    findings.push_back({Severity::Remark, "unsupported: " + left});
}

void checkConservation(const MethodTable &table, std::vector<Finding> &findings) {
  std::string keeps, silent;
  for (const Row &row : table.rows)
    if (row.stream == 0)
      append((row.invariants | table.invariants) & maskOf(Invariant::Conserves) ? keeps : silent,
             rowName(table, row));
  if (keeps.empty())
    findings.push_back({Severity::Remark, "conservation: no law declared"});
  else
    findings.push_back(
        {Severity::Remark, "conservation: exact in " + keeps +
                               (silent.empty() ? "" : "; not declared for " + silent)});
}

} // namespace

bool saliency::rules::spaceIsConsistent(const MethodTable &table, NodeId id, std::string &reason) {
  const Node &n = table.node(id);
  auto space = [&](NodeId operand) { return table.node(operand).space; };
  switch (n.kind) {
  case NodeKind::Forward:
    reason = "forward(w, x) takes weights and a value in the input's space, and gives one in the "
             "output's";
    return isWeight(space(n.a)) && fits(space(n.b), Space::In) && n.space == Space::Out;
  case NodeKind::Adjoint:
    reason = "adjoint(w, r) takes weights and a value in the output's space, and gives one in the "
             "input's";
    return isWeight(space(n.a)) && fits(space(n.b), Space::Out) && n.space == Space::In;
  case NodeKind::Correlate:
    reason = "correlate(x, r) takes values in the input's and the output's space, and gives "
             "weights per sample";
    return fits(space(n.a), Space::In) && fits(space(n.b), Space::Out) &&
           n.space == Space::SampleWeight;
  case NodeKind::Vjp:
  case NodeKind::WindowMeanVjp:
  case NodeKind::MapChannelMean:
    reason = "a derivative lies in the input's space";
    return n.space == Space::In;
  case NodeKind::OverOperands:
    reason = "a sum over operands lies in their space, or has one number per sample";
    return n.space == space(n.a) && (n.space == Space::In || n.space == Space::PerSample);
  case NodeKind::Gradient:
    reason = "gradient(score) takes a score in the space of the logits, and gives a value at the "
             "target layer";
    return space(n.a) == Space::Logits && n.space == Space::Layer;
  case NodeKind::LayerAt:
    reason = "layerAt(x) takes a value in the input's space, and gives one at the target layer";
    return fits(space(n.a), Space::In) && n.space == Space::Layer;
  case NodeKind::ReduceSum:
  case NodeKind::ReduceMean:
  case NodeKind::ReduceMax:
  case NodeKind::ReduceMin:
  case NodeKind::CountNonZero:
  case NodeKind::Percentile:
    reason = "a statistic is taken per sample of a value that has samples";
    if (n.space == Space::Tokens)
      return space(n.a) == Space::Heads;
    return isReduced(n.space) && n.space != Space::Scalar && !isWeight(space(n.a)) &&
           space(n.a) != Space::Scalar;
  case NodeKind::Rollout:
  case NodeKind::IdentityMatrix:
  case NodeKind::ClassToken:
    reason = "a rollout and its parts are matrices between tokens";
    if (n.kind == NodeKind::ClassToken && space(n.a) == Space::Heads)
      return n.space == Space::HeadMaps;
    return space(n.a) == Space::Tokens &&
           n.space == (n.kind == NodeKind::ClassToken ? Space::Patches : Space::Tokens);
  case NodeKind::Entries:
    reason = "entries are counted of a value that has samples";
    return n.space == Space::Scalar && !isWeight(space(n.a)) && space(n.a) != Space::Scalar;
  case NodeKind::Principal:
    reason = "principal takes a value at the target layer, and gives a map per pixel of it";
    return space(n.a) == Space::Layer && n.space == Space::PerPixel;
  case NodeKind::Resize:
    reason = "resize takes a map per pixel of the target layer or per patch, and gives one per "
             "pixel of the input";
    return (space(n.a) == Space::PerPixel || space(n.a) == Space::Patches) &&
           n.space == Space::PerPixel;
  case NodeKind::AtClasses:
    reason = "atClasses takes a value in the space of the logits, and gives one per channel of the "
             "target layer";
    return space(n.a) == Space::Logits && n.space == Space::PerChannel;
  case NodeKind::Blur:
    reason = "blurred takes a map of positions, and gives one";
    return (space(n.a) == Space::PerPixel || space(n.a) == Space::Patches) && n.space == space(n.a);
  case NodeKind::Neuron:
    reason = "neuron(channel, position) takes two numbers, and gives a value at the target layer";
    return space(n.a) == Space::Scalar && space(n.b) == Space::Scalar && n.space == Space::Layer;
  case NodeKind::AtTokens:
    reason = "atTokens takes a map per patch and a number, and gives a map per token of the target "
             "layer";
    return space(n.a) == Space::Patches && space(n.b) == Space::Scalar &&
           n.space == Space::PerPixel;
  case NodeKind::WindowMean:
  case NodeKind::ForwardOp:
    reason = "op.forward(x) takes a value in the input's space";
    return fits(space(n.a), Space::In);
  default:
    break;
  }
  reason = "the two sides of an elementwise operation lie in the same space or broadcast";
  for (NodeId operand : {n.a, n.b, n.c})
    if (operand != kNone && !isReduced(space(operand)) && space(operand) != n.space)
      return false;
  return true;
}

std::vector<Finding> saliency::rules::checkTable(const MethodTable &table) {
  std::vector<Finding> findings;
  checkNodes(table, findings);
  checkRows(table, findings);
  checkCoverage(table, findings);
  if (table.walks && (table.seeds.empty() || !seedsAreComplete(table)))
    findings.push_back({Severity::Error, "under every choice of options some seed applies"});
  checkConservation(table, findings);
  return findings;
}
