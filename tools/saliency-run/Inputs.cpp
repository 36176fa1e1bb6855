// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "tools/saliency-run/Inputs.h"
#include "runtime/image/Npy.h"
#include "runtime/image/Preprocess.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <filesystem>
#include <map>

namespace saliency {

std::string stemOf(const std::string &path) { return std::filesystem::path(path).stem().string(); }

bool checkStems(const std::vector<std::string> &paths, std::string &error) {
  std::map<std::string, std::string> seen;
  for (const std::string &path : paths) {
    auto [place, isNew] = seen.emplace(stemOf(path), path);
    if (isNew)
      continue;
    error = "inputs differ in their file names without folder and extension; found " +
            place->second + " and " + path;
    return false;
  }
  return true;
}

std::string imageShapeText(const saliency_interface &model) {
  return shapeText({model.input_dims + 1, model.input_dims + model.input_rank});
}

static bool isArray(const std::string &path) {
  return std::filesystem::path(path).extension() == ".npy";
}

/// The preset, then what the other options change of it.
static std::optional<Preprocessing> preprocessingFor(const PictureOptions &options,
                                                     int64_t channels, std::string &error) {
  const Preset *preset = findPreset(options.preset.empty() ? "torch-imagenet" : options.preset);
  assert(preset && "checked with the command line");
  Preprocessing how = preset->preprocessing;
  if (!options.mean.empty()) {
    how.scale = options.range == 255 ? 1.0 : 1.0 / 255;
    for (size_t c = 0; c < 3; ++c) {
      how.mean[c] = options.mean[options.mean.size() == 3 ? c : 0];
      how.std[c] = options.std[options.std.size() == 3 ? c : 0];
    }
  }
  if (channels == 1)
    how.order = ColourOrder::Gray;
  if (channels == 1 && options.preset.empty() && options.mean.empty()) {
    error =
        "a picture for a network with one channel needs --preset (unit, none) or --mean and --std";
    return std::nullopt;
  }
  if (!options.order.empty())
    how.order = options.order == "gray"  ? ColourOrder::Gray
                : options.order == "bgr" ? ColourOrder::Bgr
                                         : ColourOrder::Rgb;
  if ((how.order == ColourOrder::Gray) != (channels == 1)) {
    error = "--layout suits the network's channels, gray one channel, rgb and bgr three; found " +
            (options.order.empty() ? "no --layout" : options.order) + " and " +
            std::to_string(channels);
    return std::nullopt;
  }
  how.fit = options.fit == "none" ? Fit::Squash : Fit::Centre;
  how.shortSide = options.size;
  return how;
}

static bool loadPicture(Input &input, const PictureOptions &options,
                        const saliency_interface &model, std::string &error) {
  const int64_t *dims = model.input_dims;
  if (model.input_rank != 4 || (dims[1] != 1 && dims[1] != 3) || dims[2] > 16384 ||
      dims[3] > 16384) {
    error = "a picture needs a network with input 1xHxW or 3xHxW, this one takes " +
            imageShapeText(model) + "; use a .npy file";
    return false;
  }
  if (model.batch != 1) {
    error = "a picture needs an explainer compiled for batch 1; found batch " +
            std::to_string(model.batch) + "; use a .npy file";
    return false;
  }
  std::optional<Preprocessing> how = preprocessingFor(options, dims[1], error);
  std::optional<Picture> file = how ? readPicture(input.path, error) : std::nullopt;
  if (!file)
    return false;
  input.picture =
      fitPicture(*file, *how, static_cast<int>(dims[3]), static_cast<int>(dims[2]), error);
  if (!input.picture) {
    error = input.path + ": " + error;
    return false;
  }
  input.batch = 1;
  input.values = normalise(*input.picture, *how);
  return true;
}

static bool loadArray(Input &input, const saliency_interface &model, std::string &error) {
  std::optional<NpyArray> array = readNpy(input.path, error);
  if (!array)
    return false;
  const std::vector<int64_t> &shape = array->shape;
  bool fits = static_cast<int64_t>(shape.size()) == model.input_rank && shape[0] > 0 &&
              shape[0] <= INT32_MAX && shape[0] % model.batch == 0 &&
              std::equal(shape.begin() + 1, shape.end(), model.input_dims + 1);
  if (!fits) {
    std::string images = model.batch == 1 ? "B" : "(B*" + std::to_string(model.batch) + ")";
    error = input.path + ": an array has the shape " + images + "x" + imageShapeText(model) +
            " of the network's input; found " + shapeText(shape);
    return false;
  }
  auto bad = std::find_if(array->values.begin(), array->values.end(),
                          [](float value) { return !std::isfinite(value); });
  if (bad != array->values.end()) {
    error = input.path + ": every value of an input is finite; found " +
            (std::isnan(*bad) ? "NaN" : "infinity") + " at flat index " +
            std::to_string(bad - array->values.begin());
    return false;
  }
  input.batch = shape[0];
  input.values = std::move(array->values);
  return true;
}

std::optional<Input> loadInput(const std::string &path, const PictureOptions &options,
                               const saliency_interface &model, std::string &error) {
  Input input;
  input.path = path;
  input.stem = stemOf(path);
  if (isArray(path) ? loadArray(input, model, error) : loadPicture(input, options, model, error))
    return input;
  return std::nullopt;
}

} // namespace saliency
