// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The reference evaluator: what a row, seed, finish ... of a method gives on small dense layers, in
// double, node by node as the tape says. Tests compare it with the papers' formulas written by hand
// and with what the compiler's code computes; the compiler itself does not link it.
#ifndef SALIENCY_RULES_REFERENCE_EVALUATEMETHOD_H
#define SALIENCY_RULES_REFERENCE_EVALUATEMETHOD_H

#include "passes/rules/reference/DenseLayer.h"
#include "passes/rules/settings/Settings.h"

#include <optional>
#include <span>

namespace saliency::rules {

/// The row that the layer takes; null: the ordinary derivative, or unsupported.
const Row *rowFor(const MethodTable &table, const Settings &settings, const DenseLayer &layer,
                  unsigned stream = 0);

/// The relevance of the layer's operand. The layer must have its relevance set.
DenseTensor evaluateRow(const MethodTable &table, const Settings &settings, const Row &row,
                        const DenseLayer &layer, unsigned operand = 0);

/// What the layer adds to the map, {1, positions} of the input; 0 where the collection does not
/// take it. The layer must have its relevance set.
DenseTensor evaluateCollection(const MethodTable &table, const Settings &settings,
                               const Collection &collection, const DenseLayer &layer,
                               unsigned positions);

/// What the relevance becomes at a value where streams meet. `value` is a fork with the relevance
/// of one use, and streams.
DenseTensor evaluateMeeting(const MethodTable &table, const Settings &settings,
                            const Meeting &meeting, const DenseLayer &value);

/// What lies above the target layer: its activation, the logits, and the derivative of <logits,
/// score> at the layer.
struct DenseHead {
  DenseTensor layer, logits; // logits: {classes, 1}
  unsigned target = 0;
  std::vector<unsigned> classes; // of the per-call tensor; the target among them is not counted
  std::function<DenseTensor(const DenseTensor &score)> gradient;
  std::function<DenseTensor(const DenseTensor &input)> layerAt = {};
  std::vector<DenseLayer> attention =
      {}; // in the order of the network; y and relevances are {heads * tokens, tokens}
  std::vector<DenseTensor> collected = {}; // each {1, positions of the input}
};

/// The seed that the settings choose.
const Seed *seedFor(const MethodTable &table, const Settings &settings, unsigned stream = 0);
DenseTensor evaluateSeed(const MethodTable &table, const Settings &settings, const Seed &seed,
                         const DenseHead &head);

/// `maps` is what arrived at the input, the relevance first, then the further streams; `head` where
/// the finish reads the layer.
DenseTensor evaluateFinish(const MethodTable &table, const Settings &settings,
                           std::span<const DenseTensor> maps, const DenseTensor &input,
                           const DenseHead *head = nullptr);
/// {1, positions}
DenseTensor evaluateFinish2d(const MethodTable &table, const Settings &settings,
                             std::span<const DenseTensor> maps, const DenseTensor &input,
                             const DenseHead *head = nullptr);

/// What an op or value adds to the map: `runs` is the layer in every run of a method that repeats,
/// else the one layer.
DenseTensor evaluateCollection(const MethodTable &table, const Settings &settings,
                               const Collection &collection, std::span<const DenseLayer> runs);

/// One run of a method that repeats: what the network gives at a point, and the relevance that
/// arrives there.
struct DenseRun {
  DenseTensor logits, layer;
  std::vector<DenseTensor> maps;
  std::function<DenseTensor(const DenseTensor &score)> gradient =
      {}; // at the target layer, of this run
};
/// What a run multiplies the results of layer norms by that read the layer, {1, positions of the
/// layer}; none where it leaves them to see the run's own value of the layer.
std::optional<DenseTensor> evaluateNormMask(const MethodTable &table, const Settings &settings,
                                            const DenseHead &head, unsigned run);

/// The map of a method that repeats, the finish over all its runs; `given` are a call's images, of
/// the first per-call tensor that the runs read. `head` is the network at the input itself. With
/// `map2d` its 2-D map, {1, positions}. Positions are one spatial axis.
DenseTensor evaluateRepeated(const MethodTable &table, const Settings &settings,
                             const DenseTensor &input, const DenseHead &head,
                             const std::function<DenseRun(const DenseTensor &point)> &run,
                             std::span<const DenseTensor> given = {}, bool map2d = false);

} // namespace saliency::rules

#endif // SALIENCY_RULES_REFERENCE_EVALUATEMETHOD_H
