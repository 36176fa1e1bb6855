// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The rules by which the space of a node follows from those of its operands (enum Spaces in
// Words.h), each with the sentence that says it.
#include "passes/rules/printing/MethodReview.h"

#include <iterator>

using namespace saliency::rules;

namespace {

bool isWeight(Space space) { return space == Space::Weight || space == Space::SampleWeight; }
bool isReduced(Space space) {
  return space == Space::PerSample || space == Space::PerChannel || space == Space::PerPixel ||
         space == Space::Scalar || space == Space::PerToken;
}
bool fits(Space space, Space full) { return space == full || isReduced(space); }
bool hasSamples(Space space) { return !isWeight(space) && space != Space::Scalar; }
bool isMap(Space space) { return space == Space::PerPixel || space == Space::Patches; }

/// The spaces of a node and of its operands; `count` of these are there.
struct NodeSpaces {
  Space result, a, b, c;
  bool given[3];
};

bool joins(const NodeSpaces &n) {
  const Space operands[] = {n.a, n.b, n.c};
  for (unsigned i = 0; i < 3; ++i)
    if (n.given[i] && !fits(operands[i], n.result))
      return false;
  return true;
}
bool isStatistic(const NodeSpaces &n) {
  if (n.result == Space::Tokens)
    return n.a == Space::Heads;
  return isReduced(n.result) && hasSamples(n.result) && hasSamples(n.a);
}
bool isClassToken(const NodeSpaces &n) {
  return n.a == Space::Heads ? n.result == Space::HeadMaps
                             : n.a == Space::Tokens && n.result == Space::Patches;
}

struct SpaceRule {
  Spaces rule;
  std::string_view text;
  bool (*holds)(const NodeSpaces &);
};
constexpr SpaceRule spaceRules[] = {
    {Spaces::Given, "a terminal has the space that it says",
     [](const NodeSpaces &) { return true; }},
    {Spaces::Joined, "the two sides of an elementwise operation lie in the same space or broadcast",
     joins},
    {Spaces::Statistic, "a statistic is taken per sample of a value that has samples", isStatistic},
    {Spaces::Entries, "entries are counted of a value that has samples",
     [](const NodeSpaces &n) { return n.result == Space::Scalar && hasSamples(n.a); }},
    {Spaces::Forward,
     "forward(w, x) takes weights and a value in the input's space, and gives one in the output's",
     [](const NodeSpaces &n) {
       return isWeight(n.a) && fits(n.b, Space::In) && n.result == Space::Out;
     }},
    {Spaces::Adjoint,
     "adjoint(w, r) takes weights and a value in the output's space, and gives one in the input's",
     [](const NodeSpaces &n) {
       return isWeight(n.a) && fits(n.b, Space::Out) && n.result == Space::In;
     }},
    {Spaces::Correlate,
     "correlate(x, r) takes values in the input's and the output's space, and gives weights per "
     "sample",
     [](const NodeSpaces &n) {
       return fits(n.a, Space::In) && fits(n.b, Space::Out) && n.result == Space::SampleWeight;
     }},
    {Spaces::OfInput, "op.forward(x) takes a value in the input's space",
     [](const NodeSpaces &n) { return fits(n.a, Space::In); }},
    {Spaces::Derivative, "a derivative lies in the input's space",
     [](const NodeSpaces &n) { return n.result == Space::In; }},
    {Spaces::OverOperands, "a sum over operands lies in their space, or has one number per sample",
     [](const NodeSpaces &n) {
       return n.result == n.a && (n.result == Space::In || n.result == Space::PerSample);
     }},
    {Spaces::Neuron,
     "neuron(channel, position) takes two numbers, and gives a value at the target layer",
     [](const NodeSpaces &n) {
       return n.a == Space::Scalar && n.b == Space::Scalar && n.result == Space::Layer;
     }},
    {Spaces::Principal,
     "principal takes a value at the target layer, and gives a map per pixel of it",
     [](const NodeSpaces &n) { return n.a == Space::Layer && n.result == Space::PerPixel; }},
    {Spaces::Resize,
     "resize takes a map per pixel of the target layer or per patch, and gives one per pixel of "
     "the input",
     [](const NodeSpaces &n) { return isMap(n.a) && n.result == Space::PerPixel; }},
    {Spaces::Gradient,
     "gradient(score) takes a score in the space of the logits, and gives a value at the target "
     "layer",
     [](const NodeSpaces &n) { return n.a == Space::Logits && n.result == Space::Layer; }},
    {Spaces::LayerAt,
     "layerAt(x) takes a value in the input's space, and gives one at the target layer",
     [](const NodeSpaces &n) { return fits(n.a, Space::In) && n.result == Space::Layer; }},
    {Spaces::TokenMatrix, "a rollout and its parts are matrices between tokens",
     [](const NodeSpaces &n) { return n.a == Space::Tokens && n.result == Space::Tokens; }},
    {Spaces::ClassToken, "a rollout and its parts are matrices between tokens", isClassToken},
    {Spaces::AtClasses,
     "atClasses takes a value in the space of the logits, and gives one per channel of the target "
     "layer",
     [](const NodeSpaces &n) { return n.a == Space::Logits && n.result == Space::PerChannel; }},
    {Spaces::Blur, "blurred takes a map of positions, and gives one",
     [](const NodeSpaces &n) { return isMap(n.a) && n.result == n.a; }},
    {Spaces::AtTokens,
     "atTokens takes a map per patch and a number, and gives a map per token of the target layer",
     [](const NodeSpaces &n) {
       return n.a == Space::Patches && n.b == Space::Scalar && n.result == Space::PerPixel;
     }},
};
constexpr bool areInOrder() {
  for (unsigned i = 0; i < std::size(spaceRules); ++i)
    if (spaceRules[i].rule != Spaces(i))
      return false;
  return std::size(spaceRules) == unsigned(Spaces::Count);
}
static_assert(areInOrder(), "every rule of spaces has its row, in the order of the enum");

} // namespace

bool saliency::rules::spaceIsConsistent(const MethodTable &table, NodeId id, std::string &reason) {
  const Node &n = table.node(id);
  NodeSpaces spaces{n.space, {}, {}, {}, {n.a != kNone, n.b != kNone, n.c != kNone}};
  const std::pair<NodeId, Space *> operands[] = {
      {n.a, &spaces.a}, {n.b, &spaces.b}, {n.c, &spaces.c}};
  for (const auto &[operand, space] : operands)
    if (operand != kNone)
      *space = table.node(operand).space;
  const SpaceRule &rule = spaceRules[unsigned(wordOf(n.kind).spaces)];
  reason = rule.text;
  return rule.holds(spaces);
}
