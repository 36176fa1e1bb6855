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
    {"Cast", since<6, 9, 13, 19, 21, 23, 24, 25, 28>, 1, 1, 1, importCast},
    {"Clip", since<6, 11, 12, 13>, 1, 3, 1, importClip},
    {"Concat", since<4, 11, 13>, 1, kAny, 1, importConcat},
    {"Constant", since<1, 9, 11, 12, 13, 19, 21, 23, 24, 25>, 0, 0, 1, foldConstant},
    {"ConstantOfShape", since<9, 20, 21, 23, 24, 25>, 1, 1, 1, foldConstantOfShape},
    {"Conv", since<1, 11, 22>, 2, 3, 1, importConv},
    {"ConvTranspose", since<1, 11, 22>, 2, 3, 1, importConvTranspose},
    {"CumSum", since<11, 14>, 2, 2, 1, importCumSum},
    {"DepthToSpace", since<1, 11, 13, 28>, 1, 1, 1, importDepthToSpace},
    {"Div", since<7, 13, 14>, 2, 2, 1, importDiv},
    {"Dropout", since<7, 10, 12, 13, 22>, 1, 3, 2, importDropout},
    {"Einsum", since<12, 28>, 1, kAny, 1, importEinsum},
    {"Equal", since<7, 11, 13, 19>, 2, 2, 1, foldEqual},
    {"Expand", since<8, 13>, 2, 2, 1, importExpand},
    {"Flatten", since<1, 9, 11, 13, 21, 23, 24, 25>, 1, 1, 1, importFlatten},
    {"Gather", since<1, 11, 13>, 2, 2, 1, importGather},
    {"Gelu", since<20>, 1, 1, 1, importGelu},
    {"Gemm", since<7, 9, 11, 13>, 2, 3, 1, importGemm},
    {"GlobalAveragePool", since<1, 22>, 1, 1, 1, importGlobalAveragePool},
    {"GlobalLpPool", since<1, 2, 22>, 1, 1, 1, importGlobalLpPool},
    {"GlobalMaxPool", since<1, 22>, 1, 1, 1, importGlobalMaxPool},
    {"Greater", since<7, 9, 13>, 2, 2, 1, foldGreater},
    {"GreaterOrEqual", since<12, 16>, 2, 2, 1, foldGreaterOrEqual},
    {"GroupNormalization", since<18, 21>, 3, 3, 1, importGroupNormalization},
    {"Identity", since<1, 13, 14, 16, 19, 21, 23, 24, 25>, 1, 1, 1, importIdentity},
    {"If", since<1, 11, 13, 16, 19, 21, 23, 24, 25>, 1, 1, kAny, importIf},
    {"InstanceNormalization", since<1, 6, 22>, 3, 3, 1, importInstanceNormalization},
    {"LRN", since<1, 13>, 1, 1, 1, importLRN},
    {"LayerNormalization", since<17>, 2, 3, 3, importLayerNormalization},
    {"Less", since<7, 9, 13>, 2, 2, 1, foldLess},
    {"LessOrEqual", since<12, 16>, 2, 2, 1, foldLessOrEqual},
    {"LpNormalization", since<1, 22>, 1, 1, 1, importLpNormalization},
    {"LpPool", since<1, 2, 11, 18, 22>, 1, 1, 1, importLpPool},
    {"MatMul", since<1, 9, 13>, 2, 2, 1, importMatMul},
    {"Max", since<6, 8, 12, 13>, 1, kAny, 1, importMax},
    {"MaxPool", since<1, 8, 10, 11, 12, 22>, 1, 1, 2, importMaxPool},
    {"MeanVarianceNormalization", since<9, 13>, 1, 1, 1, importMeanVarianceNormalization},
    {"Min", since<6, 8, 12, 13>, 1, kAny, 1, importMin},
    {"Mod", since<10, 13, 28>, 2, 2, 1, foldMod},
    {"Mul", since<7, 13, 14>, 2, 2, 1, importMul},
    {"Not", since<1>, 1, 1, 1, foldNot},
    {"Or", since<7>, 2, 2, 1, foldOr},
    {"PRelu", since<7, 9, 16>, 2, 2, 1, importPRelu},
    {"Pad", since<2, 11, 13, 18, 19, 21, 23, 24, 25>, 1, 4, 1, importPad},
    {"Pow", since<7, 12, 13, 15>, 2, 2, 1, importPow},
    {"RMSNormalization", since<23>, 2, 2, 1, importRMSNormalization},
    {"Range", since<11, 27>, 3, 3, 1, foldRange},
    {"ReduceL1", since<1, 11, 13, 18>, 1, 2, 1, importReduceL1},
    {"ReduceL2", since<1, 11, 13, 18>, 1, 2, 1, importReduceL2},
    {"ReduceLogSum", since<1, 11, 13, 18, 28>, 1, 2, 1, importReduceLogSum},
    {"ReduceLogSumExp", since<1, 11, 13, 18, 28>, 1, 2, 1, importReduceLogSumExp},
    {"ReduceMax", since<1, 11, 12, 13, 18, 20>, 1, 2, 1, importReduceMax},
    {"ReduceMean", since<1, 11, 13, 18>, 1, 2, 1, importReduceMean},
    {"ReduceMin", since<1, 11, 12, 13, 18, 20>, 1, 2, 1, importReduceMin},
    {"ReduceProd", since<1, 11, 13, 18>, 1, 2, 1, importReduceProd},
    {"ReduceSum", since<1, 11, 13>, 1, 2, 1, importReduceSum},
    {"ReduceSumSquare", since<1, 11, 13, 18>, 1, 2, 1, importReduceSumSquare},
    {"Reshape", since<5, 13, 14, 19, 21, 23, 24, 25>, 2, 2, 1, importReshape},
    {"Resize", since<10, 11, 13, 18, 19>, 1, 4, 1, importResize},
    {"ScatterElements", since<11, 13, 16, 18>, 3, 3, 1, importScatterElements},
    {"ScatterND", since<11, 13, 16, 18>, 3, 3, 1, importScatterND},
    {"Shape", since<1, 13, 15, 19, 21, 23, 24, 25>, 1, 1, 1, foldShape},
    {"Size", since<1, 13, 19, 21, 23, 24, 25>, 1, 1, 1, foldSize},
    {"Slice", since<1, 10, 11, 13>, 1, 5, 1, importSlice},
    {"Softmax", since<1, 11, 13>, 1, 1, 1, importSoftmax},
    {"SpaceToDepth", since<1, 13, 28>, 1, 1, 1, importSpaceToDepth},
    {"Split", since<2, 11, 13, 18>, 1, 2, kAny, importSplit},
    {"Squeeze", since<1, 11, 13, 21, 23, 24, 25>, 1, 2, 1, importSqueeze},
    {"Sub", since<7, 13, 14>, 2, 2, 1, importSub},
    {"Sum", since<6, 8, 13>, 1, kAny, 1, importSum},
    {"Swish", since<24>, 1, 1, 1, importSwish},
    {"Tile", since<6, 13>, 2, 2, 1, importTile},
    {"Transpose", since<1, 13, 21, 23, 24, 25>, 1, 1, 1, importTranspose},
    {"Trilu", since<14>, 1, 2, 1, importTrilu},
    {"Unsqueeze", since<1, 11, 13, 21, 23, 24, 25>, 1, 2, 1, importUnsqueeze},
    {"Upsample", since<7, 9, 10>, 1, 2, 1, importUpsample},
    {"Where", since<9, 16>, 3, 3, 1, importWhere},
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
