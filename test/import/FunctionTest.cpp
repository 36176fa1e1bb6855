// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Every ONNX operator that a row of dialect/ops/Activation.td names: a node without attributes and
// one that gives all of them, at each version.
#include "test/import/Expect.h"

using namespace saliency;
using namespace saliency::test;

namespace {

constexpr int kOldest = 7; ///< opset that is read

struct Form {
  const FunctionRow *row;
  const OnnxForm *form;
};
std::ostream &operator<<(std::ostream &out, const Form &test) { return out << test.form->name; }

template <typename OpT> void addForms(std::vector<Form> &forms) {
  if constexpr (requires { OpT::kRow; })
    for (const OnnxForm &form : llvm::ArrayRef(OpT::kRow.onnx, OpT::kRow.countForms()))
      forms.push_back({&OpT::kRow, &form});
}
template <typename... Ops> std::vector<Form> formsOf() {
  std::vector<Form> forms;
  (addForms<Ops>(forms), ...);
  return forms;
}

const std::vector<Form> kForms = formsOf<
#define GET_OP_LIST
#include "dialect/SaliencyOps.cpp.inc"
    >();

/// The forms that appeared after the oldest opset that is read.
std::vector<Form> youngForms() {
  std::vector<Form> forms = kForms;
  std::erase_if(forms, [](const Form &test) { return test.form->since[0] <= kOldest; });
  return forms;
}

class FunctionTest : public testing::TestWithParam<Form> {};
class YoungFunctionTest : public testing::TestWithParam<Form> {};

/// The parameters of the op that a node became; `given`: what attribute number i of the node says,
/// or nothing where it has none.
void expectParameters(const Form &test, int opset,
                      llvm::function_ref<std::optional<float>(size_t)> given) {
  const auto &[row, form] = test;
  TestModel model({1, 4}, opset);
  TestNode node = model.node(form->name, {"x"});
  std::vector<std::pair<std::string, float>> expected;
  for (size_t i = 0; i != std::size(form->numbers) && form->numbers[i].parameter; ++i) {
    const OnnxNumber &number = form->numbers[i];
    std::optional<float> value = *number.attribute ? given(i) : std::nullopt;
    if (value)
      node.f(number.attribute, *value);
    expected.emplace_back(number.parameter, value.value_or(number.standard));
  }
  Imported imported = importOk(model);
  ASSERT_EQ(imported.ops(), row->mnemonic);
  imported.module.get()->walk([&](FormulaOpInterface op) {
    size_t count = 0;
    for (const FunctionParameter &parameter : row->parameters)
      count += parameter.name != nullptr;
    EXPECT_EQ(count, expected.size()) << "a form gives all parameters of its op";
    for (const auto &[name, value] : expected) {
      auto found = op->getAttrOfType<mlir::FloatAttr>(name);
      ASSERT_TRUE(found) << name;
      EXPECT_EQ(found.getValue().convertToFloat(), value) << name;
    }
  });
}

TEST_P(FunctionTest, isRead) {
  for (int version : llvm::ArrayRef(GetParam().form->since, GetParam().form->countVersions())) {
    int opset = std::max(version, kOldest);
    expectParameters(GetParam(), opset, [](size_t) { return std::nullopt; });
    expectParameters(GetParam(), opset, [](size_t i) { return 0.75f + 0.5f * float(i); });
  }
}

TEST_P(YoungFunctionTest, isUnknownBefore) {
  int first = GetParam().form->since[0];
  TestModel model({1, 4}, first - 1);
  model.node(GetParam().form->name, {"x"});
  expectError(importModel(model), ImportStatus::BadInput,
              "this operator exists since opset " + std::to_string(first));
}

std::string nameOf(const testing::TestParamInfo<Form> &info) { return info.param.form->name; }
INSTANTIATE_TEST_SUITE_P(, FunctionTest, testing::ValuesIn(kForms), nameOf);
INSTANTIATE_TEST_SUITE_P(, YoungFunctionTest, testing::ValuesIn(youngForms()), nameOf);

} // namespace
