// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/transforms/ChannelReaders.h"

#include "dialect/ops/Builders.h"
#include "mlir/IR/AsmState.h"
#include "mlir/IR/DialectResourceBlobManager.h"

#include <cmath>

using namespace mlir;
using namespace saliency;

std::optional<SmallVector<float>> saliency::entriesOf(Value value) {
  auto constant = value ? value.getDefiningOp<ConstantOp>() : ConstantOp();
  if (!constant)
    return std::nullopt;
  FloatElements elements(constant.getValue());
  if (elements.isSplat())
    return SmallVector<float>(constant.getValue().getNumElements(), *elements.begin());
  if (elements.begin() == elements.end())
    return std::nullopt;
  return SmallVector<float>(elements.begin(), elements.end());
}

Value saliency::buildWeights(OpBuilder &builder, Location loc, RankedTensorType type,
                             ArrayRef<float> values) {
  auto attribute = DenseF32ResourceElementsAttr::get(
      type, "folded",
      HeapAsmResourceBlob::allocateAndCopyInferAlign(values, /*dataIsMutable=*/false));
  return ConstantOp::create(builder, loc, cast<ElementsAttr>(Attribute(attribute)));
}

static bool isFinite(double entry) { return std::isfinite(static_cast<float>(entry)); }

std::optional<ChannelAffine> saliency::affineOf(BatchNormOp norm) {
  auto gamma = entriesOf(norm.getGamma()), beta = entriesOf(norm.getBeta()),
       mean = entriesOf(norm.getMean()), variance = entriesOf(norm.getVariance());
  if (!gamma || !beta || !mean || !variance)
    return std::nullopt;
  ChannelAffine affine;
  for (auto [g, b, m, v] : llvm::zip_equal(*gamma, *beta, *mean, *variance)) {
    affine.scale.push_back(g / std::sqrt(double(v) + norm.getEpsilon().convertToDouble()));
    affine.shift.push_back(b - affine.scale.back() * m);
    if (!isFinite(affine.scale.back()) || !isFinite(affine.shift.back()))
      return std::nullopt;
  }
  return affine;
}

//===-- Who reads the value ----------------------------------------------===//

std::optional<ChannelReaders> ChannelReaders::of(Value value) {
  ChannelReaders found;
  if (!found.collect(value, wholeOf(value, 1)) || found.readers.empty())
    return std::nullopt;
  return found;
}

ChannelReaders::Place ChannelReaders::wholeOf(Value value, int64_t repeat) {
  ArrayRef<int64_t> spatial = shapeOf(value).drop_front(2);
  return {repeat, SmallVector<int64_t>(spatial.size(), 0), llvm::to_vector(spatial)};
}

bool ChannelReaders::collect(Value value, const Place &place) {
  for (OpOperand &use : value.getUses()) {
    Operation *op = use.getOwner();
    if (use.getOperandNumber() != 0)
      return false;
    if (isa<ConvOp, GemmOp>(op)) {
      auto map = cast<LinearMapOpInterface>(op);
      // One set of weights for all samples, and features on the channels' axis.
      bool isShared = shapeOf(map.getLinearWeight()).size() == shapeOf(value).size() &&
                      map.getFeatureAxes().front() == 1;
      if (!isShared || !entriesOf(map.getLinearWeight()) ||
          (map.getLinearBias() && !entriesOf(map.getLinearBias())))
        return false;
      readers.push_back({op, place});
      continue;
    }
    std::optional<Place> behind = carry(op, place);
    if (!behind || !collect(op->getResult(0), *behind))
      return false;
    between.push_back(op);
  }
  return true;
}

/// Where the value is behind `op`; nothing where op does more than ChannelReaders allows.
std::optional<ChannelReaders::Place> ChannelReaders::carry(Operation *op, const Place &place) {
  if (isa<IdentityOp, DropoutOp>(op))
    return place;
  if (op->getNumResults() != 1 || op->getNumOperands() != 1)
    return std::nullopt;
  Value x = op->getOperand(0), y = op->getResult(0);
  Place whole = wholeOf(x, place.repeat);
  bool isWhole = whole.begin == place.begin && whole.end == place.end;
  ArrayRef<int64_t> from = shapeOf(x), to = shapeOf(y);
  if (auto pool = dyn_cast<AvgPoolOp>(op)) {
    auto isZero = [](int64_t cells) { return cells == 0; };
    bool countsZeros =
        pool.getCountIncludePad() && !(llvm::all_of(pool.getWindow().getLow(), isZero) &&
                                       llvm::all_of(pool.getWindow().getHigh(), isZero));
    return isWhole && !countsZeros ? std::optional(wholeOf(y, place.repeat)) : std::nullopt;
  }
  if (isa<ReshapeOp>(op)) { // samples stay, a channel's cells stay together
    bool keepsChannels = to.size() >= 2 && to[0] == from[0] && to[1] % from[1] == 0;
    return isWhole && keepsChannels ? std::optional(wholeOf(y, place.repeat * (to[1] / from[1])))
                                    : std::nullopt;
  }
  auto pad = dyn_cast<PadOp>(op);
  auto isAdded = [](ArrayRef<int64_t> cells) {
    return cells[0] == 0 && cells[1] == 0 &&
           llvm::all_of(cells, [](int64_t count) { return count >= 0; });
  };
  if (!pad || !pad.getValue().isZero() || !isAdded(pad.getLow()) || !isAdded(pad.getHigh()) ||
      llvm::any_of(pad.getInterior(), [](int64_t cells) { return cells != 0; }))
    return std::nullopt;
  Place behind = place;
  for (size_t axis = 0; axis != behind.begin.size(); ++axis) {
    behind.begin[axis] += pad.getLow()[axis + 2];
    behind.end[axis] += pad.getLow()[axis + 2];
  }
  return behind;
}

//===-- Their new weights ------------------------------------------------===//

namespace {

/// Counts through all indices below `extents`, in row-major order.
class Indices {
public:
  explicit Indices(ArrayRef<int64_t> extents) : extents(extents), index(extents.size(), 0) {}
  ArrayRef<int64_t> operator*() const { return index; }
  void operator++() {
    for (size_t axis = extents.size(); axis-- > 0 && ++index[axis] == extents[axis];)
      index[axis] = 0;
  }

private:
  ArrayRef<int64_t> extents;
  SmallVector<int64_t> index;
};

} // namespace

/// For each kernel cell and output position (row-major): the cell lies on data. A dense layer has
/// one of each.
static SmallVector<bool> cellsOnData(Operation *map, ArrayRef<int64_t> begin,
                                     ArrayRef<int64_t> end) {
  auto conv = dyn_cast<ConvOp>(map);
  if (!conv)
    return {true};
  WindowAttr window = conv.getWindow();
  ArrayRef<int64_t> output = shapeOf(conv.getResult()).drop_front(2);
  int64_t cells = ShapedType::getNumElements(window.getKernel()),
          positions = ShapedType::getNumElements(output);
  SmallVector<bool> onData;
  onData.reserve(cells * positions);
  Indices cell(window.getKernel());
  for (int64_t k = 0; k != cells; ++k, ++cell) {
    Indices position(output);
    for (int64_t p = 0; p != positions; ++p, ++position)
      onData.push_back(llvm::all_of(llvm::seq<size_t>(window.getRank()), [&](size_t axis) {
        int64_t at = (*position)[axis] * window.getStrides()[axis] - window.getLow()[axis] +
                     (*cell)[axis] * window.getDilations()[axis];
        return at >= begin[axis] && at < end[axis];
      }));
  }
  return onData;
}

std::optional<ChannelReaders::Folded> ChannelReaders::fold(const Reader &reader,
                                                           const ChannelAffine &affine) {
  auto map = cast<LinearMapOpInterface>(reader.map);
  ArrayRef<int64_t> shape = shapeOf(map.getLinearWeight()),
                    output = shapeOf(reader.map->getResult(0));
  int64_t outputs = shape[0], inputs = shape[1], groups = 1;
  if (auto conv = dyn_cast<ConvOp>(reader.map))
    groups = conv.getGroups();
  int64_t cells = ShapedType::getNumElements(shape.drop_front(2)),
          positions = ShapedType::getNumElements(output.drop_front(2));
  SmallVector<bool> onData = cellsOnData(reader.map, reader.place.begin, reader.place.end);
  Folded folded;
  folded.weight = *entriesOf(map.getLinearWeight());
  SmallVector<float> bias =
      map.getLinearBias() ? *entriesOf(map.getLinearBias()) : SmallVector<float>(outputs, 0.0f);
  int64_t biasPositions = bias.size() / outputs;

  bool isUniform = biasPositions == 1;
  SmallVector<double> moved(outputs * positions), cellShift(cells);
  for (int64_t m = 0; m != outputs; ++m) {
    std::fill(cellShift.begin(), cellShift.end(), 0.0);
    for (int64_t c = 0; c != inputs; ++c) {
      int64_t channel = (m / (outputs / groups) * inputs + c) / reader.place.repeat;
      for (int64_t k = 0; k != cells; ++k) {
        float &weight = folded.weight[(m * inputs + c) * cells + k];
        cellShift[k] += double(weight) * affine.shift[channel];
        weight = static_cast<float>(weight * affine.scale[channel]);
      }
    }
    auto here = MutableArrayRef(moved).slice(m * positions, positions);
    for (int64_t p = 0; p != positions; ++p) {
      here[p] = bias[m * biasPositions + (biasPositions == 1 ? 0 : p)];
      for (int64_t k = 0; k != cells; ++k)
        here[p] += onData[k * positions + p] ? cellShift[k] : 0;
      isUniform &= here[p] == here[0];
    }
  }
  for (int64_t i = 0, step = isUniform ? positions : 1; i != outputs * positions; i += step)
    folded.bias.push_back(static_cast<float>(moved[i]));
  folded.biasShape = {outputs};
  if (!isUniform) {
    folded.biasShape.assign(output.begin(), output.end());
    folded.biasShape.front() = 1;
  }
  auto allFinite = [](ArrayRef<float> entries) { return llvm::all_of(entries, isFinite); };
  return allFinite(folded.weight) && allFinite(folded.bias) ? std::optional(std::move(folded))
                                                            : std::nullopt;
}

LogicalResult ChannelReaders::absorb(const ChannelAffine &affine) const {
  SmallVector<Folded> all;
  for (const Reader &reader : readers) {
    std::optional<Folded> folded = fold(reader, affine);
    if (!folded)
      return failure();
    all.push_back(std::move(*folded));
  }
  for (auto [reader, folded] : llvm::zip_equal(readers, all)) {
    auto map = cast<LinearMapOpInterface>(reader.map);
    OpBuilder builder(reader.map);
    Location loc = reader.map->getLoc();
    if (!map.getLinearBias())
      reader.map->setAttr(kFoldedBiasAttr, builder.getUnitAttr());
    Value bias =
        buildWeights(builder, loc, f32Tensor(builder.getContext(), folded.biasShape), folded.bias);
    SmallVector<Value> operands = {
        reader.map->getOperand(0),
        buildWeights(builder, loc, tensorType(map.getLinearWeight()), folded.weight), bias};
    reader.map->setOperands(operands);
  }
  for (Operation *op : between) // these values are no longer the network's
    op->removeAttr(kValueNameAttr);
  return success();
}
