// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Shapes, derivatives and signs of constants and of ops that only move entries.
#include "dialect/ops/Builders.h"

#include "mlir/Dialect/Utils/IndexingUtils.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace saliency;

static int64_t count(ArrayRef<int64_t> shape) { return ShapedType::getNumElements(shape); }

LogicalResult ConstantOp::inferReturnTypes(MLIRContext *, std::optional<Location>, Adaptor adaptor,
                                           SmallVectorImpl<Type> &types) {
  types.push_back(adaptor.getValue().getShapedType());
  return success();
}

LogicalResult ReshapeOp::inferReturnTypes(MLIRContext *context, std::optional<Location> loc,
                                          Adaptor adaptor, SmallVectorImpl<Type> &types) {
  ArrayRef<int64_t> shape = adaptor.getShape();
  if (llvm::any_of(shape, [](int64_t extent) { return extent < 1; }) ||
      count(shape) != count(shapeOf(adaptor.getX())))
    return inferError(loc, "a reshape keeps the number of entries, found ",
                      shapeText(shapeOf(adaptor.getX())), " to ", shapeText(shape));
  types.push_back(f32Tensor(context, shape));
  return success();
}

LogicalResult TransposeOp::inferReturnTypes(MLIRContext *context, std::optional<Location> loc,
                                            Adaptor adaptor, SmallVectorImpl<Type> &types) {
  ArrayRef<int64_t> x = shapeOf(adaptor.getX()), permutation = adaptor.getPermutation();
  if (permutation.size() != x.size() || !isPermutationVector(permutation))
    return inferError(
        loc, "a transpose needs a permutation of the ", x.size(), " axes, found [",
        llvm::join(llvm::map_range(permutation, [](int64_t axis) { return std::to_string(axis); }),
                   ", "),
        "]");
  types.push_back(f32Tensor(context, applyPermutation(x, permutation)));
  return success();
}

LogicalResult SliceOp::inferReturnTypes(MLIRContext *context, std::optional<Location> loc,
                                        Adaptor adaptor, SmallVectorImpl<Type> &types) {
  ArrayRef<int64_t> x = shapeOf(adaptor.getX()), starts = adaptor.getStarts(),
                    sizes = adaptor.getSizes(), strides = adaptor.getStrides();
  if (starts.size() != x.size() || sizes.size() != x.size() || strides.size() != x.size())
    return inferError(loc, "a slice has a start, size and stride per axis (", x.size(), "), found ",
                      starts.size(), ", ", sizes.size(), " and ", strides.size());
  for (size_t axis = 0; axis != x.size(); ++axis)
    if (starts[axis] < 0 || starts[axis] >= x[axis] || sizes[axis] < 1 || strides[axis] < 1 ||
        sizes[axis] - 1 > (x[axis] - 1 - starts[axis]) / strides[axis])
      return inferError(loc, "a slice lies inside the data, found start ", starts[axis], ", size ",
                        sizes[axis], ", stride ", strides[axis], " on axis ", axis, " of ",
                        shapeText(x));
  types.push_back(f32Tensor(context, sizes));
  return success();
}

LogicalResult UpsampleOp::inferReturnTypes(MLIRContext *context, std::optional<Location> loc,
                                           Adaptor adaptor, SmallVectorImpl<Type> &types) {
  SmallVector<int64_t> shape(shapeOf(adaptor.getX()));
  ArrayRef<int64_t> factors = adaptor.getFactors();
  if (factors.empty() || shape.size() != factors.size() + 2)
    return inferError(
        loc, "an upsampling has a factor per spatial axis of samples x channels x spatial, found ",
        factors.size(), " for ", shapeText(shape));
  for (auto [extent, factor] : llvm::zip_equal(llvm::drop_begin(shape, 2), factors)) {
    if (factor < 1 || factor > int64_t(1) << 20)
      return inferError(loc, "an upsampling's factors lie between 1 and 2^20, found ", factor);
    extent *= factor;
  }
  types.push_back(f32Tensor(context, shape));
  return success();
}

LogicalResult PadOp::inferReturnTypes(MLIRContext *context, std::optional<Location> loc,
                                      Adaptor adaptor, SmallVectorImpl<Type> &types) {
  ArrayRef<int64_t> x = shapeOf(adaptor.getX()), low = adaptor.getLow(), high = adaptor.getHigh(),
                    interior = adaptor.getInterior();
  if (low.size() != x.size() || high.size() != x.size() || interior.size() != x.size())
    return inferError(loc, "a pad has low, high and interior cells per axis (", x.size(),
                      "), found ", low.size(), ", ", high.size(), " and ", interior.size());
  SmallVector<int64_t> shape;
  auto isCount = [](int64_t cells) { return cells >= 0 && cells <= int64_t(1) << 30; };
  for (size_t axis = 0; axis != x.size(); ++axis) {
    if (!isCount(low[axis]) || !isCount(high[axis]) || !isCount(interior[axis]))
      return inferError(loc, "a pad adds between 0 and 2^30 cells, found ", low[axis], ", ",
                        high[axis], ", ", interior[axis], " on axis ", axis);
    shape.push_back(low[axis] + x[axis] + (x[axis] - 1) * interior[axis] + high[axis]);
  }
  types.push_back(f32Tensor(context, shape));
  return success();
}

LogicalResult IdentityOp::inferReturnTypes(MLIRContext *, std::optional<Location>, Adaptor adaptor,
                                           SmallVectorImpl<Type> &types) {
  types.push_back(adaptor.getX().getType());
  return success();
}
LogicalResult DropoutOp::inferReturnTypes(MLIRContext *, std::optional<Location>, Adaptor adaptor,
                                          SmallVectorImpl<Type> &types) {
  types.push_back(adaptor.getX().getType());
  return success();
}

LogicalResult ConcatOp::inferReturnTypes(MLIRContext *context, std::optional<Location> loc,
                                         Adaptor adaptor, SmallVectorImpl<Type> &types) {
  int64_t axis = adaptor.getAxis();
  if (adaptor.getInputs().empty())
    return inferError(loc, "a concatenation has at least one operand, found none");
  SmallVector<int64_t> shape(shapeOf(adaptor.getInputs().front()));
  if (axis < 0 || axis >= int64_t(shape.size()))
    return inferError(loc, "a concatenation needs an axis in [0, ", shape.size(), "), found ",
                      axis);
  for (Value input : adaptor.getInputs().drop_front()) {
    SmallVector<int64_t> expected = shape;
    ArrayRef<int64_t> found = shapeOf(input);
    if (found.size() == shape.size())
      expected[axis] = found[axis];
    if (found != ArrayRef<int64_t>(expected))
      return inferError(loc, "concatenated operands agree but for axis ", axis, ", found ",
                        shapeText(shape), " and ", shapeText(found));
    shape[axis] += found[axis];
  }
  types.push_back(f32Tensor(context, shape));
  return success();
}

//===------------------------------------------------------------------------------------------===//
// Capabilities
//===------------------------------------------------------------------------------------------===//

bool ReshapeOp::keepsEntries() { return true; }
bool IdentityOp::keepsEntries() { return true; }
bool DropoutOp::keepsEntries() { return true; }
bool PadOp::keepsEntries() { return getType() == getX().getType(); }
bool PadOp::addsEntries() { return getType() != getX().getType(); }

std::optional<ChannelPlace> IdentityOp::carryChannels(const ChannelPlace &place) { return place; }
std::optional<ChannelPlace> DropoutOp::carryChannels(const ChannelPlace &place) { return place; }

/// Samples stay and a channel's cells stay together, so that each becomes one or several channels.
std::optional<ChannelPlace> ReshapeOp::carryChannels(const ChannelPlace &place) {
  ArrayRef<int64_t> from = shapeOf(getX()), to = shapeOf(getResult());
  bool keepsChannels = to.size() >= 2 && to[0] == from[0] && to[1] % from[1] == 0;
  if (!place.isWhole(getX()) || !keepsChannels)
    return std::nullopt;
  return ChannelPlace::whole(getResult(), place.repeat * (to[1] / from[1]));
}

/// Zeros around the spatial axes alone.
std::optional<ChannelPlace> PadOp::carryChannels(const ChannelPlace &place) {
  auto isSpatial = [](ArrayRef<int64_t> cells) { return cells[0] == 0 && cells[1] == 0; };
  if (!getValue().isZero() || !isSpatial(getLow()) || !isSpatial(getHigh()) ||
      llvm::any_of(getInterior(), [](int64_t cells) { return cells != 0; }))
    return std::nullopt;
  ChannelPlace behind = place;
  for (size_t axis = 0; axis != behind.begin.size(); ++axis) {
    behind.begin[axis] += getLow()[axis + 2];
    behind.end[axis] += getLow()[axis + 2];
  }
  return behind;
}

std::optional<int64_t> ConcatOp::getJoinedAxis() { return getAxis(); }

//===------------------------------------------------------------------------------------------===//
// Derivatives and folds
//===------------------------------------------------------------------------------------------===//

Value ReshapeOp::buildVjp(OpBuilder &builder, Location loc, unsigned, Value r, ValueRange data) {
  return ReshapeOp::create(builder, loc, r, builder.getDenseI64ArrayAttr(shapeOf(data[0])));
}

Value TransposeOp::buildVjp(OpBuilder &builder, Location loc, unsigned, Value r, ValueRange) {
  return TransposeOp::create(
      builder, loc, r, builder.getDenseI64ArrayAttr(invertPermutationVector(getPermutation())));
}

Value SliceOp::buildVjp(OpBuilder &builder, Location loc, unsigned, Value r, ValueRange data) {
  SmallVector<int64_t> low(getStarts()), high, interior;
  for (auto [extent, start, size, stride] :
       llvm::zip_equal(shapeOf(data[0]), getStarts(), getSizes(), getStrides())) {
    interior.push_back(stride - 1);
    high.push_back(extent - start - ((size - 1) * stride + 1));
  }
  return PadOp::create(builder, loc, r, low, high, interior, APFloat(0.0f));
}

Value PadOp::buildVjp(OpBuilder &builder, Location loc, unsigned, Value r, ValueRange data) {
  SmallVector<int64_t> strides =
      llvm::map_to_vector(getInterior(), [](int64_t cells) { return cells + 1; });
  return SliceOp::create(builder, loc, r, getLow(), shapeOf(data[0]), strides);
}

/// Each entry's repetitions are a window: their mean, times their number.
Value UpsampleOp::buildVjp(OpBuilder &builder, Location loc, unsigned, Value r, ValueRange data) {
  SmallVector<int64_t> none(getFactors().size(), 0), ones(getFactors().size(), 1);
  auto window = WindowAttr::get(getContext(), getFactors(), getFactors(), none, none, ones);
  Value mean = AvgPoolOp::create(builder, loc, r, window, /*count_include_pad=*/nullptr,
                                 /*ceil_mode=*/nullptr);
  return arith::MulFOp::create(
      builder, loc, mean,
      buildSplat(builder, loc, shapeOf(data[0]), static_cast<double>(count(getFactors()))));
}

Value IdentityOp::buildVjp(OpBuilder &, Location, unsigned, Value r, ValueRange) { return r; }
Value DropoutOp::buildVjp(OpBuilder &, Location, unsigned, Value r, ValueRange) { return r; }

SmallVector<unsigned> ConcatOp::getDataOperandNumbers() {
  return llvm::to_vector(llvm::seq<unsigned>(0, getNumOperands()));
}
MergeKind ConcatOp::getMergeKind() { return MergeKind::Concat; }

/// The slice of r that operand `number` became.
Value ConcatOp::buildVjp(OpBuilder &builder, Location loc, unsigned number, Value r,
                         ValueRange data) {
  SmallVector<int64_t> starts(shapeOf(r).size(), 0), strides(shapeOf(r).size(), 1);
  for (Value before : data.take_front(number))
    starts[getAxis()] += shapeOf(before)[getAxis()];
  return SliceOp::create(builder, loc, r, starts, shapeOf(data[number]), strides);
}

/// Contents of a resource are not checked by the attribute; without contents they come from
/// elsewhere.
LogicalResult ConstantOp::verify() {
  auto resource = dyn_cast<DenseResourceElementsAttr>(getValue());
  const AsmResourceBlob *blob = resource ? resource.getRawHandle().getBlob() : nullptr;
  if (!blob)
    return success();
  size_t bytes = count(resource.getType().getShape()) *
                 llvm::divideCeil(resource.getType().getElementTypeBitWidth(), 8);
  if (blob->getData().size() != bytes)
    return emitError("a constant of type ")
           << resource.getType() << " has " << bytes << " bytes, found " << blob->getData().size()
           << " in resource '" << resource.getRawHandle().getKey() << "'";
  return success();
}

OpFoldResult ConstantOp::fold(FoldAdaptor) { return getValue(); }
OpFoldResult ReshapeOp::fold(FoldAdaptor) {
  return getType() == getX().getType() && !(*this)->hasAttr(kValueNameAttr) ? getX() : Value();
}

//===------------------------------------------------------------------------------------------===//
// Signs
//===------------------------------------------------------------------------------------------===//

Sign ConstantOp::inferSign(ArrayRef<Sign>) {
  Sign sign = Sign::none();
  for (float value : FloatElements(getValue())) {
    sign = sign.join(value == value ? Sign::of(value) : Sign::unknown());
    if (sign == Sign::unknown())
      return sign;
  }
  return sign.isUninitialized() ? Sign::unknown() : sign;
}
Sign ReshapeOp::inferSign(ArrayRef<Sign> operands) { return operands[0]; }
Sign TransposeOp::inferSign(ArrayRef<Sign> operands) { return operands[0]; }
Sign SliceOp::inferSign(ArrayRef<Sign> operands) { return operands[0]; }
Sign PadOp::inferSign(ArrayRef<Sign> operands) {
  return operands[0].join(Sign::of(getValue().convertToFloat()));
}
Sign UpsampleOp::inferSign(ArrayRef<Sign> operands) { return operands[0]; }
Sign IdentityOp::inferSign(ArrayRef<Sign> operands) { return operands[0]; }
Sign DropoutOp::inferSign(ArrayRef<Sign> operands) { return operands[0]; }
Sign ConcatOp::inferSign(ArrayRef<Sign> operands) {
  Sign sign = Sign::none();
  for (Sign operand : operands)
    sign = sign.join(operand);
  return sign;
}
