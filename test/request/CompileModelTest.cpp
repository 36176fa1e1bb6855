// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The compiler behind one function, as a C++ program calls it: no header of MLIR or LLVM is read
// here.
#include "passes/request/CompileModel.h"
#include "passes/rules/Registry.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

using namespace saliency;
using testing::HasSubstr;

namespace {

/// Of samples x 1 x 4 x 4 numbers, two classes and a batch norm.
CompileRequest requestFor(const std::string &methods) {
  CompileRequest request;
  request.model = NETWORK;
  request.methods = methods;
  return request;
}

struct Compiled {
  std::unique_ptr<LoadedExplainer> explainer;
  std::string error;
  int exitCode = 0;

  explicit Compiled(const CompileRequest &request) {
    explainer = compileModel(request, error, exitCode);
  }
};

class CompileModel : public testing::Test {
protected:
  void SetUp() override {
    for (const char *name : {"gradient", "lrp-zplus", "rsp"})
      if (!rules::findMethod(name))
        GTEST_SKIP() << "this build has no method " << name;
  }
};

TEST_F(CompileModel, GivesAnExplainerOfThisProcess) {
  CompileRequest request = requestFor("gradient,lrp-zplus");
  request.target = 1;
  request.statistics = true;
  Compiled compiled(request);
  ASSERT_TRUE(compiled.explainer) << compiled.error;
  const saliency_interface &interface = *compiled.explainer->explainer.interface();
  EXPECT_EQ(interface.classes, 2);
  EXPECT_EQ(interface.fixed_target, 1);
  EXPECT_EQ(interface.map_count, 2);
  EXPECT_STREQ(interface.maps[1].method, "lrp-zplus");
  EXPECT_EQ(compiled.explainer->explainer.abiVersion(), SALIENCY_ABI_VERSION);
  EXPECT_THAT(compiled.explainer->report, HasSubstr("fold-batch-norm: batch norms folded = 1\n"));
}

TEST_F(CompileModel, LeavesTheValuesOfCallsToTheCalls) {
  CompileRequest request = requestFor("rsp");
  request.parameters = {{"classes", "0,1"}, {"seed", "hostile"}};
  Compiled compiled(request);
  ASSERT_TRUE(compiled.explainer) << compiled.error;
  EXPECT_STREQ(compiled.explainer->explainer.interface()->tensors[0].name, "classes");
  request.parameters[0].first = "clases";
  Compiled misspelt(request);
  EXPECT_FALSE(misspelt.explainer);
  EXPECT_THAT(misspelt.error, HasSubstr("found 'clases'"));
}

TEST_F(CompileModel, SaysWhatIsWrongAndWhoseFaultItIs) {
  auto expect = [](const CompileRequest &request, int exitCode, const std::string &words) {
    Compiled compiled(request);
    EXPECT_FALSE(compiled.explainer);
    EXPECT_EQ(compiled.exitCode, exitCode);
    EXPECT_THAT(compiled.error, HasSubstr(words));
  };
  expect(requestFor(""), 1, "a method is one of forward, gradient, ");
  expect(requestFor("gradiant"), 1, "found 'gradiant' (did you mean 'gradient'?)");
  CompileRequest request = requestFor("gradient");
  request.anchors = {2};
  expect(request, 1, "--anchors are of maps of class scores");
  request = requestFor("gradient");
  request.batch = 3;
  expect(request, 1, "--batch is the model's own batch, 1, where that is not symbolic; found 3");
  request = requestFor("gradient");
  request.conditions = {{"absent", {0}}};
  expect(request, 1, "a condition is on the name of a value between input and output");
  request = requestFor("gradient");
  request.triple = "riscv64-linux-gnu";
  expect(request, 1, "an explainer that runs here is compiled for '");
  request.triple = "nonsense";
  expect(request, 1, "machine '");
  request = requestFor("rsp");
  request.model = FLAT_NETWORK;
  expect(request, 2, "method 'rsp' starts at a map with spatial axes");
}

} // namespace
