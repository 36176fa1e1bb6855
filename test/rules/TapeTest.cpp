// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the tape looks like, at compile time: shared nodes, sizes, the choice of rows.
#include "passes/rules/language/Compile.h"
#include "passes/rules/methods/Methods.h"

#include <boost/hana/for_each.hpp>
#include <gtest/gtest.h>

using namespace saliency::rules;

namespace {

/// A term written twice is one node, also across rows; terminals that nobody reads are gone.
struct Shared {
  static constexpr std::string_view name = "shared";
  static consteval void write(Method &m) {
    m.title = "Shared", m.source = "test", m.help = "test";
    m.seed(m.target());
    const auto conv = m.convolution();
    const auto dense = m.dense();
    m.on(conv, conv.x * adjoint(conv.w, stab(conv.R, conv.z, 1e-6)));
    m.on(dense, dense.x * adjoint(dense.w, stab(dense.R, dense.z, 1e-6)));
    m.elsewhere(gradient);
  }
};
constexpr const MethodTable &shared = tableOf<Shared>();
// x, y, R, w, 1e-6, stab, adjoint, mul; target; map.
static_assert(shared.nodes.size() == 10);
static_assert(shared.rows[0].result == shared.rows[1].result);
static_assert(shared.node(shared.rows[0].result).kind == NodeKind::Mul);
static_assert(shared.node(shared.rows[0].result).space == Space::In);
static_assert(shared.finishes.size() == 1 &&
              shared.node(shared.finishes[0].result).kind == NodeKind::Map);
static_assert(shared.walks && !shared.endsAtLayer);
static_assert(!shared.needsLayer && shared.elsewhereGradient);

/// Spaces of results.
struct Spaces {
  static constexpr std::string_view name = "spaces";
  static consteval void write(Method &m) {
    m.title = "Spaces", m.source = "test", m.help = "test";
    m.seed(m.target());
    m.elsewhere(gradient);
    const auto conv = m.convolution();
    static_assert(decltype(forward(conv.w, conv.x))::space == Space::Out);
    static_assert(decltype(correlate(conv.x, conv.R))::space == Space::SampleWeight);
    static_assert(decltype(adjoint(correlate(conv.x, conv.R), conv.R))::space == Space::In);
    static_assert(decltype(sumPerSample(conv.R))::space == Space::PerSample);
    static_assert(decltype(sumPerSample(conv.R) * conv.x)::space == Space::In);
    static_assert(decltype(sumPerChannel(conv.R) * sumOverChannels(conv.R))::space == Space::Out);
    static_assert(decltype(2 * conv.w)::space == Space::Weight);
    static_assert(decltype(conv.b + conv.R)::space == Space::Out);
    static_assert(decltype(where(sumOverChannels(conv.R) > 0, conv.R, 0))::space == Space::Out);
    static_assert(decltype(channelsOf(m.layer()))::base == Space::Layer);
    m.on(conv, forwardOfOnes(conv));
  }
  static constexpr Expr<Space::In> forwardOfOnes(const ConvolutionOp &conv) {
    return conv.x * adjoint(abs(conv.w), zeroSafe(conv.R, forward(abs(conv.w), onesLike(conv.x))));
  }
};
static_assert(tableOf<Spaces>().rows.size() == 1);

/// Rows are tried in the order written; positions and options decide.
constexpr const Row *rspRow(bool first, int64_t kernel) {
  World world;
  if (first)
    world.truths |= World::bitOf(ConditionKind::FirstLayer);
  world.kernel = kernel;
  return findRow(tableOf<methods::Rsp>(), Capability::Convolution, world);
}
static_assert(rspRow(true, 1) == &tableOf<methods::Rsp>().rows[0]);
static_assert(rspRow(false, 1) == &tableOf<methods::Rsp>().rows[1]);
static_assert(rspRow(false, 3) == &tableOf<methods::Rsp>().rows[2]);
static_assert(findRow(tableOf<methods::Rsp>(), Capability::Rectifier, World())->capability ==
              Capability::Activation);
static_assert(findRow(tableOf<methods::Rsp>(), Capability::Softmax, World()) == nullptr);
static_assert(tableOf<methods::Rsp>().needsLayer && !tableOf<methods::LrpEpsilon>().needsLayer);

// Sizes, so that growth is seen.
static_assert(tableOf<methods::Gradient>().nodes.size() == 2);
static_assert(tableOf<methods::LrpEpsilon>().nodes.size() < 50);
static_assert(tableOf<methods::LrpComposite>().nodes.size() < 180);
static_assert(tableOf<methods::Rsp>().nodes.size() < 130);

TEST(Tape, OperandsComeBeforeTheirUsers) {
  boost::hana::for_each(methodList, [](auto method) {
    const MethodTable &table = tableOf<typename decltype(method)::type>();
    for (unsigned id = 0; id < table.nodes.size(); ++id)
      for (NodeId operand : {table.nodes[id].a, table.nodes[id].b, table.nodes[id].c})
        EXPECT_TRUE(operand == kNone || operand < id) << table.name << " node " << id;
  });
}

TEST(Tape, NodesAreDistinct) {
  boost::hana::for_each(methodList, [](auto method) {
    const MethodTable &table = tableOf<typename decltype(method)::type>();
    for (unsigned i = 0; i < table.nodes.size(); ++i)
      for (unsigned j = 0; j < i; ++j)
        EXPECT_FALSE(table.nodes[i] == table.nodes[j])
            << table.name << " nodes " << j << " and " << i;
  });
}

} // namespace
