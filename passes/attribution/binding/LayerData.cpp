// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/attribution/binding/LayerData.h"

#include "dialect/ops/Builders.h"
#include "passes/attribution/walk/ReverseWalk.h"
#include "passes/rules/language/MethodChecks.h"
#include "runtime/image/Npy.h"
#include "llvm/ADT/StringExtras.h"

#include <cmath>
#include <cstdio>

using namespace mlir;
using namespace saliency;

llvm::Expected<std::shared_ptr<const LayerData>> LayerData::read(StringRef path) {
  auto mistake = [](const Twine &text) {
    return llvm::createStringError(llvm::inconvertibleErrorCode(), text);
  };
  std::string error;
  std::optional<std::vector<NpzArray>> arrays = readNpz(path.str(), error);
  if (!arrays)
    return mistake(error);
  auto data = std::make_shared<LayerData>();
  data->path = path;
  for (NpzArray &named : *arrays) {
    for (float value : named.array.values)
      if (!std::isfinite(value))
        return mistake(path + ": every value must be finite, array '" + named.name + "' holds " +
                       (std::isnan(value) ? "NaN" : "infinity"));
    if (!data->arrays
             .try_emplace(named.name,
                          Array{std::move(named.array.shape), std::move(named.array.values)})
             .second)
      return mistake(path + ": arrays have different names, found '" + named.name + "' twice");
  }
  return data;
}

const LayerData::Array *LayerData::find(StringRef layer) const {
  auto found = arrays.find(layer);
  return found == arrays.end() ? nullptr : &found->second;
}

std::string LayerData::namesText() const {
  constexpr size_t most = 8;
  SmallVector<StringRef> names(arrays.keys());
  llvm::sort(names);
  std::string text =
      names.empty() ? "no array" : "'" + llvm::join(ArrayRef(names).take_front(most), "', '") + "'";
  return names.size() > most ? text + " and " + std::to_string(names.size() - most) + " more"
                             : text;
}

FailureOr<const LayerData::Array *> saliency::findLayerData(const BoundMethod &method,
                                                            unsigned parameter, Operation *layer) {
  const LayerData &data = method.getLayerData(parameter);
  StringRef name = valueName(layer->getResult(0)),
            called(method.getTable().parameters[parameter].name);
  Value weight = cast<LinearMapOpInterface>(layer).getLinearWeight();
  const LayerData::Array *array = name.empty() ? nullptr : data.find(name);
  if (!array)
    return layer->emitError("parameter '")
           << called << "' needs an array '" << name << "' in " << data.getPath() << ", found "
           << data.namesText() << "; was it made for this network, batch norm folded alike?";
  if (ArrayRef<int64_t>(array->shape) != shapeOf(weight))
    return layer->emitError("parameter '")
           << called << "' needs array '" << name << "' of " << data.getPath()
           << " in the shape of the layer's weights, " << shapeText(shapeOf(weight)) << ", found "
           << shapeText(array->shape);
  return array;
}

static std::string shortNumber(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%g", value);
  return text;
}

/// A unit's entries times its weights add up to 1, as far as float32 tells, or are all 0. Units are
/// the weights' first axis.
static LogicalResult checkDual(const BoundMethod &method, unsigned parameter, Operation *layer,
                               const LayerData::Array &array) {
  ElementsAttr attribute;
  if (!matchPattern(cast<LinearMapOpInterface>(layer).getLinearWeight(), m_Constant(&attribute)))
    return success();
  FloatElements weights(attribute);
  size_t units = array.shape.front(), entries = array.values.size() / units;
  for (size_t unit = 0; unit != units; ++unit) {
    double product = 0, magnitude = 0;
    for (size_t i = unit * entries; i != (unit + 1) * entries; ++i) {
      double term =
          double(array.values[i]) * (weights.isSplat() ? *weights.begin() : weights.begin()[i]);
      product += term;
      magnitude += std::abs(term);
    }
    bool silent = llvm::all_of(ArrayRef(array.values).slice(unit * entries, entries),
                               [](float value) { return value == 0; });
    if (!silent && !(std::abs(product - 1) <= 1e-3 * std::max(magnitude, 1.0)))
      return layer->emitError("parameter '")
             << StringRef(method.getTable().parameters[parameter].name)
             << "' needs, for each unit, entries whose product with the unit's weights is 1, found "
             << shortNumber(product) << " at unit " << unit << " in array '"
             << valueName(layer->getResult(0)) << "' of "
             << method.getLayerData(parameter).getPath() << "; was it made for these weights?";
  }
  return success();
}

LogicalResult saliency::checkLayerData(func::FuncOp original, const BoundMethod &method) {
  if (!method.readsLayerData())
    return success();
  OwningOpRef<func::FuncOp> copy = original.clone();
  FailureOr<Network> network = Network::ofCopy(*copy);
  if (failed(network))
    return success(); // reported by attribute()
  for (Operation &op : copy->getBody().front().without_terminator()) {
    auto linear = dyn_cast<LinearMapOpInterface>(op);
    if (!linear || !linear.getLinearWeight() || !network->carriesRelevance(op.getResult(0)))
      continue;
    LayerRule rule = findRuleFor(linear, method, *network);
    if (!rule.row)
      continue;
    const BoundMethod &bound = *rule.bound;
    LogicalResult good = success();
    rules::forEachRead(
        bound.getTable(), rule.row->result, [&](const rules::Node &node, rules::NodeId) {
          if (failed(good) || node.kind != rules::NodeKind::LayerData)
            return;
          FailureOr<const LayerData::Array *> array = findLayerData(bound, node.index, &op);
          if (failed(array) || (bound.getTable().parameters[node.index].isDual &&
                                failed(checkDual(bound, node.index, &op, **array))))
            good = failure();
        });
    if (failed(good))
      return failure();
  }
  return success();
}
