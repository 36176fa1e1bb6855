// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Every row of every method, and random layers of every kind for them.
#ifndef SALIENCY_TEST_RULES_RANDOMLAYERS_H
#define SALIENCY_TEST_RULES_RANDOMLAYERS_H

#include "Reference.h"
#include "passes/rules/Registry.h"
#include "passes/rules/language/Compile.h"
#include "passes/rules/printing/Print.h"
#include "passes/rules/reference/EvaluateMethod.h"

namespace saliency::rules::test {

struct Case {
  const MethodTable *table;
  unsigned row;
};

inline std::vector<Case> allRows() {
  std::vector<Case> cases;
  for (const MethodTable *table : allMethods())
    for (unsigned row = 0; row < table->rows.size(); ++row)
      cases.push_back({table, row});
  return cases;
}

/// A pattern for each unit: entries whose product with its weights is 1.
inline void addLayerData(DenseLayer &layer, Random &random) {
  if (!isLinearMap(layer.capability))
    return;
  const size_t units = size_t(layer.y.channels), entries = layer.kernel.size() / units;
  Values data = random.values(layer.kernel.size(), 0.5, 1.5);
  for (size_t unit = 0; unit < units; ++unit) {
    double product = 0;
    for (size_t i = unit * entries; i < (unit + 1) * entries; ++i)
      product += (data[i] *= layer.kernel.data[i]) * layer.kernel.data[i];
    for (size_t i = unit * entries; i < (unit + 1) * entries; ++i)
      data[i] /= product;
  }
  layer.layerData = {unsigned(data.size()), 1, data};
}

inline std::vector<DenseLayer> randomLayers(Random &random) {
  std::vector<DenseLayer> layers;
  for (const PlainConvolution &conv :
       {PlainConvolution{
            {.height = 5, .width = 4, .kernel = {3, 3}, .pads = {1, 1, 1, 1}}, 3, 4, 1},
        PlainConvolution{
            {.height = 6, .width = 6, .kernel = {3, 3}, .strides = {2, 2}, .pads = {1, 1, 1, 1}},
            3,
            3,
            3},
        PlainConvolution{{.height = 4, .width = 4}, 3, 5, 1}})
    layers.push_back(makeConvolution(random.activations(3, conv.window.height * conv.window.width),
                                     conv.window, conv.outChannels, conv.groups,
                                     random.values(conv.weightSize()),
                                     random.values(conv.outChannels)));
  layers.push_back(makeDense(random.activations(3, 1), 4, random.values(12), random.values(4)));
  for (unsigned i = 0; i < 4; ++i) { // the same at the first layer
    layers.push_back(layers[i]);
    layers.back().firstLayer = true;
    layers.push_back(layers[i]); // and at the last
    layers.back().lastLinear = true;
  }
  layers.push_back(makeDense(random.activations(3, 1), 4, random.values(12),
                             random.values(4))); // behind a flattened map
  layers.back().flattenedChannels = 3;
  for (unsigned i : {2u, 3u}) { // where all relevance passes
    layers.push_back(layers[i]);
    layers.back().isBottleneck = true;
  }
  const Window pool{
      .height = 4, .width = 4, .kernel = {3, 3}, .strides = {1, 1}, .pads = {1, 1, 1, 1}};
  layers.push_back(makeAveragePool(random.activations(3, 16), pool, true));
  layers.push_back(makeMaxPool(random.activations(3, 16), pool));
  layers.push_back(makeActivation(
      Capability::Activation, random.tensor(3, 4), [](double v) { return std::tanh(v); },
      [](double v) { return 1 - std::tanh(v) * std::tanh(v); }));
  layers.push_back(makeActivation(
      Capability::Rectifier, random.tensor(3, 4), [](double v) { return std::max(v, 0.0); },
      [](double v) { return double(v > 0); }));
  layers.push_back(layers.back());
  layers.back().follows = Capability::Dense;
  layers.push_back(makeBatchNorm(random.activations(3, 4), random.values(3), random.values(3),
                                 random.values(3), {1, 2, 3}, 1e-5));
  layers.push_back(makeStructural(random.tensor(3, 4), 2, 4, {11, 10, 9, 8, 0, -1, 1, 2}));
  layers.push_back(makeAdd({random.tensor(3, 4), random.tensor(3, 4), random.tensor(3, 4)}));
  layers.push_back(makeConcat({random.activations(1, 4), random.activations(3, 4)}));
  layers.push_back(makeFork(random.tensor(3, 4)));
  layers.push_back(makeLayerNorm(random.tensor(5, 3), random.values(5), random.values(5), 1e-5));
  layers.push_back(makeSoftmax(random.tensor(4, 3)));
  layers.push_back(makeBilinear(random.tensor(3, 4), random.tensor(4, 2)));
  layers.push_back(makeProduct({random.tensor(3, 4)}, 0.25));
  layers.push_back(makeAdd({random.tensor(3, 4)})); // of a constant, which gets nothing
  layers.back().byConstant = true;
  DenseLayer product = makeProduct({random.tensor(3, 4), random.tensor(3, 4)});
  layers.push_back(product);
  for (DenseLayer &layer : layers) {
    addLayerData(layer, random);
    setRelevance(layer, random.tensor(layer.y.channels, layer.y.positions));
    if (layer.capability == Capability::Fork)
      layer.relevances.push_back(random.tensor(3, 4));
  }
  return layers;
}

/// Default settings with the options that the row asks for.
inline Settings settingsFor(const MethodTable &table, const Row &row) {
  Settings settings = defaultSettings(table);
  for (unsigned i = 0; i < row.conditionCount; ++i)
    if (row.conditions[i].kind == ConditionKind::OptionIs && !row.conditions[i].negated)
      settings.values[row.conditions[i].index].number = double(row.conditions[i].value);
  return settings;
}

/// Whether the layer takes this row, of one stream or another.
inline bool takes(const MethodTable &table, const Settings &settings, const Row &row,
                  const DenseLayer &layer) {
  if (!row.rule.empty())
    return findRule(table, layer.capability, row.rule) == &row;
  for (unsigned stream = 0; stream <= table.streams.size(); ++stream)
    if (rowFor(table, settings, layer, stream) == &row)
      return true;
  return false;
}

inline std::string testName(const testing::TestParamInfo<Case> &info) {
  const Row &row = info.param.table->rows[info.param.row];
  const std::string stream =
      row.stream == 0 ? "" : std::string(info.param.table->streams[row.stream - 1u].name) + "_";
  std::string name = std::string(info.param.table->name) + "_" + stream +
                     std::string(nameOf(row.capability)) + "_" + std::string(row.rule) +
                     describeConditions(*info.param.table, {row.conditions, row.conditionCount});
  for (char &c : name)
    c = isalnum(static_cast<unsigned char>(c)) ? c : '_';
  return name;
}

} // namespace saliency::rules::test

#endif // SALIENCY_TEST_RULES_RANDOMLAYERS_H
