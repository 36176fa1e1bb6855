// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "tools/saliency-run/CallTensors.h"
#include "passes/request/OptionGrammar.h"
#include "runtime/image/Npy.h"

#include <algorithm>
#include <cmath>

namespace saliency {

static bool readClasses(const std::string &name, const std::string &value, int64_t classCount,
                        std::vector<int64_t> &classes, std::string &error) {
  std::optional<std::vector<int64_t>> numbers = parseIntegers(value);
  bool valid = numbers.has_value();
  for (int64_t number : valid ? *numbers : std::vector<int64_t>())
    valid &= number >= 0 && number < classCount &&
             std::count(numbers->begin(), numbers->end(), number) == 1;
  if (!valid) {
    error = "--param " + name + " takes different classes below " + std::to_string(classCount) +
            ", such as 3,4,0; found '" + value + "'";
    return false;
  }
  classes = *numbers;
  return true;
}

static bool readFloats(const saliency_tensor_declaration &declared, const std::string &path,
                       std::vector<float> &floats, std::string &error) {
  std::optional<NpyArray> array = readNpy(path, error);
  if (!array)
    return false;
  auto size = static_cast<int64_t>(array->values.size());
  if (size == 0 || size % declared.elements != 0 ||
      !std::all_of(array->values.begin(), array->values.end(),
                   [](float value) { return std::isfinite(value); })) {
    error = path + ": --param " + declared.name +
            " takes a file with finite values, a multiple of " + std::to_string(declared.elements) +
            "; found " + std::to_string(size);
    return false;
  }
  floats = std::move(array->values);
  return true;
}

/// " (classes, noise)", or " (it has none)".
static std::string names(const saliency_interface &model) {
  std::vector<std::string> names;
  for (int64_t i = 0; i < model.tensor_count; ++i)
    names.emplace_back(model.tensors[i].name);
  return " (" + (names.empty() ? "it has none" : listText(names)) + ")";
}

bool CallTensors::read(const RunOptions &options, const saliency_interface &model, bool compiled,
                       std::string &error) {
  const auto *begin = model.tensors, *end = model.tensors + model.tensor_count;
  for (const auto &[key, value] : options.compile.parameters) {
    const auto *declared =
        std::find_if(begin, end, [&](const auto &tensor) { return key == tensor.name; });
    if (declared == end) {
      if (compiled)
        continue;
      error = "--param of a compiled explainer is one of its per-call tensors" + names(model) +
              ", its other parameters are fixed; found '" + key + "'";
      return false;
    }
    Tensor &tensor = tensors.emplace_back();
    tensor.name = key;
    bool isSet = declared->kind == SALIENCY_TENSOR_CLASSES;
    if (!(isSet ? readClasses(key, value, model.classes, tensor.classes, error)
                : readFloats(*declared, value, tensor.floats, error)))
      return false;
    tensor.count = isSet ? static_cast<int64_t>(tensor.classes.size())
                         : static_cast<int64_t>(tensor.floats.size()) / declared->elements;
  }
  for (const auto *declared = begin; declared != end; ++declared) {
    if (declared->required &&
        std::none_of(tensors.begin(), tensors.end(),
                     [&](const Tensor &given) { return given.name == declared->name; })) {
      error = std::string("this method needs --param ") + declared->name + "=" +
              (declared->kind == SALIENCY_TENSOR_CLASSES ? "CLASSES" : "FILE.npy");
      return false;
    }
  }
  return true;
}

const std::vector<saliency_tensor> &CallTensors::forBatch(int64_t batch) {
  views.clear();
  for (Tensor &tensor : tensors) {
    tensor.repeated.clear();
    for (int64_t image = 0; image < batch; ++image)
      tensor.repeated.insert(tensor.repeated.end(), tensor.classes.begin(), tensor.classes.end());
    const void *data = tensor.floats.empty() ? static_cast<const void *>(tensor.repeated.data())
                                             : tensor.floats.data();
    views.push_back({tensor.name.c_str(), data, tensor.count});
  }
  return views;
}

} // namespace saliency
