// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "tools/saliency-run/Outputs.h"
#include "runtime/image/Heatmap.h"
#include "runtime/image/Npy.h"
#include "runtime/image/OutputFiles.h"
#include "runtime/image/Resize.h"

#include <algorithm>
#include <filesystem>

namespace saliency {
namespace {

/// Smaller pictures are enlarged by a whole factor to reach this.
constexpr int viewableSide = 224;

class Writer {
public:
  Writer(const Input &input, const Explanation &result, const saliency_interface &model,
         const RunOptions &options, std::string &error)
      : input(input), result(result), model(model), options(options), error(error) {}

  bool writeAll() {
    for (int64_t t = 0; t < result.targets; ++t) {
      for (int64_t m = 0; m < model.map_count; ++m)
        if (!writeMaps(t, m) || (input.picture && !writePictures(t, m)))
          return false;
      if (options.compile.dumpRelevance && !writeLayers(t))
        return false;
    }
    if (options.logits &&
        !addArray("logits", -1, ".logits.npy", {result.images, model.classes}, result.logits))
      return false;
    if (options.prepared && !writePrepared())
      return false;
    return files.commit(error);
  }

  std::vector<WrittenFile> written;

private:
  /// Of one target, everything that method `m` found.
  bool writeMaps(int64_t t, int64_t m) {
    const saliency_map &map = model.maps[m];
    const MethodMaps &found = result.methods[m];
    std::vector<int64_t> shape(map.dims, map.dims + map.rank);
    shape[0] = result.images;
    std::string name = nameOf(t) + suffixOf(m);
    bool good =
        addArray("map", t, name + ".npy", shape,
                 sliceTarget(found.maps, result.images, result.targets, t)) &&
        (!options.map2d ||
         addArray("map2d", t, name + ".map2d.npy", {result.images, 1, map.plane[0], map.plane[1]},
                  sliceTarget(found.maps2d, result.images, result.targets, t)));
    return belongsTo(m), good;
  }

  /// ".grad-cam" among several methods.
  std::string suffixOf(int64_t m) const {
    return model.map_count > 1 ? "." + std::string(model.maps[m].method) : "";
  }
  /// What was written since the last call belongs to method `m`.
  void belongsTo(int64_t m) {
    for (; attributed < written.size(); ++attributed)
      written[attributed].method = model.map_count > 1 ? model.maps[m].method : "";
  }

  bool writePrepared() {
    std::vector<int64_t> shape(model.input_dims, model.input_dims + model.input_rank);
    shape[0] = result.images;
    return addArray("input", -1, ".input.npy", shape, input.values);
  }

  /// A layer of several compiled batches is stacked like the maps.
  bool writeLayers(int64_t t) {
    int64_t steps = result.images / model.batch;
    std::vector<std::vector<float>> stacked;
    std::vector<NpzEntry> entries;
    int64_t count = model.layer_count - (model.report_count ? 1 : 0);
    for (const saliency_layer *layer = model.layers; layer != model.layers + count; ++layer) {
      std::vector<int64_t> shape(layer->dims, layer->dims + layer->rank);
      int64_t size = 1;
      for (int64_t dim : shape)
        size *= dim;
      std::vector<float> &values = stacked.emplace_back();
      for (int64_t step = 0; step < steps; ++step) {
        auto start = result.layers.begin() + (step * result.targets + t) * model.layer_elements +
                     layer->offset;
        values.insert(values.end(), start, start + size);
      }
      if (!shape.empty())
        shape[0] *= steps;
      entries.push_back({layer->name, shape, values.data()});
    }
    std::optional<std::string> bytes = encodeNpz(entries, error);
    return bytes && add("layers", t, nameOf(t) + ".layers.npz", {*bytes});
  }

  /// The 2-D map at the network's size, alone and over the photograph.
  bool writePictures(int64_t t, int64_t m) {
    const Picture &photograph = *input.picture;
    int height = static_cast<int>(model.maps[m].plane[0]),
        width = static_cast<int>(model.maps[m].plane[1]);
    std::vector<float> map =
        sliceTarget(result.methods[m].maps2d, result.images, result.targets, t);
    if (height != photograph.height || width != photograph.width)
      map = resizeMap(map.data(), width, height, photograph.width, photograph.height);
    int side = std::min(photograph.width, photograph.height),
        factor = (viewableSide + side - 1) / side;
    std::string name = nameOf(t) + suffixOf(m);
    bool good =
        addPicture("png", t, name + ".png",
                   enlarge(renderSigned(map, photograph.width, photograph.height), factor)) &&
        addPicture("overlay", t, name + ".overlay.png", enlarge(overlay(photograph, map), factor));
    return belongsTo(m), good;
  }

  bool addPicture(const char *kind, int64_t t, const std::string &suffix, const Picture &picture) {
    std::optional<std::string> bytes = encodePng(picture, error);
    return bytes && add(kind, t, suffix, {*bytes});
  }

  bool addArray(const char *kind, int64_t t, const std::string &suffix,
                const std::vector<int64_t> &shape, const std::vector<float> &values) {
    return add(
        kind, t, suffix,
        {npyHeader(shape), {reinterpret_cast<const char *>(values.data()), values.size() * 4}});
  }

  bool add(const char *kind, int64_t t, const std::string &suffix,
           std::initializer_list<std::string_view> parts) {
    std::string path = (std::filesystem::path(options.outDir) / (input.stem + suffix)).string();
    for (const std::string &other : options.inputs) {
      if (std::error_code code; std::filesystem::equivalent(other, path, code)) {
        error = path + ": an output replaces no input; choose another --out-dir";
        return false;
      }
    }
    written.push_back({kind, t, path});
    return files.add(path, parts, error);
  }

  /// "_t3", or "_ttop1" where the images of an array chose different winners by themselves.
  std::string nameOf(int64_t t) const {
    bool stacked = result.images > 1 && options.target.classes.empty() && model.fixed_target < 0;
    return stacked ? "_ttop" + std::to_string(t + 1) : "_t" + std::to_string(result.classOf(0, t));
  }

  const Input &input;
  const Explanation &result;
  const saliency_interface &model;
  const RunOptions &options;
  std::string &error;
  OutputFiles files;
  size_t attributed = 0;
};

} // namespace

static bool failOutDir(const std::string &folder, std::error_code code, std::string &error) {
  error =
      folder + ": --out-dir is a folder or a place where one can be made; found: " + code.message();
  return false;
}

bool checkOutDir(const std::string &folder, std::string &error) {
  std::error_code code;
  std::filesystem::path place = std::filesystem::absolute(folder, code).lexically_normal();
  while (!std::filesystem::exists(place, code) && place.has_relative_path())
    place = place.parent_path();
  if (std::filesystem::is_directory(place, code))
    return true;
  return failOutDir(folder, code ? code : std::make_error_code(std::errc::not_a_directory), error);
}

std::optional<std::vector<WrittenFile>> writeOutputs(const Input &input, const Explanation &result,
                                                     const saliency_interface &model,
                                                     const RunOptions &options,
                                                     std::string &error) {
  std::error_code code;
  std::filesystem::create_directories(options.outDir, code);
  if (!std::filesystem::is_directory(options.outDir)) {
    failOutDir(options.outDir, code ? code : std::make_error_code(std::errc::not_a_directory),
               error);
    return std::nullopt;
  }
  Writer writer(input, result, model, options, error);
  if (!writer.writeAll())
    return std::nullopt;
  return std::move(writer.written);
}

} // namespace saliency
