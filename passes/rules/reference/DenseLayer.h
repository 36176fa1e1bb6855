// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Small layers in the slowest and plainest form: one sample, doubles, a linear map as its list of
// (output, input, weight number). Tests evaluate rules on them without any of the compiler's code.
#ifndef SALIENCY_RULES_REFERENCE_DENSELAYER_H
#define SALIENCY_RULES_REFERENCE_DENSELAYER_H

#include "passes/rules/language/MethodTable.h"

#include <array>
#include <functional>
#include <vector>

namespace saliency::rules {

/// Channels times positions, channel-major; a reduced axis has extent 1. Weights and biases are
/// {entries, 1}.
struct DenseTensor {
  unsigned channels = 1, positions = 1;
  std::vector<double> data = std::vector<double>(1);

  DenseTensor() = default;
  DenseTensor(unsigned channels, unsigned positions, double value = 0)
      : channels(channels), positions(positions), data(size_t(channels) * positions, value) {}
  DenseTensor(unsigned channels, unsigned positions, std::vector<double> data)
      : channels(channels), positions(positions), data(std::move(data)) {}

  size_t size() const { return data.size(); }
  /// The entry that (channel, position) of a larger tensor broadcasts from.
  double at(unsigned channel, unsigned position) const {
    return data[size_t(channels == 1 ? 0 : channel) * positions + (positions == 1 ? 0 : position)];
  }
  DenseTensor broadcastTo(unsigned channels, unsigned positions) const;
  double sum() const;
};

/// Output `out` reads input `in` through entry `weight` of the kernel.
struct Connection {
  unsigned out, in, weight;
};

struct DenseLayer {
  Capability capability{};
  std::vector<DenseTensor>
      operands; // data operands, for merges each broadcast to the output's shape
  std::vector<DenseTensor>
      relevances; // of the output; Concat: one slice per operand; Fork: one per use
  std::vector<std::vector<DenseTensor>> streams; // the same for the method's further streams
  DenseTensor y;
  // Linear maps.
  std::vector<Connection> connections;
  DenseTensor kernel, bias;
  bool biasIsFolded = false; // the layer had none before batch norm was folded into it
  bool isBottleneck = false; // all relevance passes through y
  DenseTensor layerData;     // what the method's files have for this layer, in the kernel's shape
  // Batch norm, per channel.
  DenseTensor gamma, beta, mean, variance;
  double batchEpsilon = 0;
  // The op's own function and derivative at operand x (other operands fixed).
  std::function<DenseTensor(const DenseTensor &x)> function;
  std::function<DenseTensor(const DenseTensor &r, const DenseTensor &x)> derivative;
  // Bilinear: the operand that is not at hand, the product of any two, its derivative for the one
  // at hand beside any other.
  DenseTensor other;
  std::function<DenseTensor(const DenseTensor &x, const DenseTensor &other)> productOf;
  std::function<DenseTensor(const DenseTensor &r, const DenseTensor &other)> derivativeWith;
  std::vector<DenseTensor> references; // data operands at the reference input
  DenseTensor y0;
  DenseTensor rise, fall;                      // parts of the operand's change
  DenseTensor interior = DenseTensor(1, 1, 1); // linear maps: 0 on the output's border
  std::function<DenseTensor(const DenseTensor &x)> windowMean; // max pools
  std::function<DenseTensor(const DenseTensor &r)> windowMeanVjp;
  // Place.
  bool usedElsewhere = false; // other layers read its operands, too
  bool firstLayer = false, lastLinear = false, depthwise = false, samePadding = false,
       strided = false, byConstant = false;
  unsigned flattenedChannels = 0; // dense: of the map that was flattened into x; 0: none
  int64_t kernelExtent = 1;
  Capability follows = Capability::Count; // which layer gives the operand
};

/// Geometry of a two-dimensional window.
struct Window {
  unsigned height = 1, width = 1; // of the input
  std::array<unsigned, 2> kernel{1, 1}, strides{1, 1}, dilations{1, 1};
  std::array<unsigned, 4> pads{0, 0, 0, 0}; // top, left, bottom, right
  unsigned outHeight() const {
    return (height + pads[0] + pads[2] - dilations[0] * (kernel[0] - 1) - 1) / strides[0] + 1;
  }
  unsigned outWidth() const {
    return (width + pads[1] + pads[3] - dilations[1] * (kernel[1] - 1) - 1) / strides[1] + 1;
  }
};

/// kernel: [outChannels][inChannels / groups][kh][kw]; bias empty or one per output channel.
DenseLayer makeConvolution(const DenseTensor &x, const Window &window, unsigned outChannels,
                           unsigned groups, std::vector<double> kernel, std::vector<double> bias);
/// matrix: [outputs][inputs].
DenseLayer makeDense(const DenseTensor &x, unsigned outputs, std::vector<double> matrix,
                     std::vector<double> bias);
DenseLayer makeAveragePool(const DenseTensor &x, const Window &window, bool countIncludePad);
/// Ties go to the first maximum in row-major order.
DenseLayer makeMaxPool(const DenseTensor &x, const Window &window);
DenseLayer makeActivation(Capability capability, const DenseTensor &x,
                          std::function<double(double)> f,
                          std::function<double(double)> derivative);
DenseLayer makeBatchNorm(const DenseTensor &x, std::vector<double> gamma, std::vector<double> beta,
                         std::vector<double> mean, std::vector<double> variance, double epsilon);
/// Output i is input source[i], or 0 where source[i] is negative.
DenseLayer makeStructural(const DenseTensor &x, unsigned channels, unsigned positions,
                          std::vector<int> source);
DenseLayer makeAdd(std::vector<DenseTensor> operands);
/// Along channels.
DenseLayer makeConcat(std::vector<DenseTensor> operands);
DenseLayer makeFork(const DenseTensor &x);
/// Normalises the channels of every position.
DenseLayer makeLayerNorm(const DenseTensor &x, std::vector<double> gamma, std::vector<double> beta,
                         double epsilon);
/// Over the channels of every position.
DenseLayer makeSoftmax(const DenseTensor &x);
/// y = a b, matrices of channels x positions, with a at hand.
DenseLayer makeBilinear(const DenseTensor &a, const DenseTensor &b);
/// factor times the operands; a single one is scaled by a constant.
DenseLayer makeProduct(std::vector<DenseTensor> operands, double factor = 1);

/// Gives the layer the relevance of its output (sliced for a concatenation); `stream` as on the
/// tape, 0 = the main one.
void setRelevance(DenseLayer &layer, const DenseTensor &relevance, unsigned stream = 0);

// The products of a linear map with weights `kernel` in place of the layer's own.
DenseTensor denseForward(const DenseLayer &layer, const DenseTensor &kernel, const DenseTensor &x);
DenseTensor denseAdjoint(const DenseLayer &layer, const DenseTensor &kernel, const DenseTensor &r);
DenseTensor denseCorrelate(const DenseLayer &layer, const DenseTensor &x, const DenseTensor &r);

} // namespace saliency::rules

#endif // SALIENCY_RULES_REFERENCE_DENSELAYER_H
