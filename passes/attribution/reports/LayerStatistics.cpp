// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/attribution/reports/LayerStatistics.h"

#include "dialect/ops/Builders.h"
#include "passes/attribution/emission/ExplainFunction.h"

using namespace mlir;
using namespace saliency;
using rules::Capability;

SmallVector<LinearMapOpInterface> saliency::findWeightedLayers(const Network &network) {
  SmallVector<LinearMapOpInterface> layers;
  for (Operation &op : *Value(network.getLogits()).getParentBlock()) {
    auto linear = dyn_cast<LinearMapOpInterface>(op);
    if (linear && linear.getLinearWeight() && network.carriesRelevance(op.getResult(0)))
      layers.push_back(linear);
  }
  return layers;
}

/// Whether a rectifier takes `value`, past what rearranges it or picks from it (relu(max y) = max
/// relu(y)), and nothing else does.
static bool isRectified(Value value) {
  return !value.use_empty() && llvm::all_of(value.getUsers(), [](Operation *user) {
    auto layer = dyn_cast<LayerOpInterface>(user);
    if (!layer)
      return false;
    Capability capability = capabilityOf(layer);
    bool past = capability == Capability::Structural || capability == Capability::Selection;
    return capability == Capability::Rectifier || (past && isRectified(user->getResult(0)));
  });
}

namespace {

/// Adds statistics to the results of a function whose results have roles.
class Results {
public:
  explicit Results(func::FuncOp function) : function(function) {}
  void add(const Twine &name, Value value) {
    MLIRContext *context = function.getContext();
    std::string text = name.str();
    auto attributes =
        DictionaryAttr::get(context, roleAttribute(context, {RoleKind::Statistic, text}));
    Operation *terminator = function.getBody().front().getTerminator();
    (void)function.insertResult(function.getNumResults(), value.getType(), attributes);
    terminator->insertOperands(terminator->getNumOperands(), value);
  }

private:
  func::FuncOp function;
};

} // namespace

/// Sum of `value` over all but samples and features, N x M.
static Value sumOverPositions(OpBuilder &builder, LinearMapOpInterface layer, Value value) {
  SmallVector<int64_t> axes,
      features = cast<LayerOpInterface>(layer.getOperation()).getFeatureAxes();
  ArrayRef<int64_t> shape = shapeOf(value);
  for (int64_t axis = 1; axis != int64_t(shape.size()); ++axis)
    if (!llvm::is_contained(features, axis))
      axes.push_back(axis);
  if (axes.empty())
    return value;
  Value sum = ReduceOp::create(builder, layer.getLoc(), value,
                               ReductionAttr::get(builder.getContext(), Reduction::Sum),
                               builder.getDenseI64ArrayAttr(axes));
  return ReshapeOp::create(builder, layer.getLoc(), sum,
                           builder.getDenseI64ArrayAttr({shape[0], shape[features.front()]}));
}

LogicalResult saliency::emitLayerStatistics(func::FuncOp function, ActiveUnits which) {
  if (failed(keepForward(function)))
    return failure();
  FailureOr<Network> network = Network::of(function);
  if (failed(network))
    return failure();
  SmallVector<LinearMapOpInterface> layers = findWeightedLayers(*network);
  SmallVector<bool> masked = llvm::map_to_vector(layers, [&](LinearMapOpInterface layer) {
    return which == ActiveUnits::Positive ||
           (which == ActiveUnits::Rectified && isRectified(layer->getResult(0)));
  });
  OpBuilder builder(function.getBody().front().getTerminator());
  Results results(function);
  for (auto [layer, mask] : llvm::zip_equal(layers, masked)) {
    Location loc = layer.getLoc();
    Value y = layer->getResult(0),
          x = layer->getOperand(
              cast<LayerOpInterface>(layer.getOperation()).getDataOperandNumbers().front());
    StringRef name = valueName(y);
    if (name.empty())
      return layer.emitError("statistics are called by the value that a layer produces, found a "
                             "layer whose value has no name");
    Value ones = buildSplat(builder, loc, shapeOf(y), 1), active = ones, counted = y;
    if (mask) {
      Value zeros = buildSplat(builder, loc, shapeOf(y), 0);
      Value above = buildCompare(builder, loc, arith::CmpFPredicate::OGT, y, zeros);
      active = arith::SelectOp::create(builder, loc, above, ones, zeros);
      counted = arith::SelectOp::create(builder, loc, above, y, zeros);
    }
    results.add(name + ":xy", layer.buildCorrelate(builder, loc, x, counted));
    results.add(name + ":x", layer.buildCorrelate(builder, loc, x, active));
    results.add(name + ":count", sumOverPositions(builder, layer, active));
    results.add(name + ":y", sumOverPositions(builder, layer, y));
  }
  return success();
}
