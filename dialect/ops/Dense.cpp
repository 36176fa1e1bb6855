// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Shapes, derivatives and signs of dense layers and matrix products.
#include "dialect/ops/Builders.h"

using namespace mlir;
using namespace saliency;

/// Rows x columns of a dense layer's weights, after checking their rank and sample axis.
static FailureOr<ArrayRef<int64_t>> matrix(std::optional<Location> loc, Value weight,
                                           int64_t samples) {
  ArrayRef<int64_t> shape = shapeOf(weight);
  if (shape.size() == 3 && shape.front() == samples)
    shape = shape.drop_front();
  if (shape.size() != 2)
    return inferError(
        loc, "a dense layer's weights are outputs x inputs, or one such matrix per sample, found ",
        shapeText(shapeOf(weight)));
  return shape;
}

/// `shape` with another number of features.
static SmallVector<int64_t> withFeatures(ArrayRef<int64_t> shape, int64_t features) {
  SmallVector<int64_t> result(shape);
  result.back() = features;
  return result;
}

LogicalResult GemmOp::inferReturnTypes(MLIRContext *context, std::optional<Location> loc,
                                       Adaptor adaptor, SmallVectorImpl<Type> &types) {
  ArrayRef<int64_t> x = shapeOf(adaptor.getX());
  if (x.size() < 2)
    return inferError(
        loc, "a dense layer's data is samples x features, with any axes between them, found ",
        shapeText(x));
  auto weight = matrix(loc, adaptor.getWeight(), x[0]);
  if (failed(weight))
    return failure();
  if ((*weight)[1] != x.back())
    return inferError(loc, "a dense layer's weights have one column per feature (", x.back(),
                      "), found ", shapeText(*weight));
  if (Value bias = adaptor.getBias(); bias && shapeOf(bias) != weight->take_front(1))
    return inferError(loc, "a dense layer's bias has one entry per output (", (*weight)[0],
                      "), found ", shapeText(shapeOf(bias)));
  types.push_back(f32Tensor(context, withFeatures(x, (*weight)[0])));
  return success();
}

LogicalResult GemmAdjointOp::inferReturnTypes(MLIRContext *context, std::optional<Location> loc,
                                              Adaptor adaptor, SmallVectorImpl<Type> &types) {
  ArrayRef<int64_t> r = shapeOf(adaptor.getR());
  if (r.size() < 2)
    return inferError(loc, "r is samples x outputs, with any axes between them, found ",
                      shapeText(r));
  auto weight = matrix(loc, adaptor.getWeight(), r[0]);
  if (failed(weight))
    return failure();
  if ((*weight)[0] != r.back())
    return inferError(loc, "the weights have one row per entry of r (", r.back(), "), found ",
                      shapeText(*weight));
  types.push_back(f32Tensor(context, withFeatures(r, (*weight)[1])));
  return success();
}

LogicalResult GemmCorrelateOp::inferReturnTypes(MLIRContext *context, std::optional<Location> loc,
                                                Adaptor adaptor, SmallVectorImpl<Type> &types) {
  ArrayRef<int64_t> x = shapeOf(adaptor.getX()), r = shapeOf(adaptor.getR());
  if (x.size() < 2 || r.size() < 2 || x.drop_back() != r.drop_back())
    return inferError(loc,
                      "x and r are samples x features that differ in the last axis alone, found ",
                      shapeText(x), " and ", shapeText(r));
  types.push_back(f32Tensor(context, {x[0], r.back(), x.back()}));
  return success();
}

LogicalResult MatMulOp::inferReturnTypes(MLIRContext *context, std::optional<Location> loc,
                                         Adaptor adaptor, SmallVectorImpl<Type> &types) {
  ArrayRef<int64_t> a = shapeOf(adaptor.getA()), b = shapeOf(adaptor.getB());
  if (a.size() < 2 || b.size() < 2 || a.back() != b[b.size() - 2])
    return inferError(loc, "a matrix product needs ... x I x K times ... x K x J, found ",
                      shapeText(a), " and ", shapeText(b));
  auto shape = broadcastShapes(a.drop_back(2), b.drop_back(2));
  if (failed(shape))
    return inferError(loc, "leading axes of a matrix product are equal or 1, found ", shapeText(a),
                      " and ", shapeText(b));
  shape->push_back(a[a.size() - 2]);
  shape->push_back(b.back());
  types.push_back(f32Tensor(context, *shape));
  return success();
}

//===------------------------------------------------------------------------------------------===//
// Capabilities
//===------------------------------------------------------------------------------------------===//

LayerCapability GemmOp::getCapability() { return LayerCapability::Dense; }
Value GemmOp::getLinearWeight() { return getWeight(); }
Value GemmOp::getLinearBias() { return getBias(); }
int64_t GemmOp::getKernelExtent() { return 1; }
SmallVector<int64_t> GemmOp::getFeatureAxes() { return {int64_t(shapeOf(getX()).size()) - 1}; }

Operation *GemmOp::buildWithWeights(OpBuilder &builder, Location loc, Value weight, Value bias) {
  return GemmOp::create(builder, loc, getX(), weight, bias);
}
Value GemmOp::buildLinear(OpBuilder &builder, Location loc, Value weight, Value x) {
  return GemmOp::create(builder, loc, x, weight, Value());
}
Value GemmOp::buildAdjoint(OpBuilder &builder, Location loc, Value weight, Value r) {
  return GemmAdjointOp::create(builder, loc, weight, r);
}
Value GemmOp::buildCorrelate(OpBuilder &builder, Location loc, Value x, Value r) {
  return GemmCorrelateOp::create(builder, loc, x, r);
}
Value GemmOp::buildVjp(OpBuilder &builder, Location loc, unsigned number, Value r,
                       ValueRange data) {
  return buildAdjoint(builder, loc, getWeight(), r);
}

Sign GemmOp::inferSign(ArrayRef<Sign> operands) {
  Sign product = operands[0] * operands[1], sum = product + product;
  return getBias() ? sum + operands[2] : sum;
}
Sign GemmAdjointOp::inferSign(ArrayRef<Sign> operands) {
  Sign product = operands[0] * operands[1];
  return product + product;
}
Sign GemmCorrelateOp::inferSign(ArrayRef<Sign> operands) {
  Sign product = operands[0] * operands[1];
  return shapeOf(getX()).size() > 2 ? product + product : product;
}

SmallVector<unsigned> MatMulOp::getDataOperandNumbers() { return {0, 1}; }
SmallVector<int64_t> MatMulOp::getFeatureAxes() {
  return {int64_t(shapeOf(getResult()).size()) - 1};
}

static Value transposeLast(OpBuilder &builder, Location loc, Value value) {
  SmallVector<int64_t> permutation = llvm::to_vector(llvm::seq<int64_t>(0, shapeOf(value).size()));
  std::swap(permutation[permutation.size() - 1], permutation[permutation.size() - 2]);
  return TransposeOp::create(builder, loc, value, builder.getDenseI64ArrayAttr(permutation));
}

/// d<a b, r>/da = r transpose(b), d<a b, r>/db = transpose(a) r.
Value MatMulOp::buildVjp(OpBuilder &builder, Location loc, unsigned number, Value r,
                         ValueRange data) {
  Value full = number == 0
                   ? MatMulOp::create(builder, loc, r, transposeLast(builder, loc, data[1]))
                   : MatMulOp::create(builder, loc, transposeLast(builder, loc, data[0]), r);
  return buildReduceTo(builder, loc, full, shapeOf(data[number]));
}

Sign MatMulOp::inferSign(ArrayRef<Sign> operands) {
  Sign product = operands[0] * operands[1];
  return product + product;
}
