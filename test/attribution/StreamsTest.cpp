// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Further streams of a method: each is walked back by its own rows or the ordinary derivative, and
// meets the relevance in rows and finish. No bundled method has one yet.
#include "dialect/SaliencyDialect.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Transforms/Passes.h"
#include "passes/Pipelines.h"
#include "passes/attribution/BuildExplainer.h"
#include "passes/rules/language/Compile.h"

#include <gtest/gtest.h>

using namespace mlir;
using namespace saliency;

namespace {

/// Relevance by the ordinary derivative, minus the same carried as a further stream: zero.
struct Difference {
  static constexpr std::string_view name = "difference";
  static consteval void write(rules::Method &m) {
    m.title = "difference of two equal streams";
    m.source = "test";
    m.help = "test";
    const auto gradient = m.stream("gradient", m.target());
    m.seed(m.target());
    m.elsewhere(rules::gradient);
    m.finish(m.map() - m.map(gradient));
  }
};

/// The activation's row reads the further stream: relevance becomes what that stream carries.
struct Replacement {
  static constexpr std::string_view name = "replacement";
  static consteval void write(rules::Method &m) {
    m.title = "relevance replaced by a stream";
    m.source = "test";
    m.help = "test";
    const auto gradient = m.stream("gradient", m.target());
    m.seed(m.target() * 2);
    const auto activation = m.activation();
    m.on(activation, activation.vjp(gradient.at(activation)));
    m.elsewhere(rules::gradient);
    m.finish(m.map() - m.map(gradient));
  }
};

/// Each operand of a product by its derivative beside the other operand, written out: the ordinary
/// derivative.
struct Beside {
  static constexpr std::string_view name = "beside";
  static consteval void write(rules::Method &m) {
    m.title = "derivative of a product beside a given operand";
    m.source = "test";
    m.help = "test";
    const auto gradient = m.stream("gradient", m.target());
    m.seed(m.target());
    const auto product = m.bilinear();
    m.on(product, product.vjp(product.R, product.x, product.other));
    m.elsewhere(rules::gradient);
    m.finish(m.map() - m.map(gradient));
  }
};

/// The same beside other values: not the ordinary derivative.
struct BesideDouble {
  static constexpr std::string_view name = "beside-double";
  static consteval void write(rules::Method &m) {
    m.title = "derivative of a product beside a doubled operand";
    m.source = "test";
    m.help = "test";
    const auto gradient = m.stream("gradient", m.target());
    m.seed(m.target());
    const auto product = m.bilinear();
    m.on(product, product.vjp(product.R, product.x, 2 * product.other));
    m.elsewhere(rules::gradient);
    m.finish(m.map() - m.map(gradient));
  }
};

constexpr const char *kProduct = R"(
func.func @forward(%x: tensor<1x4xf32>) -> tensor<1x4xf32> {
  %a = saliency.reshape %x {shape = array<i64: 1, 2, 2>} : (tensor<1x4xf32>) -> tensor<1x2x2xf32>
  %b = saliency.relu %a : (tensor<1x2x2xf32>) -> tensor<1x2x2xf32>
  %c = saliency.matmul %a, %b : (tensor<1x2x2xf32>, tensor<1x2x2xf32>) -> tensor<1x2x2xf32>
  %y = saliency.reshape %c {shape = array<i64: 1, 4>} : (tensor<1x2x2xf32>) -> tensor<1x4xf32>
  return %y : tensor<1x4xf32>
})";

/// A twin of the relevance takes its rows, also where these are not the ordinary derivative.
struct Twin {
  static constexpr std::string_view name = "twin";
  static consteval void write(rules::Method &m) {
    m.title = "difference of the relevance and its twin";
    m.source = "test";
    m.help = "test";
    const auto twin = m.twin("twin", m.target());
    m.seed(m.target());
    m.on(m.activation(), m.activation().x * m.activation().R);
    m.elsewhere(rules::gradient);
    m.finish(m.map() - m.map(twin));
  }
};

constexpr const char *kNetwork = R"(
func.func @forward(%x: tensor<1x4xf32>) -> tensor<1x3xf32> {
  %w1 = saliency.constant {value = dense<[[1.0, 2.0, 3.0, 4.0], [-1.0, 0.5, 2.0, 1.0]]> : tensor<2x4xf32>} : tensor<2x4xf32>
  %w2 = saliency.constant {value = dense<[[1.0, 2.0], [3.0, -4.0], [0.5, 1.5]]> : tensor<3x2xf32>} : tensor<3x2xf32>
  %1 = saliency.gemm %x, %w1 : (tensor<1x4xf32>, tensor<2x4xf32>) -> tensor<1x2xf32>
  %2 = saliency.relu %1 : (tensor<1x2xf32>) -> tensor<1x2xf32>
  %3 = saliency.gemm %2, %w2 : (tensor<1x2xf32>, tensor<3x2xf32>) -> tensor<1x3xf32>
  return %3 : tensor<1x3xf32>
})";

/// Whether the map is `v - v` after common subexpressions are merged.
template <typename Method> bool mapIsDifferenceOfEquals(const char *network = kNetwork) {
  DialectRegistry registry;
  registerAllSaliencyDialects(registry);
  MLIRContext context(registry);
  context.loadAllAvailableDialects();
  OwningOpRef<ModuleOp> module = parseSourceString<ModuleOp>(network, &context);
  static constexpr rules::MethodTable table = rules::tableOf<Method>();
  llvm::Expected<BoundMethod> method = BoundMethod::bind(table, "", {});
  EXPECT_TRUE(bool(method)) << llvm::toString(method.takeError());
  auto function = module->lookupSymbol<func::FuncOp>(kForwardName);
  if (failed(attribute(function, *method, AttributionOptions())))
    return false;
  PassManager pm(&context);
  pm.addPass(createCSEPass());
  EXPECT_TRUE(succeeded(pm.run(*module)));
  auto map =
      function.getBody().front().getTerminator()->getOperand(0).getDefiningOp<arith::SubFOp>();
  return map && map.getLhs() == map.getRhs();
}

TEST(Streams, AreWalkedByTheOrdinaryDerivativeWithoutRows) {
  EXPECT_TRUE(mapIsDifferenceOfEquals<Difference>());
}
TEST(Streams, MeetTheRelevanceInRows) { EXPECT_TRUE(mapIsDifferenceOfEquals<Replacement>()); }
TEST(Bilinear, TakesDerivativesBesideGivenOperands) {
  EXPECT_TRUE(mapIsDifferenceOfEquals<Beside>(kProduct));
  EXPECT_FALSE(mapIsDifferenceOfEquals<BesideDouble>(kProduct));
}
TEST(Streams, TwinsTakeTheRelevancesRows) { EXPECT_TRUE(mapIsDifferenceOfEquals<Twin>()); }

} // namespace
