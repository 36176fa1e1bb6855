// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Where relevance went: the report's shares against closed forms, and that they account for
// everything, method by method.
#include "dialect/SaliencyDialect.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Pass/PassManager.h"
#include "passes/Pipelines.h"
#include "passes/Targets.h"
#include "passes/codegen/emit/Jit.h"
#include "passes/rules/Registry.h"
#include "passes/rules/language/MethodChecks.h"
#include "test/support/ExplainerCall.h"

#include <cmath>
#include <gtest/gtest.h>

using namespace mlir;
using namespace saliency;

namespace {

struct ReportRow {
  std::string layer, kind;
  double arrives, leaves, stabiliser, bias, dead;
  double rule() const { return arrives - leaves - stabiliser - bias - dead; }
};

class Report : public testing::Test {
protected:
  /// Compiles a network with a method and calls it; rows by [target][sample].
  void explain(const char *network, StringRef method, const ParameterList &parameters,
               const std::vector<float> &input, const std::vector<int64_t> &targets,
               bool specialise = true) {
    DialectRegistry registry;
    registerAllSaliencyDialects(registry);
    MLIRContext context(registry, MLIRContext::Threading::DISABLED);
    context.loadAllAvailableDialects();
    OwningOpRef<ModuleOp> module = parseSourceString<ModuleOp>(network, &context);
    ASSERT_TRUE(module);
    const rules::MethodTable *table = rules::findMethod(std::string_view(method));
    ASSERT_TRUE(table) << method.str();
    llvm::Expected<BoundMethod> bound = BoundMethod::bind(*table, "", parameters);
    ASSERT_TRUE(bool(bound)) << llvm::toString(bound.takeError());
    PipelineOptions options;
    options.method = std::make_shared<const BoundMethod>(std::move(*bound));
    options.attribution.report = true;
    options.request.specialise = specialise;
    options.target = findTarget({.schedule = Schedule::Plain});
    PassManager pm(&context);
    buildPipeline(pm, options, Stage::Import, Stage::LLVM);
    ASSERT_TRUE(succeeded(pm.run(*module)));
    FailureOr<CompiledModel> model =
        CompiledModel::compile(*module, {.target = options.target, .optimisation = 0});
    ASSERT_TRUE(succeeded(model));
    JitModel jit = llvm::cantFail(JitModel::load(std::move(*model)));
    call(jit, input, targets);
  }

  const ReportRow &row(StringRef layer, unsigned target = 0, unsigned sample = 0) const {
    for (const ReportRow &candidate : rows[target][sample])
      if (candidate.layer == layer && candidate.kind != "Seed")
        return candidate;
    ADD_FAILURE() << "no row for " << layer.str();
    return rows[target][sample].front();
  }
  double lost(unsigned target = 0, unsigned sample = 0) const {
    double sum = 0;
    for (const ReportRow &row : rows[target][sample])
      sum += row.arrives - row.leaves;
    return sum;
  }

  std::vector<std::vector<std::vector<ReportRow>>> rows;
  std::vector<float> maps, logits;

private:
  void call(const JitModel &jit, const std::vector<float> &input,
            const std::vector<int64_t> &targets) {
    const saliency_interface &info = *jit.interface();
    ASSERT_GT(info.report_count, 0);
    const saliency_layer &report = info.layers[info.layer_count - 1];
    ASSERT_EQ(report.dims[0], info.report_count);
    ASSERT_EQ(report.dims[1], info.batch);
    ASSERT_EQ(report.dims[2], SALIENCY_REPORT_COLUMNS);
    size_t perImage = targets.size() / info.batch;
    test::ExplainerCall call(info, jit.workspaceSize(), jit.weights().data(), info.batch, perImage);
    ASSERT_EQ(call.input.size(), input.size());
    call.args.input = input.data();
    call.args.targets = targets.data();
    saliency_status status = jit.explain(&call.args);
    ASSERT_EQ(status, SALIENCY_OK) << jit.errorString(status);
    maps = std::move(call.maps);
    logits = std::move(call.logits);
    rows.assign(perImage, std::vector<std::vector<ReportRow>>(info.batch));
    for (size_t t = 0; t < perImage; ++t)
      for (int64_t n = 0; n < info.batch; ++n)
        for (int64_t i = 0; i < info.report_count; ++i) {
          const float *sums = &call.layers[t * info.layer_elements + report.offset +
                                           (i * info.batch + n) * SALIENCY_REPORT_COLUMNS];
          rows[t][n].push_back({info.report[i].layer, info.report[i].kind,
                                sums[SALIENCY_REPORT_ARRIVES], sums[SALIENCY_REPORT_LEAVES],
                                sums[SALIENCY_REPORT_STABILISER], sums[SALIENCY_REPORT_BIAS],
                                sums[SALIENCY_REPORT_DEAD]});
        }
  }
};

/// z = 1 x0 + 2 x1 + 0.5 for class 0; class 1 has negative contributions only, class 2 its bias
/// only.
constexpr const char *kDense = R"(
func.func @forward(%x: tensor<1x2xf32>) -> tensor<1x3xf32> {
  %w = saliency.constant {value = dense<[[1.0, 2.0], [-1.0, -3.0], [0.0, 0.0]]> : tensor<3x2xf32>} : tensor<3x2xf32>
  %b = saliency.constant {value = dense<[0.5, 0.0, 0.5]> : tensor<3xf32>} : tensor<3xf32>
  %y = saliency.gemm %x, %w, %b : (tensor<1x2xf32>, tensor<3x2xf32>, tensor<3xf32>) -> tensor<1x3xf32> loc("dense")
  return %y : tensor<1x3xf32>
})";

TEST_F(Report, EpsilonLosesTheSharesOfStabiliserAndBias) {
  explain(kDense, "lrp-epsilon", {{"epsilon", "0.25"}, {"seed", "one"}}, {1, 0.75}, {0});
  const double z = 1 + 1.5 + 0.5, epsilon = 0.25;
  EXPECT_NEAR(row("dense").arrives, 1, 1e-6);
  EXPECT_NEAR(row("dense").stabiliser, epsilon / (z + epsilon), 1e-6);
  EXPECT_NEAR(row("dense").bias, 0.5 / (z + epsilon), 1e-6);
  EXPECT_NEAR(row("dense").leaves, 2.5 / (z + epsilon), 1e-6);
  EXPECT_EQ(row("dense").dead, 0);
  EXPECT_NEAR(row("dense").rule(), 0, 1e-6);
}

// Formulas e.7: 0.1 % at |z| = 1000 e, half at |z| = e.
TEST_F(Report, StabilisersShareGrowsAsTheSumShrinks) {
  for (const auto &[epsilon, share] : {std::pair("0.0025", 1.0 / 1001), {"2.5", 0.5}}) {
    explain(kDense, "lrp-epsilon", {{"epsilon", epsilon}, {"seed", "one"}, {"bias", "dropped"}},
            {1, 0.75}, {0});
    EXPECT_NEAR(row("dense").stabiliser, share, 1e-6);
    EXPECT_EQ(row("dense").bias, 0);
  }
}

TEST_F(Report, AUnitWithABiasAloneLosesAllToIt) {
  explain(kDense, "lrp-zplus", {{"seed", "one"}}, {1, 0.75}, {2});
  EXPECT_NEAR(row("dense").bias, 1, 1e-6);
  EXPECT_EQ(row("dense").dead, 0);
  EXPECT_NEAR(row("dense").leaves, 0, 1e-6);
}

TEST_F(Report, AUnitWithoutPositiveContributionsIsDeadForZPlus) {
  explain(kDense, "lrp-zplus", {{"seed", "one"}}, {1, 0.75}, {1});
  EXPECT_EQ(row("dense").dead, 1);
  EXPECT_EQ(row("dense").leaves, 0);
  EXPECT_EQ(row("dense").bias, 0);
  EXPECT_NEAR(row("dense").rule(), 0, 1e-6);
}

// Formulas e.7: alpha-beta doubles relevance where no contribution is negative, and turns its sign
// where none is positive.
TEST_F(Report, AlphaBetaMakesRelevanceWhereAPartIsEmpty) {
  explain(kDense, "lrp-alpha-beta", {{"seed", "one"}, {"bias", "dropped"}}, {1, 0.75}, {0});
  EXPECT_NEAR(row("dense").leaves, 2, 1e-5);
  EXPECT_NEAR(row("dense").rule(), -1, 1e-5);
  EXPECT_EQ(row("dense").dead, 0);
  explain(kDense, "lrp-alpha-beta", {{"seed", "one"}, {"bias", "dropped"}}, {1, 0.75}, {1});
  EXPECT_NEAR(row("dense").leaves, -1, 1e-5);
  EXPECT_NEAR(row("dense").rule(), 2, 1e-5);
  explain(kDense, "lrp-alpha-beta", {{"seed", "one"}, {"bias", "dropped"}}, {1, 0.75}, {2});
  EXPECT_EQ(row("dense").dead, 1);
}

/// Two samples; convolution with padding and bias, batch norm, a fork, a sum, pools, a
/// concatenation, dense layers.
constexpr const char *kNetwork = R"(
#same = #saliency.window<kernel = [3, 3], strides = [1, 1], low = [1, 1], high = [1, 1], dilations = [1, 1]>
#one = #saliency.window<kernel = [1, 1], strides = [1, 1], low = [0, 0], high = [0, 0], dilations = [1, 1]>
#pool = #saliency.window<kernel = [2, 2], strides = [2, 2], low = [0, 0], high = [0, 0], dilations = [1, 1]>
func.func @forward(%x: tensor<2x1x4x4xf32>) -> tensor<2x3xf32> {
  %k = saliency.constant {value = dense<[[[[0.5, -0.25, 0.125], [0.25, 0.75, -0.5], [0.125, -0.375, 0.25]]],
                                         [[[-0.5, 0.25, 0.375], [0.5, -0.75, 0.25], [-0.125, 0.5, 0.25]]]]> : tensor<2x1x3x3xf32>} : tensor<2x1x3x3xf32>
  %kb = saliency.constant {value = dense<[0.125, -0.0625]> : tensor<2xf32>} : tensor<2xf32>
  %gamma = saliency.constant {value = dense<[1.5, 0.75]> : tensor<2xf32>} : tensor<2xf32>
  %beta = saliency.constant {value = dense<[0.25, 0.125]> : tensor<2xf32>} : tensor<2xf32>
  %mean = saliency.constant {value = dense<[0.0625, -0.125]> : tensor<2xf32>} : tensor<2xf32>
  %variance = saliency.constant {value = dense<[1.0, 0.5]> : tensor<2xf32>} : tensor<2xf32>
  %p = saliency.constant {value = dense<[[[[0.5]], [[-0.75]]], [[[0.25]], [[1.0]]]]> : tensor<2x2x1x1xf32>} : tensor<2x2x1x1xf32>
  %w = saliency.constant {value = dense<[[0.5, -0.25, 0.75, 1.0], [-0.5, 0.25, 0.5, -1.0], [0.25, 0.75, -0.5, 0.125]]> : tensor<3x4xf32>} : tensor<3x4xf32>
  %wb = saliency.constant {value = dense<[0.0625, -0.125, 0.25]> : tensor<3xf32>} : tensor<3xf32>
  %1 = saliency.conv %x, %k, %kb {window = #same, groups = 1 : i64} : (tensor<2x1x4x4xf32>, tensor<2x1x3x3xf32>, tensor<2xf32>) -> tensor<2x2x4x4xf32> loc("conv")
  %2 = saliency.batch_norm %1, %gamma, %beta, %mean, %variance {epsilon = 1.0e-5 : f32} : (tensor<2x2x4x4xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<2x2x4x4xf32> loc("norm")
  %3 = saliency.relu %2 : (tensor<2x2x4x4xf32>) -> tensor<2x2x4x4xf32> loc("relu")
  %4 = saliency.conv %3, %p {window = #one, groups = 1 : i64} : (tensor<2x2x4x4xf32>, tensor<2x2x1x1xf32>) -> tensor<2x2x4x4xf32> loc("side")
  %5 = saliency.add %3, %4 : (tensor<2x2x4x4xf32>, tensor<2x2x4x4xf32>) -> tensor<2x2x4x4xf32> loc("sum")
  %6 = saliency.relu %5 : (tensor<2x2x4x4xf32>) -> tensor<2x2x4x4xf32> loc("relu2")
  %7 = saliency.max_pool %6 {window = #pool} : (tensor<2x2x4x4xf32>) -> tensor<2x2x2x2xf32> loc("max")
  %8 = saliency.avg_pool %7 {window = #pool} : (tensor<2x2x2x2xf32>) -> tensor<2x2x1x1xf32> loc("average")
  %9 = saliency.concat %8, %8 {axis = 1 : i64} : (tensor<2x2x1x1xf32>, tensor<2x2x1x1xf32>) -> tensor<2x4x1x1xf32> loc("concat")
  %10 = saliency.reshape %9 {shape = array<i64: 2, 4>} : (tensor<2x4x1x1xf32>) -> tensor<2x4xf32> loc("flatten")
  %11 = saliency.gemm %10, %w, %wb : (tensor<2x4xf32>, tensor<3x4xf32>, tensor<3xf32>) -> tensor<2x3xf32> loc("dense")
  return %11 : tensor<2x3xf32>
})";

std::vector<float> picture() {
  std::vector<float> values(32);
  for (size_t i = 0; i < values.size(); ++i)
    values[i] = float(int(i * 29 % 64) - 16) / 32;
  return values;
}

/// What leaves one layer arrives at the next ones, and the rest is accounted for: from seed to map
/// nothing is missing, whatever the method does on the way.
struct EveryMethod : Report, testing::WithParamInterface<const rules::MethodTable *> {};

TEST_P(EveryMethod, AccountsForAllRelevance) {
  ParameterList parameters; // one channel, not three
  for (const rules::Parameter &parameter : GetParam()->parameters)
    if (parameter.kind == rules::ParameterKind::PerChannel)
      parameters.emplace_back(parameter.name, parameter.name == "high" ? "1.5" : "-0.5");
  explain(kNetwork, GetParam()->name, parameters, picture(), {1, 0, 2, 1});
  if (HasFatalFailure())
    return;
  for (unsigned target = 0; target < 2; ++target)
    for (unsigned sample = 0; sample < 2; ++sample) {
      const auto &own = rows[target][sample];
      EXPECT_EQ(own.front().kind, "Seed");
      EXPECT_EQ(own.back().kind, "Finish");
      double mass = 0;
      for (const ReportRow &row : own)
        mass = std::max({mass, std::abs(row.arrives), std::abs(row.leaves)});
      EXPECT_NEAR(own.front().arrives - lost(target, sample), own.back().leaves, 1e-5 * mass);
      double map = 0;
      size_t size = maps.size() / 4;
      for (size_t i = 0; i < size; ++i)
        map += maps[(sample * 2 + target) * size + i];
      EXPECT_NEAR(own.back().leaves, map, 1e-5 * mass);
    }
}

bool needsFile(const rules::MethodTable &table) {
  return llvm::any_of(table.parameters, [](const auto &parameter) {
    return parameter.kind == rules::ParameterKind::LayerData;
  });
}

std::vector<const rules::MethodTable *> walkingMethods() {
  std::vector<const rules::MethodTable *> methods;
  for (const rules::MethodTable *table : rules::allMethods())
    if (table->walks && table->repeats.empty() && !needsFile(*table) &&
        !rules::readsAttention(*table)) // the network has none
      methods.push_back(table);
  return methods;
}
INSTANTIATE_TEST_SUITE_P(Methods, EveryMethod, testing::ValuesIn(walkingMethods()),
                         [](const auto &info) {
                           std::string name(info.param->name);
                           for (char &c : name)
                             c = isalnum(static_cast<unsigned char>(c)) ? c : '_';
                           return name;
                         });

/// Rules that share relevance out in proportion lose it to stabilisers, biases and dead units, and
/// to nothing else.
struct ProportionalRule : Report, testing::WithParamInterface<const char *> {};

TEST_P(ProportionalRule, LosesNothingByItself) {
  explain(kNetwork, GetParam(), {{"stabiliser", "0.01"}, {"batch-norm", "proportional"}}, picture(),
          {1, 0});
  double bias = 0, stabiliser = 0;
  for (unsigned sample = 0; sample < 2; ++sample)
    for (const ReportRow &row : rows[0][sample]) {
      double scale = std::max({1.0, std::abs(row.arrives), std::abs(row.leaves)});
      EXPECT_NEAR(row.rule(), 0, 2e-5 * scale) << row.layer;
      bias += std::abs(row.bias);
      stabiliser += std::abs(row.stabiliser);
    }
  EXPECT_GT(bias, 1e-3);
  EXPECT_GT(stabiliser, 1e-3);
}
INSTANTIATE_TEST_SUITE_P(Methods, ProportionalRule,
                         testing::Values("lrp-0", "lrp-epsilon", "lrp-zplus", "lrp-gamma",
                                         "lrp-w-square"));

TEST_F(Report, SpecialisedCodeSaysTheSame) {
  explain(kNetwork, "lrp-zplus", {}, picture(), {1, 0});
  auto specialised = rows;
  explain(kNetwork, "lrp-zplus", {}, picture(), {1, 0}, /*specialise=*/false);
  for (size_t i = 0; i < rows[0][0].size(); ++i) {
    const ReportRow &a = rows[0][0][i], &b = specialised[0][0][i];
    EXPECT_EQ(a.layer, b.layer);
    EXPECT_NEAR(a.arrives, b.arrives, 1e-5);
    EXPECT_NEAR(a.bias, b.bias, 1e-5);
    EXPECT_NEAR(a.dead, b.dead, 1e-5);
    EXPECT_NEAR(a.stabiliser, b.stabiliser, 1e-5);
  }
}

/// The gradient ends at closed rectifiers.
TEST_F(Report, ClosedRectifiersAreDeadUnits) {
  constexpr const char *network = R"(
func.func @forward(%x: tensor<1x3xf32>) -> tensor<1x2xf32> {
  %w = saliency.constant {value = dense<[[1.0, 2.0, 4.0], [1.0, 1.0, 1.0]]> : tensor<2x3xf32>} : tensor<2x3xf32>
  %1 = saliency.relu %x : (tensor<1x3xf32>) -> tensor<1x3xf32> loc("relu")
  %2 = saliency.gemm %1, %w : (tensor<1x3xf32>, tensor<2x3xf32>) -> tensor<1x2xf32> loc("dense")
  return %2 : tensor<1x2xf32>
})";
  explain(network, "gradient", {}, {-1, 1, -2}, {0});
  EXPECT_EQ(row("relu").arrives, 7);
  EXPECT_EQ(row("relu").leaves, 2);
  EXPECT_EQ(row("relu").dead, 5);
  EXPECT_EQ(row("dense").rule(), 1 - 7) << "a gradient has no law of its own";
}

/// Relevance on cells that a Pad puts around the image goes nowhere.
TEST_F(Report, PaddingIsDead) {
  constexpr const char *network = R"(
func.func @forward(%x: tensor<1x2xf32>) -> tensor<1x2xf32> {
  %w = saliency.constant {value = dense<[[1.0, 2.0, 4.0], [1.0, 1.0, 1.0]]> : tensor<2x3xf32>} : tensor<2x3xf32>
  %1 = saliency.pad %x {low = array<i64: 0, 0>, high = array<i64: 0, 1>, interior = array<i64: 0, 0>} : (tensor<1x2xf32>) -> tensor<1x3xf32> loc("padding")
  %2 = saliency.gemm %1, %w : (tensor<1x3xf32>, tensor<2x3xf32>) -> tensor<1x2xf32> loc("dense")
  return %2 : tensor<1x2xf32>
})";
  explain(network, "lrp-flat", {{"seed", "one"}}, {1, 1}, {0});
  EXPECT_NEAR(row("padding").arrives, 1, 1e-5);
  EXPECT_NEAR(row("padding").dead, 1.0 / 3, 1e-5);
  EXPECT_NEAR(row("padding").rule(), 0, 1e-6);
}

} // namespace
