// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "dialect/import/Operators.h"

#include "llvm/ADT/STLExtras.h"

#include <algorithm>
#include <array>
#include <climits>
#include <string_view>
#include <utility>

namespace saliency {

/// A version list with static storage.
template <int... Versions> struct Since {
  static constexpr int list[] = {Versions...};
};
template <int... Versions> static constexpr llvm::ArrayRef<int> since = Since<Versions...>::list;

static constexpr int kAny = INT_MAX;

static constexpr bool isBefore(const Operator &a, const Operator &b) {
  return std::string_view(a.name.data(), a.name.size()) <
         std::string_view(b.name.data(), b.name.size());
}

/// All operators but those of the rows of Activation.td.
static constexpr Operator written[] = {
    {"Add", since<7, 13, 14>, 2, 2, 1, importAdd},
    {"And", since<7>, 2, 2, 1, foldAnd},
    {"AveragePool", since<7, 10, 11, 19, 22>, 1, 1, 1, importAveragePool},
    {"BatchNormalization", since<7, 9, 14, 15>, 5, 5, 5, importBatchNormalization},
    {"Cast", since<6, 9, 13, 19, 21>, 1, 1, 1, importCast},
    {"Ceil", since<6, 13>, 1, 1, 1, foldCeil},
    {"Clip", since<6, 11, 12, 13>, 1, 3, 1, importClip},
    {"Concat", since<4, 11, 13>, 1, kAny, 1, importConcat},
    {"Constant", since<1, 9, 11, 12, 13, 19, 21>, 0, 0, 1, foldConstant},
    {"ConstantOfShape", since<9, 20, 21>, 1, 1, 1, foldConstantOfShape},
    {"Conv", since<1, 11, 22>, 2, 3, 1, importConv},
    {"Div", since<7, 13, 14>, 2, 2, 1, importDiv},
    {"Dropout", since<7, 10, 12, 13, 22>, 1, 3, 2, importDropout},
    {"Equal", since<7, 11, 13, 19>, 2, 2, 1, foldEqual},
    {"Expand", since<8, 13>, 2, 2, 1, foldExpand},
    {"Flatten", since<1, 9, 11, 13, 21>, 1, 1, 1, importFlatten},
    {"Floor", since<6, 13>, 1, 1, 1, foldFloor},
    {"Gather", since<1, 11, 13>, 2, 2, 1, importGather},
    {"Gelu", since<20>, 1, 1, 1, importGelu},
    {"Gemm", since<7, 9, 11, 13>, 2, 3, 1, importGemm},
    {"GlobalAveragePool", since<1, 22>, 1, 1, 1, importGlobalAveragePool},
    {"GlobalMaxPool", since<1, 22>, 1, 1, 1, importGlobalMaxPool},
    {"Greater", since<7, 9, 13>, 2, 2, 1, foldGreater},
    {"GreaterOrEqual", since<12, 16>, 2, 2, 1, foldGreaterOrEqual},
    {"Identity", since<1, 13, 14, 16, 19, 21>, 1, 1, 1, importIdentity},
    {"If", since<1, 11, 13, 16, 19, 21, 23, 24, 25>, 1, 1, kAny, importIf},
    {"LRN", since<1, 13>, 1, 1, 1, importLRN},
    {"LayerNormalization", since<17>, 2, 3, 3, importLayerNormalization},
    {"Less", since<7, 9, 13>, 2, 2, 1, foldLess},
    {"LessOrEqual", since<12, 16>, 2, 2, 1, foldLessOrEqual},
    {"MatMul", since<1, 9, 13>, 2, 2, 1, importMatMul},
    {"Max", since<6, 8, 12, 13>, 1, kAny, 1, foldMax},
    {"MaxPool", since<1, 8, 10, 11, 12, 22>, 1, 1, 2, importMaxPool},
    {"Min", since<6, 8, 12, 13>, 1, kAny, 1, foldMin},
    {"Mod", since<10, 13>, 2, 2, 1, foldMod},
    {"Mul", since<7, 13, 14>, 2, 2, 1, importMul},
    {"Not", since<1>, 1, 1, 1, foldNot},
    {"Or", since<7>, 2, 2, 1, foldOr},
    {"PRelu", since<7, 9, 16>, 2, 2, 1, importPRelu},
    {"Pad", since<2, 11, 13, 18, 19, 21>, 1, 4, 1, importPad},
    {"Pow", since<7, 12, 13, 15>, 2, 2, 1, importPow},
    {"Range", since<11>, 3, 3, 1, foldRange},
    {"ReduceMax", since<1, 11, 12, 13, 18, 20>, 1, 2, 1, importReduceMax},
    {"ReduceMean", since<1, 11, 13, 18>, 1, 2, 1, importReduceMean},
    {"ReduceMin", since<1, 11, 12, 13, 18, 20>, 1, 2, 1, foldReduceMin},
    {"ReduceProd", since<1, 11, 13, 18>, 1, 2, 1, foldReduceProd},
    {"ReduceSum", since<1, 11, 13>, 1, 2, 1, importReduceSum},
    {"Reshape", since<5, 13, 14, 19, 21>, 2, 2, 1, importReshape},
    {"Resize", since<10, 11, 13, 18, 19>, 1, 4, 1, importResize},
    {"Shape", since<1, 13, 15, 19, 21>, 1, 1, 1, foldShape},
    {"Size", since<1, 13, 19, 21>, 1, 1, 1, foldSize},
    {"Slice", since<1, 10, 11, 13>, 1, 5, 1, importSlice},
    {"Softmax", since<1, 11, 13>, 1, 1, 1, importSoftmax},
    {"Split", since<2, 11, 13, 18>, 1, 2, kAny, importSplit},
    {"Squeeze", since<1, 11, 13, 21>, 1, 2, 1, importSqueeze},
    {"Sub", since<7, 13, 14>, 2, 2, 1, importSub},
    {"Sum", since<6, 8, 13>, 1, kAny, 1, importSum},
    {"Tile", since<6, 13>, 2, 2, 1, foldTile},
    {"Transpose", since<1, 13, 21>, 1, 1, 1, importTranspose},
    {"Unsqueeze", since<1, 11, 13, 21>, 1, 2, 1, importUnsqueeze},
    {"Upsample", since<7, 9, 10>, 1, 2, 1, importUpsample},
    {"Where", since<9, 16>, 3, 3, 1, foldWhere},
};

/// One operator for each ONNX form of the row of OpT, if it has a row.
template <typename OpT> static constexpr size_t countForms() {
  if constexpr (requires { OpT::kRow; })
    return OpT::kRow.countForms();
  else
    return 0;
}
template <typename OpT, size_t i> static constexpr Operator formOf() {
  const OnnxForm &form = OpT::kRow.onnx[i];
  return {form.name,         llvm::ArrayRef<int>(form.since, form.countVersions()), 1, 1, 1,
          importForm<OpT, i>};
}
template <typename OpT, size_t... i>
static constexpr void addForms(Operator *&to, std::index_sequence<i...>) {
  ((*to++ = formOf<OpT, i>()), ...);
}

/// The written operators and those of all rows, sorted by name.
template <typename... Ops> static constexpr auto allOperators() {
  std::array<Operator, std::size(written) + (countForms<Ops>() + ...)> all{};
  Operator *to = std::copy(std::begin(written), std::end(written), all.data());
  (addForms<Ops>(to, std::make_index_sequence<countForms<Ops>()>()), ...);
  std::sort(all.begin(), all.end(), isBefore);
  return all;
}

static constexpr auto operators = allOperators<
#define GET_OP_LIST
#include "dialect/SaliencyOps.cpp.inc"
    >();

static constexpr bool namesDiffer() {
  for (size_t i = 1; i < operators.size(); ++i)
    if (!isBefore(operators[i - 1], operators[i]))
      return false;
  return true;
}
static_assert(std::is_sorted(std::begin(written), std::end(written), isBefore),
              "operators are written in the order of their names, capitals first");
static_assert(namesDiffer(), "an ONNX operator is in the table or in one row of Activation.td");

int64_t Operator::versionFor(int64_t opset) const {
  int64_t selected = 0;
  for (int version : versions)
    if (version <= opset)
      selected = version;
  return selected;
}

llvm::ArrayRef<Operator> getOperators() { return operators; }

const Operator *findOperator(llvm::StringRef name) {
  const Operator *found = llvm::lower_bound(
      operators, name, [](const Operator &op, llvm::StringRef wanted) { return op.name < wanted; });
  return found != operators.end() && found->name == name ? found : nullptr;
}

} // namespace saliency
