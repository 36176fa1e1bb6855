// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/attribution/binding/LayerData.h"

#include "dialect/ops/Builders.h"
#include "passes/attribution/binding/BoundMethod.h"
#include "runtime/image/Npy.h"
#include "llvm/ADT/StringExtras.h"

#include <cmath>

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
