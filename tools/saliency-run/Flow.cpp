// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "tools/saliency-run/Flow.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstring>

namespace saliency {
namespace {

/// Of what is compared with it, this part counts as nothing: the table has one decimal of percents.
constexpr double shown = 0.0005;

std::string number(const char *format, double value) {
  char text[64];
  std::snprintf(text, sizeof text, format, value);
  return text;
}

std::string padded(std::string text, size_t width) {
  text.resize(std::max(width, text.size()), ' ');
  return text;
}

std::string right(const std::string &text, size_t width) {
  return std::string(width - std::min(width, text.size()), ' ') + text;
}

bool isLossless(const FlowRow &row, double scale) {
  for (double loss : row.losses())
    if (std::abs(loss) >= shown * scale)
      return false;
  return true;
}

class Table {
public:
  Table(const std::vector<FlowRow> &rows, double scale, bool percent)
      : rows(rows), scale(scale), percent(percent) {}

  std::string text() {
    for (const FlowRow &row : rows)
      if (!isLossless(row, std::abs(scale)))
        for (size_t i = 0; i < names.size(); ++i)
          names[i] = std::max(names[i], std::strlen(words(row)[i]));
    std::string result = line({"layer", "kind", "rule"},
                              {"arrives", "leaves", "stabiliser", "bias", "dead units", "rule"});
    size_t hidden = 0;
    for (const FlowRow &row : rows)
      if (isLossless(row, std::abs(scale)))
        hidden +=
            &row != &rows.front() && &row != &rows.back(); // seed and map have a line of their own
      else
        result += line(words(row), {cell(row.arrives), cell(row.leaves), cell(row.stabiliser),
                                    cell(row.bias), cell(row.dead), cell(row.rule)});
    if (hidden)
      result += "    " + std::to_string(hidden) + " more pass on what they get\n";
    return result;
  }

private:
  std::array<const char *, 3> words(const FlowRow &row) const {
    return {row.about->layer, row.about->kind, row.about->rule};
  }
  std::string cell(double value) const {
    double part = 100 * value / scale;
    return percent ? number("%.1f", std::abs(part) < 0.05 ? 0 : part)
                   : number("%.4g", value); // no -0.0
  }
  std::string line(const std::array<const char *, 3> &left,
                   const std::array<std::string, 6> &cells) const {
    std::string result = "    ";
    for (size_t i = 0; i < left.size(); ++i)
      result += padded(left[i], names[i] + 2);
    static constexpr size_t widths[] = {9, 10, 12, 10, 12, 10};
    for (size_t i = 0; i < cells.size(); ++i)
      result += right(cells[i], widths[i]);
    return result + "\n";
  }

  const std::vector<FlowRow> &rows;
  double scale;
  bool percent;
  std::array<size_t, 3> names = {5, 4, 4};
};

} // namespace

std::vector<FlowRow> flowOf(const Explanation &result, const saliency_interface &model,
                            int64_t image, int64_t target) {
  if (model.report_count == 0 || result.layers.empty())
    return {};
  const saliency_layer &report = model.layers[model.layer_count - 1];
  const float *sums =
      &result.layers[((image / model.batch) * result.targets + target) * model.layer_elements +
                     report.offset + image % model.batch * SALIENCY_REPORT_COLUMNS];
  std::vector<FlowRow> rows(static_cast<size_t>(model.report_count));
  for (size_t i = 0; i < rows.size(); ++i, sums += model.batch * SALIENCY_REPORT_COLUMNS) {
    FlowRow &row = rows[i];
    row.about = &model.report[i];
    row.arrives = sums[SALIENCY_REPORT_ARRIVES];
    row.leaves = sums[SALIENCY_REPORT_LEAVES];
    row.stabiliser = sums[SALIENCY_REPORT_STABILISER];
    row.bias = sums[SALIENCY_REPORT_BIAS];
    row.dead = sums[SALIENCY_REPORT_DEAD];
    row.rule = row.arrives - row.leaves - row.stabiliser - row.bias - row.dead;
  }
  return rows;
}

std::string flowText(const std::vector<FlowRow> &rows, const std::string &title) {
  double seed = rows.front().arrives, map = rows.back().leaves, largest = 0;
  for (const FlowRow &row : rows)
    largest = std::max(largest, std::abs(row.arrives));
  bool percent = std::abs(seed) > 1e-6 * largest; // a contrast's seed adds up to 0
  std::string text =
      "  where the relevance of " + title + " went, " +
      (percent ? "in % of the seed's" : "in absolute numbers, since the seed's sum is 0") + "\n";
  text += Table(rows, percent ? seed : largest, percent).text();
  text += "    seed " + number("%.6g", seed) + ", map " + number("%.6g", map);
  return text + (percent ? " (" + number("%.1f", 100 * map / seed) + " %)\n" : "\n");
}

void writeFlow(JsonWriter &json, const std::vector<FlowRow> &rows) {
  json.beginArray();
  for (const FlowRow &row : rows) {
    json.beginObject();
    json.field("layer", row.about->layer);
    json.field("kind", row.about->kind);
    json.field("rule", row.about->rule);
    json.field("conservation", row.about->conservation);
    json.field("arrives", row.arrives);
    json.field("leaves", row.leaves);
    json.key("lost");
    json.beginObject();
    json.field("stabiliser", row.stabiliser);
    json.field("bias", row.bias);
    json.field("dead", row.dead);
    json.field("rule", row.rule);
    json.endObject();
    json.endObject();
  }
  json.endArray();
}

} // namespace saliency
