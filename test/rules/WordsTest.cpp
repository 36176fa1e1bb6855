// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The tables of words, conditions and sections: what they say is what the readers do.
#include "passes/rules/language/Compile.h"
#include "passes/rules/methods/Methods.h"
#include "passes/rules/printing/Print.h"
#include "passes/rules/settings/Arithmetic.h"
#include "passes/rules/settings/Demands.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <set>
#include <vector>

using namespace saliency::rules;

namespace {

/// A word with operands that are there, and a parameter and a call's tensor that it may name.
struct OneWord {
  const NodeKind kind;
  Node nodes[5] = {{.kind = NodeKind::Constant, .space = Space::Scalar, .value = 1},
                   {.kind = NodeKind::Constant, .space = Space::Scalar, .value = 2},
                   {.kind = NodeKind::Constant, .space = Space::Scalar, .value = 3},
                   {.kind = kind, .space = Space::Scalar, .value = 1},
                   {.kind = NodeKind::Equal, .space = Space::Scalar, .a = 3, .b = 3}};
  Parameter parameter;
  CallTensor tensor{"tensor", "test"};
  MethodTable table;

  explicit OneWord(NodeKind kind) : kind(kind) {
    NodeId *const operands[] = {&nodes[3].a, &nodes[3].b, &nodes[3].c};
    for (unsigned i = 0; i < operandCount(kind); ++i)
      *operands[i] = NodeId(i);
    if (kind == NodeKind::Divide)
      nodes[3].division = Division::Stab; // plain division has no epsilon
    parameter.name = "parameter", parameter.kind = ParameterKind::Choice;
    parameter.options[0] = "some", parameter.options[1] = "other", parameter.optionCount = 2;
    table.nodes = {nodes, std::size(nodes)};
    table.parameters = {&parameter, 1};
    table.callTensors = {&tensor, 1};
  }
};

struct EveryWord : testing::TestWithParam<unsigned>, OneWord {
  EveryWord() : OneWord(NodeKind(GetParam())) {}
};
TEST_P(EveryWord, IsPrintedWithItsOperands) {
  const std::string text = formulaOf(table, 3).text;
  EXPECT_FALSE(text.empty());
  for (unsigned i = 0; i < operandCount(kind); ++i)
    EXPECT_NE(text.find(char('1' + i)), std::string::npos) << text;
  if (kind == NodeKind::WindowMask || kind == NodeKind::WindowCount) {
    std::set<std::string> texts;
    for (Extent extent : {Extent::Input, Extent::Layer, Extent::Patches}) {
      nodes[3].index = uint8_t(extent);
      texts.insert(formulaOf(table, 3).text);
    }
    EXPECT_EQ(texts.size(), 3u) << "an extent without a name of its own";
  }
}

INSTANTIATE_TEST_SUITE_P(Words, EveryWord, testing::Range(0u, kWordCount),
                         [](const testing::TestParamInfo<unsigned> &info) {
                           std::string name(nameOf(NodeKind(info.param)));
                           std::replace(name.begin(), name.end(), '.', '_');
                           return name + "_" + std::to_string(info.param);
                         });

/// A demand that compares the word with itself is fulfilled where the word has a value.
TEST(Words, AreComputedInDemandsWhereTheyMayStand) {
  unsigned allowed = 0;
  for (unsigned kind = 0; kind < kWordCount; ++kind) {
    if (!standsIn(NodeKind(kind), words::InDemand))
      continue;
    ++allowed;
    OneWord word{NodeKind(kind)};
    Settings settings;
    settings.values.resize(1);
    EXPECT_TRUE(isFulfilled(word.table, settings, {4, "test"})) << nameOf(NodeKind(kind));
  }
  EXPECT_EQ(allowed, 14u);
}

/// Values of an elementwise word along one operand, `step` apart, while the others stand still.
struct Along {
  std::array<double, 3> values;
  Along(NodeKind kind, std::array<double, 3> point, unsigned operand, double step) {
    for (double &value : values) {
      value = evaluateNumber(ElementwiseWord(kind), point[0], point[1], point[2]);
      point[operand] += step;
    }
  }
  bool varies() const { return values[0] != values[1] || values[1] != values[2]; }
  bool isStraight() const { return values[0] + values[2] == 2 * values[1]; }
};

/// The elementwise words that are arithmetic of numbers alone.
std::vector<NodeKind> arithmeticWords() {
  std::vector<NodeKind> kinds;
  for (unsigned kind = 0; kind < kWordCount; ++kind)
    if (subjectOf(NodeKind(kind)) == Subject::Elementwise && NodeKind(kind) != NodeKind::Divide &&
        NodeKind(kind) != NodeKind::Choose)
      kinds.push_back(NodeKind(kind));
  return kinds;
}

/// Points at which no operand is 0 and no two agree.
constexpr std::array<double, 3> kPoints[] = {{-1, 0.5, 4}, {2, 3, -0.75}, {5, -2, 0.25}};

TEST(Words, MoveInStepsWhereTheTableSaysSo) {
  for (NodeKind kind : arithmeticWords()) {
    bool moves = false;
    for (const std::array<double, 3> &point : kPoints)
      for (unsigned operand = 0; operand < operandCount(kind); ++operand)
        moves |= Along(kind, point, operand, 1.0 / 64).varies();
    EXPECT_EQ(!moves, standsIn(kind, words::Steps)) << nameOf(kind);
  }
}

/// Long steps, across 0 and across the other operands.
TEST(Words, AreLinearInAnOperandWhereTheTableHasATranspose) {
  for (NodeKind kind : arithmeticWords()) {
    bool isLinear = false;
    for (unsigned operand = 0; operand < operandCount(kind); ++operand) {
      bool varies = false, isStraight = true;
      for (const std::array<double, 3> &point : kPoints)
        for (double step : {-4.0, -2.5, 2.5, 4.0}) {
          const Along along(kind, point, operand, step);
          varies |= along.varies();
          isStraight &= along.isStraight();
        }
      isLinear |= varies && isStraight;
    }
    EXPECT_EQ(isLinear, standsIn(kind, words::Transposed)) << nameOf(kind);
  }
}

// A word that nothing may read would be dead.
TEST(Words, EachStandsSomewhere) {
  for (unsigned kind = 0; kind < kWordCount; ++kind)
    EXPECT_TRUE(wordOf(NodeKind(kind)).offered != Offer::Never ||
                standsIn(NodeKind(kind), words::Ends))
        << nameOf(NodeKind(kind));
}

TEST(Demands, AreComputedAsWritten) {
  const MethodTable &table = tableOf<methods::LrpAlphaBeta>();
  Settings settings = defaultSettings(table);
  const auto set = [&](std::string_view name, double value) {
    for (unsigned i = 0; i < table.parameters.size(); ++i)
      if (table.parameters[i].name == name)
        settings.values[i].number = value;
  };
  ASSERT_EQ(table.demands.size(), 1u);
  EXPECT_TRUE(isFulfilled(table, settings, table.demands[0]));
  set("alpha", 3), set("beta", 2);
  EXPECT_TRUE(isFulfilled(table, settings, table.demands[0]));
  set("beta", 1);
  EXPECT_FALSE(isFulfilled(table, settings, table.demands[0]));
}

/// A method whose only reader of each node is one section. Pruning must find all of them.
struct Sectioned {
  static constexpr std::string_view name = "sectioned";
  static consteval void write(Method &m) {
    m.title = "Sectioned", m.source = "test", m.help = "test";
    const auto place = m.valueName("place", "test");
    const auto number = m.number("number", 2, "test");
    m.demand(number > 101, "test");
    const auto aside = m.stream("aside", m.target() * 102);
    m.seed(m.target() * 103);
    m.elsewhere(gradient);
    m.reference(m.input() * 107);
    m.on(m.rectifier(), m.rectifier().x0());
    m.on(m.activation(), m.activation().R * 104);
    m.meet(place, aside.at(m.fork()) * 105);
    m.collect(m.convolution(), sumOverChannels(m.convolution().y) * 106, ResizeMode::Nearest);
    m.finish((m.map() + m.collected()) * 108);
    m.finish2d(sumOverChannels(m.map()) * 109);
  }
};
/// A step and a method that repeats have sections that others have not.
struct SectionedStep {
  static constexpr std::string_view name = "sectioned-step";
  static consteval void write(Method &m) {
    m.title = "Sectioned", m.source = "test", m.help = "test";
    m.record(m.selection());
    m.refine(m.map2d() * 201);
    m.finish(m.map2d() * 202);
  }
};
struct SectionedRuns {
  static constexpr std::string_view name = "sectioned-runs";
  static consteval void write(Method &m) {
    m.title = "Sectioned", m.source = "test", m.help = "test";
    const auto run = m.runs(301);
    m.repeat(run, m.layer() * run.channel() * 302);
    m.maskNorms(run.channel() * 303);
    m.finish(run.sum(run.layer()) * 304);
  }
};

/// The constants that all sections reach.
std::set<double> reached(const MethodTable &table) {
  std::set<double> constants;
  forEachRoot(table, table.reference, [&](NodeId root) {
    forEachRead(table, root, [&](const Node &node, NodeId) {
      if (node.kind == NodeKind::Constant)
        constants.insert(node.value);
    });
  });
  return constants;
}
TEST(Sections, AllAreVisited) {
  EXPECT_EQ(reached(tableOf<Sectioned>()),
            (std::set<double>{101, 102, 103, 104, 105, 106, 107, 108, 109}));
  EXPECT_EQ(reached(tableOf<SectionedStep>()), (std::set<double>{201, 202}));
  EXPECT_EQ(reached(tableOf<SectionedRuns>()), (std::set<double>{301, 302, 303, 304}));
}

unsigned countSections(const MethodTable &table) {
  unsigned filled = 0;
  forEachSection([&](const auto &section) { filled += !section.empty(); }, table);
  return filled;
}
TEST(Sections, EveryMethodHasAMap) {
  EXPECT_EQ(countSections(tableOf<SectionedStep>()), 4u)
      << "recording, refinement, map, convention";
  EXPECT_EQ(countSections(tableOf<SectionedRuns>()), 4u) << "repeat, mask, map, convention";
}

} // namespace
