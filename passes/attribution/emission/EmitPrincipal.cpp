// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The first principal component of a map's positions, points with a coordinate per channel.
//
//   M: channels x positions, every channel less its mean
//   G = M' M or M M', whichever is smaller            its eigenvectors are the components
//   G <- G^2, kSquarings times                        the largest eigenvalue outgrows the others
//   v = the longest column of G                       all columns are multiples of one vector
//   c = M v or v, divided by its length               the component: a number per channel
//   scores = M' c                                     a number per position
#include "passes/attribution/emission/Emitters.h"

#include "dialect/ops/Builders.h"
#include "mlir/Dialect/Math/IR/Math.h"

using namespace mlir;
using namespace saliency;
using rules::Node;

/// The power is 2^14: a second component of 99.8 % of the first one's variance is gone.
static constexpr unsigned kSquarings = 14;

/// Samples x rows x columns, each matrix transposed.
static Value turned(Scope &s, Value matrix) {
  return s.make<TransposeOp>(matrix, s.list({0, 2, 1}));
}

static Value spread(Scope &s, Value value, Value like) {
  return buildBroadcast(s.builder(), s.loc(), value, shapeOf(like));
}

/// value / by, 0 where `by` is 0.
static Value divided(Scope &s, Value value, Value by) {
  auto division = DivisionAttr::get(s.builder().getContext(), Division::ZeroSafe);
  return s.make<DivideOp>(value, spread(s, by, value), division, s.builder().getF32FloatAttr(0));
}

/// gram^(2^kSquarings), scaled. The largest entry of such a matrix is on its diagonal; divided by
/// it before each square, no entry grows.
static Value powerOf(Scope &s, Value gram) {
  for (unsigned i = 0; i < kSquarings; ++i) {
    gram = divided(s, gram, s.reduce(gram, Reduction::Max, {1, 2}));
    gram = s.make<MatMulOp>(gram, gram);
  }
  return gram;
}

/// The longest of columns that are all multiples of one vector: that of the largest diagonal entry.
static Value longestColumn(Scope &s, Value gram) {
  int64_t samples = shapeOf(gram)[0], side = shapeOf(gram)[1];
  SmallVector<float> identity(side * side, 0.0f);
  for (int64_t i = 0; i != side; ++i)
    identity[i * (side + 1)] = 1;
  Value diagonal = s.constant({1, side, side}, identity);
  Value masked = s.make<arith::MulFOp>(gram, spread(s, diagonal, gram));
  Value lengths = s.reshape(s.reduce(masked, Reduction::Sum, {2}), {samples, side});
  Value longest = s.make<ArgMaxOp>(lengths);
  Value column = s.make<OneHotOp>(longest, s.builder().getI64IntegerAttr(side));
  return s.make<MatMulOp>(gram, s.reshape(column, {samples, side, 1}));
}

FailureOr<Term> saliency::emitPrincipal(Scope &s, const Node &node) {
  FailureOr<Term> value = s.term(node.a);
  if (failed(value))
    return failure();
  if (value->isNumber() || shapeOf(value->value).size() < 3)
    return s.error("a principal component needs a map with channels and positions");
  SmallVector<int64_t> shape(shapeOf(value->value));
  int64_t channels = shape[1],
          positions = ShapedType::getNumElements(ArrayRef(shape).drop_front(2));

  Value matrix = s.reshape(value->value, {shape[0], channels, positions});
  matrix = s.make<arith::SubFOp>(matrix, spread(s, s.reduce(matrix, Reduction::Mean, {2}), matrix));
  Value byPosition = turned(s, matrix);
  bool fewPositions = positions <= channels;
  Value gram =
      fewPositions ? s.make<MatMulOp>(byPosition, matrix) : s.make<MatMulOp>(matrix, byPosition);
  Value component = longestColumn(s, powerOf(s, gram));
  if (fewPositions) // with the matrix itself, whose rounding was not squared
    component = s.make<MatMulOp>(matrix, component);
  Value square = s.make<arith::MulFOp>(component, component);
  Value length = s.make<math::SqrtOp>(s.reduce(square, Reduction::Sum, {1, 2}));
  Value scores = s.make<MatMulOp>(byPosition, divided(s, component, length));
  shape[1] = 1;
  return Term{s.reshape(scores, shape)};
}
