// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A first principal component: the Gram matrix on the
// shorter side, squared until one eigenvector is left.
#include "passes/attribution/emission/Emitters.h"

#include "dialect/ops/Builders.h"
#include "mlir/Dialect/Math/IR/Math.h"

using namespace mlir;
using namespace saliency;
using rules::Node;

/// The power is 2^14: a second component of 99.8 % of the first one's variance is gone.
static constexpr unsigned kSquarings = 14;

FailureOr<Term> saliency::emitPrincipal(Scope &s, const Node &node) {
  FailureOr<Term> value = s.term(node.a);
  if (failed(value))
    return failure();
  if (value->isNumber() || shapeOf(value->value).size() < 3)
    return s.error("a principal component needs a map with channels and positions");
  OpBuilder &b = s.builder();
  Location loc = s.loc();
  SmallVector<int64_t> shape(shapeOf(value->value));
  int64_t samples = shape[0], channels = shape[1],
          positions = ShapedType::getNumElements(ArrayRef(shape).drop_front(2));
  auto reduce = [&](Value x, Reduction kind, ArrayRef<int64_t> axes) -> Value {
    return ReduceOp::create(b, loc, x, ReductionAttr::get(b.getContext(), kind),
                            b.getDenseI64ArrayAttr(axes));
  };
  auto spread = [&](Value x, Value like) { return buildBroadcast(b, loc, x, shapeOf(like)); };
  auto divide = [&](Value x, Value y) -> Value {
    return DivideOp::create(b, loc, x, spread(y, x),
                            DivisionAttr::get(b.getContext(), Division::ZeroSafe),
                            b.getF32FloatAttr(0));
  };
  auto turn = [&](Value x) -> Value {
    return TransposeOp::create(b, loc, x, b.getDenseI64ArrayAttr({0, 2, 1}));
  };

  Value matrix = ReshapeOp::create(b, loc, value->value,
                                   b.getDenseI64ArrayAttr({samples, channels, positions}));
  matrix =
      arith::SubFOp::create(b, loc, matrix, spread(reduce(matrix, Reduction::Mean, {2}), matrix));
  Value turned = turn(matrix);
  bool byPosition = positions <= channels;
  int64_t side = std::min(positions, channels);
  Value gram = byPosition ? MatMulOp::create(b, loc, turned, matrix)
                          : MatMulOp::create(b, loc, matrix, turned);
  for (unsigned i = 0; i < kSquarings; ++i) {
    gram = divide(gram, reduce(gram, Reduction::Max,
                               {1, 2})); // the largest entry of such a matrix is on its diagonal
    gram = MatMulOp::create(b, loc, gram, gram);
  }
  // What is left has one direction in all columns; the column of the largest diagonal entry is the
  // longest.
  SmallVector<float> identity(side * side, 0.0f);
  for (int64_t i = 0; i != side; ++i)
    identity[i * (side + 1)] = 1;
  auto diagonal =
      DenseElementsAttr::get(f32Tensor(b.getContext(), {1, side, side}), ArrayRef<float>(identity));
  Value masked =
      arith::MulFOp::create(b, loc, gram, spread(ConstantOp::create(b, loc, diagonal), gram));
  Value longest = ReshapeOp::create(b, loc, reduce(masked, Reduction::Sum, {2}),
                                    b.getDenseI64ArrayAttr({samples, side}));
  Value column =
      OneHotOp::create(b, loc, ArgMaxOp::create(b, loc, longest), b.getI64IntegerAttr(side));
  column = ReshapeOp::create(b, loc, column, b.getDenseI64ArrayAttr({samples, side, 1}));
  Value vector = MatMulOp::create(b, loc, gram, column);
  // One more step with the matrix itself, whose rounding was not squared.
  Value component = byPosition ? Value(MatMulOp::create(b, loc, matrix, vector)) : vector;
  Value length = math::SqrtOp::create(
      b, loc, reduce(arith::MulFOp::create(b, loc, component, component), Reduction::Sum, {1, 2}));
  Value scores = MatMulOp::create(b, loc, turned, divide(component, length));
  SmallVector<int64_t> map(shape);
  map[1] = 1;
  return Term{ReshapeOp::create(b, loc, scores, b.getDenseI64ArrayAttr(map))};
}
