// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Gemm-7, 9, 11, 13 and MatMul-1, 9, 13. A product with a constant matrix on the right is a dense
// layer; its weights are stored outputs x inputs, with alpha, beta and transpositions folded in.
// Other products stay products of two operands.
#include "dialect/import/ConstantFolding.h"
#include "dialect/import/ops/Handlers.h"

using namespace mlir;

namespace saliency {

static ArrayRef<int64_t> shapeOf(Value value) {
  return cast<RankedTensorType>(value.getType()).getShape();
}

static FailureOr<HostTensor> transposed(Node &node, const HostTensor &matrix) {
  ArrayRef<int64_t> shape = matrix.getShape();
  return stridedCopy(node, matrix, {shape[1], shape[0]}, 0, {1, shape[1]});
}

static FailureOr<HostTensor> scaled(Node &node, const HostTensor &x, float factor) {
  if (factor == 1.0f)
    return x;
  if (x.isSplat()) {
    float value = factor * x.at<float>(0);
    return HostTensor::splat(ElementType::F32, x.getShape(), &value);
  }
  FailureOr<HostTensor> result = node.allocate(ElementType::F32, x.getShape());
  if (succeeded(result))
    for (int64_t i = 0, count = x.size(); i != count; ++i)
      result->data<float>()[i] = factor * x.at<float>(i);
  return result;
}

/// x · factor, as an op where the factor is not 1.
static FailureOr<Value> buildScaled(Node &node, Value x, float factor) {
  if (factor == 1.0f)
    return x;
  return node.build<MulOp>(
      {x, node.buildConstant(HostTensor::splat(ElementType::F32, {}, &factor), "factor")});
}

static FailureOr<Value> buildTransposed(Node &node, Value matrix) {
  return node.build<TransposeOp>({matrix}, {node.attr("permutation", {1, 0})});
}

namespace {
struct GemmParameters {
  float alpha = 1, beta = 1;
  bool transA = false, transB = false;
};
} // namespace

/// The bias of a dense layer with `outputs` outputs: a constant C of one row, repeated and scaled.
/// None where C is absent, computed, or differs between rows.
static FailureOr<std::optional<HostTensor>> rowBias(Node &node, int64_t outputs, float beta) {
  if (!node.hasInput(2) || !node.getInput(2)->isConstant())
    return std::optional<HostTensor>();
  FailureOr<HostTensor> c = node.getFloatConstant(2, "the bias");
  if (failed(c))
    return failure();
  ArrayRef<int64_t> shape = c->getShape();
  bool oneRow = shape.size() <= 1 || (shape.size() == 2 && shape[0] == 1);
  if (!oneRow || (!shape.empty() && shape.back() != outputs && shape.back() != 1))
    return std::optional<HostTensor>();
  FailureOr<HostTensor> row =
      c->reshaped(shape.empty() ? ArrayRef<int64_t>{1} : shape.take_back(1));
  if (failed(row = broadcastTo(node, *row, {outputs})) || failed(row = scaled(node, *row, beta)))
    return failure();
  return std::optional<HostTensor>(*row);
}

/// Adds beta · C to the product where it is no row bias.
static LogicalResult addMatrix(Node &node, Value product, float beta) {
  FailureOr<Value> c = node.getValue(2);
  if (failed(c) || failed(c = buildScaled(node, *c, beta)))
    return failure();
  FailureOr<Value> sum = node.build<AddOp>({product, *c});
  if (failed(sum))
    return failure();
  if (shapeOf(*sum) != shapeOf(product))
    return node.badInput() << "C broadcasts to the product's extents " << listText(shapeOf(product))
                           << ", found " << listText(shapeOf(*c));
  return node.setResult(0, *sum);
}

/// A' B' + C with constant B.
static LogicalResult importDense(Node &node, Value x, const GemmParameters &gemm) {
  FailureOr<HostTensor> weight = node.getFloatConstant(1, "a dense layer's weights");
  if (failed(weight) || (!gemm.transB && failed(weight = transposed(node, *weight))) ||
      failed(weight = scaled(node, *weight, gemm.alpha)))
    return failure();
  FailureOr<std::optional<HostTensor>> bias = rowBias(node, weight->getShape()[0], gemm.beta);
  if (failed(bias))
    return failure();

  SmallVector<Value> operands{x};
  if (gemm.transB && gemm.alpha == 1.0f) {
    FailureOr<Value> value = node.getValue(1); // the initializer itself
    if (failed(value))
      return failure();
    operands.push_back(*value);
  } else {
    operands.push_back(node.buildConstant(*weight, node.getInputName(1)));
  }
  if (*bias) {
    bool untouched = gemm.beta == 1.0f && node.getInput(2)->getShape() == (*bias)->getShape();
    FailureOr<Value> value =
        untouched ? node.getValue(2) : node.buildConstant(**bias, node.getInputName(2));
    if (failed(value))
      return failure();
    operands.push_back(*value);
  }
  FailureOr<Value> product = node.build<GemmOp>(operands);
  if (failed(product))
    return failure();
  return node.hasInput(2) && !*bias ? addMatrix(node, *product, gemm.beta)
                                    : node.setResult(0, *product);
}

LogicalResult importGemm(Node &node) {
  GemmParameters gemm;
  if (failed(node.read("alpha", gemm.alpha)) || failed(node.read("beta", gemm.beta)) ||
      failed(node.read("transA", gemm.transA)) || failed(node.read("transB", gemm.transB)))
    return failure();
  for (size_t i : {0, 1}) {
    Operand *operand = node.getInput(i);
    if (!operand)
      return failure();
    if (operand->getShape().size() != 2)
      return node.badInput() << "the factors are matrices, found extents "
                             << listText(operand->getShape());
  }
  FailureOr<Value> a = node.getValue(0);
  if (failed(a) || (gemm.transA && failed(a = buildTransposed(node, *a))))
    return failure();
  if (node.getInput(1)->isConstant())
    return importDense(node, *a, gemm);

  FailureOr<Value> b = node.getValue(1);
  if (failed(b) || (gemm.transB && failed(b = buildTransposed(node, *b))))
    return failure();
  FailureOr<Value> product = node.build<MatMulOp>({*a, *b});
  if (failed(product) || failed(product = buildScaled(node, *product, gemm.alpha)))
    return failure();
  return node.hasInput(2) ? addMatrix(node, *product, gemm.beta) : node.setResult(0, *product);
}

/// Input `i` with an axis of extent 1 at `at` where it is a vector.
static FailureOr<Value> asMatrix(Node &node, size_t i, size_t at) {
  FailureOr<Value> value = node.getValue(i);
  if (failed(value))
    return failure();
  SmallVector<int64_t> shape(shapeOf(*value));
  if (shape.empty())
    return node.badInput() << "the factors have at least one axis, found a scalar";
  if (shape.size() > 1)
    return value;
  shape.insert(shape.begin() + at, 1);
  return node.build<ReshapeOp>({*value}, {node.attr("shape", shape)});
}

LogicalResult importMatMul(Node &node) {
  Operand *left = node.getInput(0), *right = node.getInput(1);
  if (!left || !right)
    return failure();
  size_t leftRank = left->getShape().size(), rightRank = right->getShape().size();
  if (leftRank >= 2 && rightRank == 2 && right->isConstant() && !left->isConstant()) {
    FailureOr<Value> x = node.getValue(0);
    return failed(x) ? failure() : importDense(node, *x, GemmParameters());
  }
  FailureOr<Value> a = asMatrix(node, 0, 0), b = failure();
  if (failed(a) || failed(b = asMatrix(node, 1, 1)))
    return failure();
  FailureOr<Value> product = node.build<MatMulOp>({*a, *b});
  if (failed(product))
    return failure();
  SmallVector<int64_t> shape(shapeOf(*product));
  if (rightRank == 1)
    shape.pop_back();
  if (leftRank == 1)
    shape.erase(shape.end() - (rightRank == 1 ? 1 : 2));
  if (ArrayRef<int64_t>(shape) == shapeOf(*product))
    return node.setResult(0, *product);
  return node.replaceWith<ReshapeOp>({*product}, {node.attr("shape", shape)});
}

} // namespace saliency
