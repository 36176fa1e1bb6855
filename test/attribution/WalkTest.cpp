// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The driver of the reverse walk: the order of its events, where uses come together, what a gate
// drops, and which rules a request is checked against.
#include "mlir/Parser/Parser.h"
#include "passes/Pipelines.h"
#include "passes/attribution/walk/ReverseWalk.h"
#include "passes/attribution/walk/RulesOnTheWay.h"
#include "passes/rules/Registry.h"
#include "llvm/ADT/StringExtras.h"

#include <gtest/gtest.h>

using namespace mlir;
using namespace saliency;

namespace {

/// x is used by a rectifier and by the sum behind it.
const char *const kFork = R"mlir(
  func.func @forward(%x: tensor<1x4xf32> {saliency.name = "x"}) -> tensor<1x2xf32> {
    %w = saliency.constant {value = dense<2.0> : tensor<2x4xf32>} : tensor<2x4xf32>
    %a = saliency.relu %x {onnx.value = "a"} : (tensor<1x4xf32>) -> tensor<1x4xf32>
    %s = saliency.add %a, %x {onnx.value = "s"} : (tensor<1x4xf32>, tensor<1x4xf32>) -> tensor<1x4xf32>
    %y = saliency.gemm %s, %w {onnx.value = "y"} : (tensor<1x4xf32>, tensor<2x4xf32>) -> tensor<1x2xf32>
    return %y : tensor<1x2xf32>
  }
)mlir";

/// A way back as the names of the layers passed.
struct Way {
  std::string text;
  explicit operator bool() const { return !text.empty(); }
};

/// Carries the way itself; writes down what the driver asks.
struct Scribe {
  using Share = Way;
  SmallVector<std::string> events;

  static std::string nameOf(Value value) { return valueName(value).str(); }
  FailureOr<Way> join(Value value, unsigned, ArrayRef<Way> uses, const rules::Row *) {
    std::string sum = llvm::join(llvm::map_range(uses, [](Way way) { return way.text; }), " + ");
    events.push_back("join " + nameOf(value) + ": " + sum);
    return Way{sum};
  }
  FailureOr<Way> meet(Value value, const rules::Meeting &, ArrayRef<Way> streams) {
    events.push_back("meet " + nameOf(value));
    return Way{streams[0].text + " & " + streams[1].text};
  }
  Way narrow(Value value, Way way) {
    events.push_back("narrow " + nameOf(value));
    return Way{way.text + "|"};
  }
  FailureOr<SmallVector<Way>> cross(const Crossing<Way> &at) {
    std::string name = nameOf(at.layer->getResult(0));
    events.push_back("cross " + name + (at.isBottleneck ? ", a bottleneck" : ""));
    return SmallVector<Way>(at.operands.size(), Way{at.arrived().text + name});
  }
};

class Walk : public testing::Test {
protected:
  void SetUp() override {
    DialectRegistry registry;
    registerAllSaliencyDialects(registry);
    context.appendDialectRegistry(registry);
    context.loadAllAvailableDialects();
  }
  Network parse(const char *text) {
    module = parseSourceString<ModuleOp>(text, &context);
    return *Network::of(module->lookupSymbol<func::FuncOp>("forward"));
  }
  MLIRContext context{MLIRContext::Threading::DISABLED};
  OwningOpRef<ModuleOp> module;
};

TEST_F(Walk, CrossesFromTheScoresToTheInputAndJoinsUses) {
  Network network = parse(kFork);
  Scribe scribe;
  ReverseWalk<Scribe> walk(network, nullptr, scribe);
  walk.seed(0, network.getLogits(), {"1"});
  auto arrived = walk.run(network.getInput());
  ASSERT_TRUE(succeeded(arrived));
  // The sum's operands in its order: the rectifier's share waits until its layer is crossed.
  EXPECT_EQ(scribe.events,
            (SmallVector<std::string>{"cross y, a bottleneck", "cross s, a bottleneck", "cross a",
                                      "join x: 1ys + 1ysa"}));
  EXPECT_EQ(arrived->front().text, "1ys + 1ysa");
  EXPECT_EQ(walk.getStreams(network.findValue("s")).front().text, "1y");
  EXPECT_EQ(walk.getRelevance().size(), 4u);
}

TEST_F(Walk, EndsWhereItIsToldAndKnowsWhatWaitsBeside) {
  Network network = parse(kFork);
  Scribe scribe;
  ReverseWalk<Scribe> walk(network, nullptr, scribe);
  walk.seed(0, network.getLogits(), {"1"});
  auto arrived = walk.run(network.findValue("a"));
  ASSERT_TRUE(succeeded(arrived));
  EXPECT_EQ(arrived->front().text, "1ys");
  EXPECT_EQ(walk.waitingAt(network.getInput()).size(), 1u);
  EXPECT_TRUE(walk.waitingAt(network.findValue("s")).empty()); // the walk has arrived there
}

TEST_F(Walk, AGateDropsWhatGoesPastIt) {
  Network network = parse(kFork);
  Scribe scribe;
  ReverseWalk<Scribe> walk(network, nullptr, scribe);
  walk.seed(0, network.getLogits(), {"1"});
  walk.keepOnly(network.findValue("a"));
  auto arrived = walk.run(network.getInput());
  ASSERT_TRUE(succeeded(arrived));
  EXPECT_EQ(arrived->front().text, "1ys|a"); // and no share of the sum's other operand
}

TEST_F(Walk, StreamsMeet) {
  Network network = parse(kFork);
  Scribe scribe;
  ReverseWalk<Scribe> walk(network, nullptr, scribe);
  walk.seed(0, network.getLogits(), {"1"});
  walk.seed(1, network.getLogits(), {"2"});
  rules::Meeting meeting;
  walk.meet(network.findValue("s"), meeting);
  ASSERT_TRUE(succeeded(walk.run(network.getInput())));
  // Further streams go first; behind the meeting there is one.
  EXPECT_EQ(scribe.events[0], "cross y, a bottleneck");
  EXPECT_EQ(scribe.events[2], "meet s");
  EXPECT_EQ(walk.getStreams(network.findValue("a")).size(), 1u);
  EXPECT_EQ(walk.getStreams(network.findValue("a")).front().text, "1y & 2ys");
}

TEST_F(Walk, RulesOnTheWayAreThoseOfTheMethod) {
  const rules::MethodTable *table = rules::findMethod("lrp-epsilon");
  if (!table)
    GTEST_SKIP() << "lrp-epsilon is not compiled in";
  Network network = parse(kFork);
  BoundMethod method = llvm::cantFail(BoundMethod::bind(*table, "", {{"activation", "gradient"}}));
  SmallVector<PassedLayer> passed = rulesOnTheWay(network, method, {});
  ASSERT_EQ(passed.size(), 3u);
  EXPECT_EQ(valueName(passed[0].layer->getResult(0)), "a"); // in the network's order
  EXPECT_EQ(valueName(passed[2].layer->getResult(0)), "y");
  for (const PassedLayer &layer : passed) {
    EXPECT_TRUE(layer.rule.row);
    EXPECT_EQ(layer.rule.name, "lrp-epsilon");
    EXPECT_FALSE(layer.rule.entry);
  }
}

} // namespace
