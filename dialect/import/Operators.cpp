// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "dialect/import/Operators.h"

#include "llvm/ADT/STLExtras.h"
#include <climits>

namespace saliency {

/// A version list with static storage.
template <int... Versions> struct Since {
  static constexpr int list[] = {Versions...};
};
template <int... Versions> static constexpr llvm::ArrayRef<int> since = Since<Versions...>::list;

static constexpr int kAny = INT_MAX;

static const Operator operators[] = {
    {"Abs", since<6, 13>, 1, 1, 1, importAbs},
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
    {"Elu", since<6, 22>, 1, 1, 1, importElu},
    {"Equal", since<7, 11, 13, 19>, 2, 2, 1, foldEqual},
    {"Erf", since<9, 13>, 1, 1, 1, importErf},
    {"Exp", since<6, 13>, 1, 1, 1, importExp},
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
    {"HardSigmoid", since<6, 22>, 1, 1, 1, importHardSigmoid},
    {"HardSwish", since<14, 22>, 1, 1, 1, importHardSwish},
    {"Identity", since<1, 13, 14, 16, 19, 21>, 1, 1, 1, importIdentity},
    {"LRN", since<1, 13>, 1, 1, 1, importLRN},
    {"LayerNormalization", since<17>, 2, 3, 3, importLayerNormalization},
    {"LeakyRelu", since<6, 16>, 1, 1, 1, importLeakyRelu},
    {"Less", since<7, 9, 13>, 2, 2, 1, foldLess},
    {"LessOrEqual", since<12, 16>, 2, 2, 1, foldLessOrEqual},
    {"Log", since<6, 13>, 1, 1, 1, importLog},
    {"MatMul", since<1, 9, 13>, 2, 2, 1, importMatMul},
    {"Max", since<6, 8, 12, 13>, 1, kAny, 1, foldMax},
    {"MaxPool", since<1, 8, 10, 11, 12, 22>, 1, 1, 2, importMaxPool},
    {"Min", since<6, 8, 12, 13>, 1, kAny, 1, foldMin},
    {"Mish", since<18, 22>, 1, 1, 1, importMish},
    {"Mod", since<10, 13>, 2, 2, 1, foldMod},
    {"Mul", since<7, 13, 14>, 2, 2, 1, importMul},
    {"Neg", since<6, 13>, 1, 1, 1, importNeg},
    {"Not", since<1>, 1, 1, 1, foldNot},
    {"Or", since<7>, 2, 2, 1, foldOr},
    {"PRelu", since<7, 9, 16>, 2, 2, 1, importPRelu},
    {"Pad", since<2, 11, 13, 18, 19, 21>, 1, 4, 1, importPad},
    {"Pow", since<7, 12, 13, 15>, 2, 2, 1, importPow},
    {"Range", since<11>, 3, 3, 1, foldRange},
    {"Reciprocal", since<6, 13>, 1, 1, 1, importReciprocal},
    {"ReduceMax", since<1, 11, 12, 13, 18, 20>, 1, 2, 1, importReduceMax},
    {"ReduceMean", since<1, 11, 13, 18>, 1, 2, 1, importReduceMean},
    {"ReduceMin", since<1, 11, 12, 13, 18, 20>, 1, 2, 1, foldReduceMin},
    {"ReduceProd", since<1, 11, 13, 18>, 1, 2, 1, foldReduceProd},
    {"ReduceSum", since<1, 11, 13>, 1, 2, 1, importReduceSum},
    {"Relu", since<6, 13, 14>, 1, 1, 1, importRelu},
    {"Reshape", since<5, 13, 14, 19, 21>, 2, 2, 1, importReshape},
    {"Resize", since<10, 11, 13, 18, 19>, 1, 4, 1, importResize},
    {"Selu", since<6, 22>, 1, 1, 1, importSelu},
    {"Shape", since<1, 13, 15, 19, 21>, 1, 1, 1, foldShape},
    {"Sigmoid", since<6, 13>, 1, 1, 1, importSigmoid},
    {"Size", since<1, 13, 19, 21>, 1, 1, 1, foldSize},
    {"Slice", since<1, 10, 11, 13>, 1, 5, 1, importSlice},
    {"Softmax", since<1, 11, 13>, 1, 1, 1, importSoftmax},
    {"Softplus", since<1, 22>, 1, 1, 1, importSoftplus},
    {"Softsign", since<1, 22>, 1, 1, 1, importSoftsign},
    {"Split", since<2, 11, 13, 18>, 1, 2, kAny, importSplit},
    {"Sqrt", since<6, 13>, 1, 1, 1, importSqrt},
    {"Squeeze", since<1, 11, 13, 21>, 1, 2, 1, importSqueeze},
    {"Sub", since<7, 13, 14>, 2, 2, 1, importSub},
    {"Sum", since<6, 8, 13>, 1, kAny, 1, importSum},
    {"Tanh", since<6, 13>, 1, 1, 1, importTanh},
    {"Tile", since<6, 13>, 2, 2, 1, foldTile},
    {"Transpose", since<1, 13, 21>, 1, 1, 1, importTranspose},
    {"Unsqueeze", since<1, 11, 13, 21>, 1, 2, 1, importUnsqueeze},
    {"Upsample", since<7, 9, 10>, 1, 2, 1, importUpsample},
    {"Where", since<9, 16>, 3, 3, 1, foldWhere},
};

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
  return found != std::end(operators) && found->name == name ? found : nullptr;
}

} // namespace saliency
