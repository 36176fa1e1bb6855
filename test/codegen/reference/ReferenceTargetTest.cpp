// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A target from outside the compiler explains as processors do, to the bit.
#include "test/codegen/reference/ReferenceTarget.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Pass/PassManager.h"
#include "passes/Pipelines.h"
#include "passes/Targets.h"
#include "passes/codegen/emit/Jit.h"
#include "passes/codegen/interface/Interface.h"
#include "passes/rules/Registry.h"
#include "test/support/ExplainerCall.h"

#include <gtest/gtest.h>

using namespace mlir;

namespace saliency::test {
namespace {

/// Numbers that look random, between -1 and 1.
class Noise {
public:
  explicit Noise(uint32_t seed) : state(seed) {}
  float next() {
    state = state * 1664525u + 1013904223u;
    return static_cast<int32_t>(state) * 0x1p-31f;
  }

private:
  uint32_t state;
};

/// A network as text: convolutions with strides, padding and groups, a residual sum, pools, and a
/// dense layer, for a batch of two.
class Text {
public:
  std::string network() {
    std::string x = "%x";
    std::string a = relu(conv(x, "2x3x9x9", 8, 3, 1, 1, "2x8x9x9", 3), "2x8x9x9");
    std::string b = relu(conv(a, "2x8x9x9", 8, 3, 2, 1, "2x8x5x5", 8), "2x8x5x5");
    std::string c = conv(b, "2x8x5x5", 8, 3, 1, 4, "2x8x5x5", 2);
    std::string sum = relu(op("saliency.add " + b + ", " + c, "",
                              "(tensor<2x8x5x5xf32>, tensor<2x8x5x5xf32>)", "2x8x5x5"),
                           "2x8x5x5");
    std::string most = op("saliency.max_pool " + sum, "window = " + window(2, 1, 0),
                          "(tensor<2x8x5x5xf32>)", "2x8x4x4");
    std::string mean = op("saliency.avg_pool " + most, "window = " + window(4, 4, 0),
                          "(tensor<2x8x4x4xf32>)", "2x8x1x1");
    std::string flat =
        op("saliency.reshape " + mean, "shape = array<i64: 2, 8>", "(tensor<2x8x1x1xf32>)", "2x8");
    std::string w = constant("5x8", 40), bias = constant("5", 5);
    std::string y = op("saliency.gemm " + flat + ", " + w + ", " + bias, "",
                       "(tensor<2x8xf32>, tensor<5x8xf32>, tensor<5xf32>)", "2x5");
    return "func.func @forward(%x: tensor<2x3x9x9xf32>) -> tensor<2x5xf32> {\n" + body +
           "  return " + y + " : tensor<2x5xf32>\n}\n";
  }

private:
  std::string name() { return "%v" + std::to_string(count++); }

  std::string op(const std::string &what, const std::string &attributes, const std::string &from,
                 const std::string &shape) {
    std::string result = name();
    body += "  " + result + " = " + what + (attributes.empty() ? "" : " {" + attributes + "}") +
            " : " + from + " -> tensor<" + shape + "xf32> loc(\"" + result.substr(1) + "\")\n";
    return result;
  }

  std::string constant(const std::string &shape, size_t elements) {
    std::string bytes;
    for (size_t i = 0; i < elements; ++i) {
      float value = noise.next();
      bytes.append(reinterpret_cast<const char *>(&value), sizeof value);
    }
    std::string result = name(), type = "tensor<" + shape + "xf32>";
    body += "  " + result + " = saliency.constant {value = dense<\"0x" +
            llvm::toHex(StringRef(bytes)) + "\"> : " + type + "} : " + type + "\n";
    return result;
  }

  static std::string window(int kernel, int stride, int pad) {
    auto both = [](int value) {
      return "[" + std::to_string(value) + ", " + std::to_string(value) + "]";
    };
    return "#saliency.window<kernel = " + both(kernel) + ", strides = " + both(stride) +
           ", low = " + both(pad) + ", high = " + both(pad) + ", dilations = [1, 1]>";
  }

  std::string conv(const std::string &x, const std::string &from, int outputs, int kernel,
                   int stride, int groups, const std::string &to, int inputs) {
    std::string shape = std::to_string(outputs) + "x" + std::to_string(inputs) + "x3x3";
    std::string w = constant(shape, size_t(outputs * inputs * kernel * kernel));
    std::string b = constant(std::to_string(outputs), size_t(outputs));
    return op("saliency.conv " + x + ", " + w + ", " + b,
              "window = " + window(kernel, stride, 1) + ", groups = " + std::to_string(groups) +
                  " : i64",
              "(tensor<" + from + "xf32>, tensor<" + shape + "xf32>, tensor<" +
                  std::to_string(outputs) + "xf32>)",
              to);
  }

  std::string relu(const std::string &x, const std::string &shape) {
    return op("saliency.relu " + x, "", "(tensor<" + shape + "xf32>)", shape);
  }

  Noise noise{7};
  std::string body;
  int count = 0;
};

struct Explained {
  std::vector<float> maps, maps2d, logits;
  std::vector<int64_t> resolved;
};

class Reference : public testing::TestWithParam<std::pair<const char *, LayoutKind>> {
protected:
  static void SetUpTestSuite() {
    static bool once = (registerReferenceTarget(), true);
    (void)once;
  }

  /// The module at stage `to`, made for the machine that the request names.
  OwningOpRef<ModuleOp> compile(MLIRContext &context, const TargetRequest &request, Stage to,
                                PipelineOptions &options) {
    context.loadAllAvailableDialects();
    context.getDiagEngine().registerHandler(
        [](Diagnostic &diagnostic) { ADD_FAILURE() << diagnostic.str(); });
    OwningOpRef<ModuleOp> module = parseSourceString<ModuleOp>(Text().network(), &context);
    const rules::MethodTable *table = rules::findMethod(GetParam().first);
    if (!module || !table)
      return nullptr;
    options.method = std::make_shared<const BoundMethod>(
        llvm::cantFail(BoundMethod::bind(*table, "", ParameterList())));
    options.target = findTarget(request);
    PassManager pm(&context);
    buildPipeline(pm, options, Stage::Import, to);
    return succeeded(pm.run(*module)) ? std::move(module) : nullptr;
  }

  static DialectRegistry dialects() {
    DialectRegistry registry;
    registerAllSaliencyDialects(registry);
    return registry;
  }

  /// Two targets of each of four images, one of them by arg-max.
  Explained explain(const TargetRequest &request) {
    MLIRContext context(dialects(), MLIRContext::Threading::DISABLED);
    PipelineOptions options;
    OwningOpRef<ModuleOp> module = compile(context, request, Stage::LLVM, options);
    if (!module)
      return {};
    FailureOr<JitModel> model =
        JitModel::load(context, CompiledModel::compile(*module, {.target = options.target}));
    if (failed(model))
      return {};
    ExplainerCall call(*model->interface(), model->workspaceSize(), model->weights().data(), 4, 2);
    Noise noise(3);
    for (float &value : call.input)
      value = noise.next();
    call.targets = {3, 1, -1, 0, 4, 2, 0, -1};
    call.args.targets = call.targets.data();
    saliency_status status = model->explain(&call.args);
    EXPECT_EQ(status, SALIENCY_OK) << model->errorString(status);
    return {call.maps, call.maps2d, call.logits, call.resolved};
  }
};

TEST_P(Reference, GivesTheBitsOfProcessors) {
  Explained expected = explain({baselineMachine(), Schedule::Plain});
  launchLog() = {};
  Explained found = explain({referenceMachine(GetParam().second), Schedule::Plain});
  ASSERT_FALSE(expected.maps.empty());
  EXPECT_EQ(found.maps, expected.maps);
  EXPECT_EQ(found.maps2d, expected.maps2d);
  EXPECT_EQ(found.logits, expected.logits);
  EXPECT_EQ(found.resolved, expected.resolved);
  EXPECT_TRUE(llvm::any_of(found.maps, [](float value) { return value != 0; }));
  // Everything was launched, some kernels more than once.
  EXPECT_EQ(launchLog().calls, 2);
  EXPECT_GT(launchLog().kernels.size(), 5u);
  EXPECT_GT(launchLog().launches, 2 * int64_t(launchLog().kernels.size()));
}

TEST_P(Reference, PlansWithItsOwnAlignmentAndLayout) {
  MLIRContext context(dialects(), MLIRContext::Threading::DISABLED);
  PipelineOptions options;
  OwningOpRef<ModuleOp> module = compile(
      context, {referenceMachine(GetParam().second), Schedule::Plain}, Stage::Scheduled, options);
  ASSERT_TRUE(module);
  auto explain = module->lookupSymbol<func::FuncOp>(kExplainName);
  int64_t views = 0, ownLayout = 0;
  const int64_t first[] = {2, 8, 9, 9}, last[] = {2, 9, 9, 8};
  ArrayRef<int64_t> hidden = GetParam().second == LayoutKind::ChannelsLast ? last : first;
  explain.walk([&](memref::ViewOp view) {
    if (view.getSource() != explain.getArgument(Workspace) &&
        view.getSource() != explain.getArgument(Weights))
      return;
    std::optional<int64_t> offset = getConstantIntValue(view.getByteShift());
    ASSERT_TRUE(offset);
    EXPECT_EQ(*offset % kReferenceAlignment, 0);
    ++views;
    ownLayout +=
        view.getSource() == explain.getArgument(Workspace) && view.getType().getShape() == hidden;
  });
  EXPECT_GT(views, 5);
  EXPECT_GT(ownLayout, 0);
  auto workspace = (*module)->getAttrOfType<IntegerAttr>(kWorkspaceSizeAttr);
  EXPECT_EQ(workspace.getInt() % kReferenceAlignment, 0);
  explain.walk([](linalg::LinalgOp op) { ADD_FAILURE() << "stays in the host code"; });
}

constexpr auto kFirst = LayoutKind::ChannelsFirst, kLast = LayoutKind::ChannelsLast;

// RSP sums over whole maps, in the order of memory: its bits are those of one layout. SmoothGrad
// repeats the gradient in a loop of the host code.
INSTANTIATE_TEST_SUITE_P(
    Methods, Reference,
    testing::Values(std::pair("gradient", kLast), std::pair("gradient", kFirst),
                    std::pair("guided-backprop", kLast), std::pair("lrp-epsilon", kLast),
                    std::pair("lrp-zplus", kLast), std::pair("deeplift", kLast),
                    std::pair("grad-cam", kLast), std::pair("rsp", kFirst),
                    std::pair("smoothgrad", kFirst), std::pair("integrated-gradients", kFirst),
                    std::pair("score-cam", kFirst)),
    [](const auto &info) {
      std::string name = info.param.first;
      std::replace(name.begin(), name.end(), '-', '_');
      return name + (info.param.second == kLast ? "_channels_last" : "_channels_first");
    });

TEST(Targets, AMachineThatNoKindClaimsIsAProcessor) {
  registerReferenceTarget();
  EXPECT_EQ(findTarget({baselineMachine(), Schedule::Plain})->facts().alignment,
            SALIENCY_ALIGNMENT);
  EXPECT_EQ(
      findTarget({referenceMachine(LayoutKind::ChannelsLast), Schedule::Plain})->facts().alignment,
      kReferenceAlignment);
}

} // namespace
} // namespace saliency::test
