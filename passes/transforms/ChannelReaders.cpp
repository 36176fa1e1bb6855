// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/transforms/ChannelReaders.h"

#include "dialect/ops/Builders.h"
#include "mlir/IR/AsmState.h"
#include "mlir/IR/DialectResourceBlobManager.h"

#include "llvm/Support/DebugLog.h"

#include <cmath>

#define DEBUG_TYPE "saliency-channel-readers"

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

std::optional<ChannelAffine> saliency::affineOf(NormalisationOpInterface norm) {
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
  if (!found.collect(value, ChannelPlace::whole(value, 1)) || found.readers.empty())
    return std::nullopt;
  return found;
}

bool ChannelReaders::collect(Value value, const ChannelPlace &place) {
  for (OpOperand &use : value.getUses()) {
    Operation *op = use.getOwner();
    auto refuse = [&](StringRef why) {
      LDBG() << "not absorbed by " << op->getName() << " at " << op->getLoc() << ": " << why;
      return false;
    };
    if (use.getOperandNumber() != 0)
      return refuse("the value is no data there");
    if (LinearMapOpInterface map = weightedMap(op)) {
      bool isShared = shapeOf(map.getLinearWeight()).size() == shapeOf(value).size() &&
                      cast<LayerOpInterface>(op).getFeatureAxes().front() == 1;
      if (!isShared)
        return refuse("it has weights of its own for every sample, or features on another axis");
      if (!entriesOf(map.getLinearWeight()) ||
          (map.getLinearBias() && !entriesOf(map.getLinearBias())))
        return refuse("its weights are no constants");
      readers.push_back({map, place});
      continue;
    }
    auto layer = dyn_cast<LayerOpInterface>(op);
    std::optional<ChannelPlace> behind = layer ? layer.carryChannels(place) : std::nullopt;
    if (!behind)
      return refuse("it does not carry channels");
    if (!collect(op->getResult(0), *behind))
      return false;
    between.push_back(op);
  }
  return true;
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
static SmallVector<bool> cellsOnData(LinearMapOpInterface map, const ChannelPlace &place) {
  WindowAttr window = map.getLinearWindow();
  if (!window)
    return {true};
  ArrayRef<int64_t> output = shapeOf(map->getResult(0)).drop_front(2);
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
        return at >= place.begin[axis] && at < place.end[axis];
      }));
  }
  return onData;
}

/// y[m, p] = b[m, p] + sum over c and cells k on data of W[m, c, k] (scale[c] u + shift[c]), so
///   W'[m, c, k] = W[m, c, k] scale[c]
///   b'[m, p]    = b[m, p] + sum over c, k on data at p of W[m, c, k] shift[c]
/// which depends on the position p only where cells lie on added zeros. Weights are outputs x
/// inputs/groups x kernel, row-major; sums run in float64.
std::optional<ChannelReaders::Folded> ChannelReaders::fold(const Reader &reader,
                                                           const ChannelAffine &affine) {
  LinearMapOpInterface map = reader.map;
  ArrayRef<int64_t> shape = shapeOf(map.getLinearWeight()), output = shapeOf(map->getResult(0));
  int64_t outputs = shape[0], inputs = shape[1], groups = map.getLinearGroups();
  int64_t cells = ShapedType::getNumElements(shape.drop_front(2)),
          positions = ShapedType::getNumElements(output.drop_front(2));
  SmallVector<bool> onData = cellsOnData(map, reader.place);
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

/// 1. All readers' new weights and biases are computed; one entry that is not finite ends it here.
/// 2. Each reader is built anew with them, keeps its attributes and gives way.
/// 3. The ops between lose their ONNX names, since they no longer compute these values.
LogicalResult ChannelReaders::absorb(RewriterBase &rewriter, const ChannelAffine &affine) const {
  SmallVector<Folded> all;
  for (const Reader &reader : readers) {
    std::optional<Folded> folded = fold(reader, affine);
    if (!folded)
      return failure();
    all.push_back(std::move(*folded));
  }
  for (auto [reader, folded] : llvm::zip_equal(readers, all)) {
    LinearMapOpInterface map = reader.map;
    Location loc = map->getLoc();
    rewriter.setInsertionPoint(map);
    Value weight = buildWeights(rewriter, loc, tensorType(map.getLinearWeight()), folded.weight);
    Value bias = buildWeights(rewriter, loc, f32Tensor(rewriter.getContext(), folded.biasShape),
                              folded.bias);
    Operation *rebuilt = map.buildWithWeights(rewriter, loc, weight, bias);
    rebuilt->setDiscardableAttrs(map->getDiscardableAttrDictionary());
    if (!map.getLinearBias())
      rebuilt->setAttr(kFoldedBiasAttr, rewriter.getUnitAttr());
    rewriter.replaceOp(map, rebuilt);
  }
  for (Operation *op : between) // these values are no longer the network's
    rewriter.modifyOpInPlace(op, [&] { op->removeAttr(kValueNameAttr); });
  return success();
}
