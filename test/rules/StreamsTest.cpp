// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Further streams: a quantity carried backwards beside the relevance, read by its rows.
#include "Reference.h"
#include "passes/rules/language/Compile.h"
#include "passes/rules/printing/Print.h"
#include "passes/rules/reference/EvaluateMethod.h"

using namespace saliency::rules;
using namespace saliency::rules::test;

namespace {

/// Relevance plus the absolute gradient at activations, and a second stream with a row of its own.
struct TwoStreams {
  static constexpr std::string_view name = "two-streams";
  static consteval void write(Method &m) {
    m.title = "Two streams", m.source = "test", m.help = "test";
    const auto g = m.stream("gradient", m.target());
    const auto h = m.stream("halved", m.target() * 2);
    m.seed(m.target() * m.logits());
    const auto op = m.activation();
    m.on(op, op.R + abs(g.at(op)) * h.at(op));
    m.on(h, op, 0.5 * h.at(op) + g.at(op));
    m.elsewhere(gradient);
    m.finish(m.map() * m.map(g));
  }
};
constexpr const MethodTable &table = tableOf<TwoStreams>();
static_assert(table.streams.size() == 2 && table.streams[0].name == "gradient");

struct Streams : testing::Test {
  Settings settings = defaultSettings(table);
  DenseLayer layer = makeActivation(
      Capability::Activation, {1, 2, {1, 2}}, [](double v) { return v; },
      [](double) { return 1.0; });
  Streams() {
    setRelevance(layer, {1, 2, {10, 20}});
    setRelevance(layer, {1, 2, {-1, 3}}, 1);
    setRelevance(layer, {1, 2, {5, 7}}, 2);
  }
};

TEST_F(Streams, EachHasItsRows) {
  const Row *main = rowFor(table, settings, layer), *halved = rowFor(table, settings, layer, 2);
  ASSERT_TRUE(main && halved);
  EXPECT_EQ(rowFor(table, settings, layer, 1), nullptr); // the ordinary derivative
  expectNear(evaluateRow(table, settings, *main, layer), {10 + 1 * 5, 20 + 3 * 7});
  expectNear(evaluateRow(table, settings, *halved, layer), {2.5 - 1, 3.5 + 3});
}
TEST_F(Streams, EachHasItsSeed) {
  DenseHead head;
  head.logits = {2, 1, {3, 4}};
  head.target = 1;
  expectNear(evaluateSeed(table, settings, *seedFor(table, settings), head), {0, 4});
  expectNear(evaluateSeed(table, settings, *seedFor(table, settings, 1), head), {0, 1});
  expectNear(evaluateSeed(table, settings, *seedFor(table, settings, 2), head), {0, 2});
}
TEST_F(Streams, TheFinishReadsTheirMaps) {
  const DenseTensor maps[] = {{1, 2, {1, 2}}, {1, 2, {3, 4}}, {1, 2, {0, 0}}};
  expectNear(evaluateFinish(table, settings, maps, maps[0]), {3, 8});
}
TEST_F(Streams, ArePrintedByName) {
  EXPECT_EQ(formulaOf(table, table.rows[0].result).text, "R + abs(R[gradient]) * R[halved]");
  const std::string page = printPage(table);
  EXPECT_NE(page.find("| halved: Activation |  | `0.5 * R[halved] + R[gradient]` |"),
            std::string::npos)
      << page;
  EXPECT_NE(page.find("| gradient: every other op | | the ordinary derivative | |"),
            std::string::npos)
      << page;
}

/// Relevance from another seed by the same rows.
struct Twins {
  static constexpr std::string_view name = "twins";
  static consteval void write(Method &m) {
    m.title = "Twins", m.source = "test", m.help = "test";
    const auto other = m.twin("other", 1 - m.target());
    m.seed(m.target());
    m.on(m.activation(), m.activation().R * 2);
    m.elsewhere(gradient);
    m.finish(m.map() - m.map(other));
  }
};

TEST(Twin, TakesTheRowsOfTheRelevance) {
  const MethodTable &twins = tableOf<Twins>();
  EXPECT_TRUE(twins.streams[0].twin);
  EXPECT_EQ(rowsOf(twins, 1), 0u);
  EXPECT_EQ(rowsOf(table, 1), 1u);
  EXPECT_NE(printPage(twins).find("| other: every op | | as the relevance | |"), std::string::npos);
}

} // namespace
