// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "tools/saliency-run/Report.h"
#include "runtime/image/ReadFile.h"
#include "tools/saliency-run/Flow.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace saliency {

constexpr int64_t shownClasses = 5;

static bool isWordNetId(std::string_view word) {
  return word.size() == 9 && word[0] == 'n' &&
         word.find_first_not_of("0123456789", 1) == std::string_view::npos;
}

bool Labels::read(const std::string &path, int64_t classes, std::string &error) {
  std::optional<std::string> text = readFile(path, int64_t(1) << 26, error);
  if (!text)
    return false;
  for (std::string_view rest = *text; !rest.empty();) {
    std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(rest.size(), line.size() + 1));
    if (line.ends_with('\r'))
      line.remove_suffix(1);
    if (size_t gap = line.find_first_of(" \t");
        gap != std::string_view::npos && isWordNetId(line.substr(0, gap)))
      line.remove_prefix(gap + 1);
    names.emplace_back(line);
  }
  if (static_cast<int64_t>(names.size()) == classes)
    return true;
  error = path + ": a file of labels has one line for each of the network's " +
          std::to_string(classes) + " classes; found " + std::to_string(names.size());
  return false;
}

std::string_view Labels::operator[](int64_t index) const {
  return names.empty() ? std::string_view() : std::string_view(names[index]);
}

/// Probabilities if the network's outputs are logits.
static std::vector<double> softmax(const float *logits, int64_t classes) {
  double highest = *std::max_element(logits, logits + classes), sum = 0;
  std::vector<double> shares(logits, logits + classes);
  for (double &share : shares)
    sum += share = std::exp(share - highest);
  for (double &share : shares)
    share /= sum;
  return shares;
}

Report::Report(const RunOptions &options, const saliency_interface &model,
               const std::string &output, const Labels &labels)
    : options(options), model(model), labels(labels) {
  json.beginObject();
  json.field("explainer", options.compile.model);
  json.field("model", model.model);
  if (!output.empty())
    json.field("output", output);
  if (model.map_count == 1) {
    json.field("method", model.maps->method);
    json.field("parameters", model.maps->parameters);
  } else {
    json.key("methods");
    json.beginArray();
    for (const saliency_map *map = model.maps; map != model.maps + model.map_count; ++map) {
      json.beginObject();
      json.field("method", map->method);
      json.field("parameters", map->parameters);
      json.endObject();
    }
    json.endArray();
  }
  json.field("classes", model.classes);
  json.key("inputs");
  json.beginArray();
}

void Report::add(const Input &input, const Explanation &result,
                 const std::vector<WrittenFile> &files) {
  if (options.json)
    addJson(input, result, files);
  else if (!options.host.quiet)
    addText(input, result, files);
}

void Report::addText(const Input &input, const Explanation &result,
                     const std::vector<WrittenFile> &files) const {
  for (int64_t image = 0; image < result.images; ++image) {
    const float *logits = &result.logits[image * model.classes];
    std::vector<double> shares = softmax(logits, model.classes);
    std::string place = result.images > 1 ? " [" + std::to_string(image) + "]" : "";
    std::printf("%s%s\n", input.path.c_str(), place.c_str());
    for (int64_t index : topClasses(logits, model.classes, shownClasses))
      std::printf("  %5lld %10.4f %5.1f %%%s%s\n", static_cast<long long>(index), logits[index],
                  100 * shares[index], labels[index].empty() ? "" : "  ",
                  std::string(labels[index]).c_str());
  }
  for (int64_t image = 0; options.compile.report && image < result.images; ++image)
    for (int64_t t = 0; t < result.targets; ++t) {
      std::string place = result.images > 1 ? " in image " + std::to_string(image) : "";
      std::fputs(
          flowText(flowOf(result, model, image, t), flowTitle(result.classOf(image, t)) + place)
              .c_str(),
          stdout);
    }
  for (const WrittenFile &file : files)
    std::printf("  -> %s\n", file.path.c_str());
  std::fflush(stdout);
}

/// "class 3, star"
std::string Report::flowTitle(int64_t index) const {
  std::string title = "class " + std::to_string(index);
  return labels[index].empty() ? title : title + ", " + std::string(labels[index]);
}

void Report::classFields(int64_t index) {
  json.field("class", index);
  if (!labels[index].empty())
    json.field("label", labels[index]);
}

/// Sum and range of one map.
void Report::mapFields(const Explanation &result, int64_t method, int64_t image, int64_t target) {
  const std::vector<float> &maps = result.methods[method].maps;
  size_t size = maps.size() / (result.images * result.targets);
  const float *map = &maps[(image * result.targets + target) * size];
  double sum = 0;
  for (size_t i = 0; i < size; ++i)
    sum += map[i];
  json.field("sum", sum);
  json.field("min", double(*std::min_element(map, map + size)));
  json.field("max", double(*std::max_element(map, map + size)));
}

void Report::addImageJson(const Explanation &result, int64_t image) {
  const float *logits = &result.logits[image * model.classes];
  std::vector<double> shares = softmax(logits, model.classes);
  json.beginObject();
  json.key("top");
  json.beginArray();
  for (int64_t index : topClasses(logits, model.classes, shownClasses)) {
    json.beginObject();
    classFields(index);
    json.field("logit", double(logits[index]));
    json.field("softmax", shares[index]);
    json.endObject();
  }
  json.endArray();
  json.key("targets");
  json.beginArray();
  for (int64_t t = 0; t < result.targets; ++t) {
    json.beginObject();
    classFields(result.classOf(image, t));
    json.field("logit", double(logits[result.classOf(image, t)]));
    if (model.map_count == 1) {
      mapFields(result, 0, image, t);
    } else {
      json.key("maps");
      json.beginArray();
      for (int64_t m = 0; m < model.map_count; ++m) {
        json.beginObject();
        json.field("method", model.maps[m].method);
        mapFields(result, m, image, t);
        json.endObject();
      }
      json.endArray();
    }
    if (options.compile.report) {
      json.key("report");
      writeFlow(json, flowOf(result, model, image, t));
    }
    json.endObject();
  }
  json.endArray();
  json.endObject();
}

void Report::addJson(const Input &input, const Explanation &result,
                     const std::vector<WrittenFile> &files) {
  json.beginObject();
  json.field("input", input.path);
  json.key("images");
  json.beginArray();
  for (int64_t image = 0; image < result.images; ++image)
    addImageJson(result, image);
  json.endArray();
  json.key("files");
  json.beginArray();
  for (const WrittenFile &file : files) {
    json.beginObject();
    json.field("kind", file.kind);
    if (!file.method.empty())
      json.field("method", file.method);
    if (file.target >= 0)
      json.field("target", file.target);
    if (file.target >= 0 && result.oneClass(file.target))
      json.field("class", result.classOf(0, file.target));
    json.field("path", file.path);
    json.endObject();
  }
  json.endArray();
  json.endObject();
}

bool Report::finish() {
  json.endArray();
  json.endObject();
  if (options.json)
    std::printf("%s\n", json.text().c_str());
  return std::fflush(stdout) == 0 && !std::ferror(stdout);
}

} // namespace saliency
