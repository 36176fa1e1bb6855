// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/rules/reference/DenseLayer.h"

#include <cassert>
#include <cmath>

namespace saliency::rules {

DenseTensor DenseTensor::broadcastTo(unsigned toChannels, unsigned toPositions) const {
  assert((channels == 1 || channels == toChannels) &&
         (positions == 1 || positions == toPositions) && "shapes do not broadcast");
  DenseTensor result(toChannels, toPositions);
  for (unsigned c = 0; c < toChannels; ++c)
    for (unsigned p = 0; p < toPositions; ++p)
      result.data[size_t(c) * toPositions + p] = at(c, p);
  return result;
}

double DenseTensor::sum() const {
  double total = 0;
  for (double value : data)
    total += value;
  return total;
}

DenseTensor denseForward(const DenseLayer &layer, const DenseTensor &kernel, const DenseTensor &x) {
  const DenseTensor in = x.broadcastTo(layer.operands[0].channels, layer.operands[0].positions);
  DenseTensor result(layer.y.channels, layer.y.positions);
  for (const Connection &c : layer.connections)
    result.data[c.out] += kernel.data[c.weight] * in.data[c.in];
  return result;
}

DenseTensor denseAdjoint(const DenseLayer &layer, const DenseTensor &kernel, const DenseTensor &r) {
  const DenseTensor out = r.broadcastTo(layer.y.channels, layer.y.positions);
  DenseTensor result(layer.operands[0].channels, layer.operands[0].positions);
  for (const Connection &c : layer.connections)
    result.data[c.in] += kernel.data[c.weight] * out.data[c.out];
  return result;
}

DenseTensor denseCorrelate(const DenseLayer &layer, const DenseTensor &x, const DenseTensor &r) {
  const DenseTensor in = x.broadcastTo(layer.operands[0].channels, layer.operands[0].positions);
  const DenseTensor out = r.broadcastTo(layer.y.channels, layer.y.positions);
  DenseTensor result(layer.kernel.channels, 1);
  for (const Connection &c : layer.connections)
    result.data[c.weight] += in.data[c.in] * out.data[c.out];
  return result;
}

namespace {

/// Calls visit(output position, kernel position, input position) for each tap of the window that
/// lies inside the image.
template <class Visit> void forEachTap(const Window &w, Visit &&visit) {
  for (unsigned oy = 0; oy < w.outHeight(); ++oy)
    for (unsigned ox = 0; ox < w.outWidth(); ++ox)
      for (unsigned ky = 0; ky < w.kernel[0]; ++ky)
        for (unsigned kx = 0; kx < w.kernel[1]; ++kx) {
          const int y = int(oy * w.strides[0] + ky * w.dilations[0]) - int(w.pads[0]);
          const int x = int(ox * w.strides[1] + kx * w.dilations[1]) - int(w.pads[1]);
          if (y >= 0 && x >= 0 && y < int(w.height) && x < int(w.width))
            visit(oy * w.outWidth() + ox, ky * w.kernel[1] + kx,
                  unsigned(y) * w.width + unsigned(x));
        }
}

/// Completes a linear layer whose connections, kernel, bias and shape of y are set.
void finishLinear(DenseLayer &layer) {
  layer.function = [connections = layer.connections, kernel = layer.kernel, bias = layer.bias,
                    shape = layer.y](const DenseTensor &x) {
    DenseTensor result(shape.channels, shape.positions);
    for (unsigned i = 0; i < result.size(); ++i)
      result.data[i] = bias.at(i / shape.positions, 0);
    for (const Connection &c : connections)
      result.data[c.out] += kernel.data[c.weight] * x.data[c.in];
    return result;
  };
  layer.derivative = [connections = layer.connections,
                      kernel = layer.kernel](const DenseTensor &r, const DenseTensor &x) {
    DenseTensor result(x.channels, x.positions);
    for (const Connection &c : connections)
      result.data[c.in] += kernel.data[c.weight] * r.data[c.out];
    return result;
  };
  layer.y = layer.function(layer.operands[0]);
}

DenseTensor perChannel(std::vector<double> values) {
  const unsigned channels = unsigned(values.size());
  return DenseTensor(channels, 1, std::move(values));
}

} // namespace

DenseLayer makeConvolution(const DenseTensor &x, const Window &window, unsigned outChannels,
                           unsigned groups, std::vector<double> kernel, std::vector<double> bias) {
  DenseLayer layer;
  layer.capability = Capability::Convolution;
  layer.operands = {x};
  const unsigned outPositions = window.outHeight() * window.outWidth(),
                 taps = window.kernel[0] * window.kernel[1];
  const unsigned inPerGroup = x.channels / groups, outPerGroup = outChannels / groups;
  assert(x.positions == window.height * window.width &&
         kernel.size() == size_t(outChannels) * inPerGroup * taps);
  layer.y = DenseTensor(outChannels, outPositions);
  for (unsigned o = 0; o < outChannels; ++o)
    for (unsigned i = 0; i < inPerGroup; ++i)
      forEachTap(window, [&](unsigned out, unsigned tap, unsigned in) {
        const unsigned channel = o / outPerGroup * inPerGroup + i;
        layer.connections.push_back({o * outPositions + out, channel * x.positions + in,
                                     (o * inPerGroup + i) * taps + tap});
      });
  layer.kernel = perChannel(std::move(kernel));
  layer.bias = bias.empty() ? DenseTensor(outChannels, 1) : perChannel(std::move(bias));
  layer.kernelExtent = window.kernel[0];
  layer.depthwise = groups == x.channels && groups > 1;
  layer.strided = window.strides[0] > 1 || window.strides[1] > 1;
  layer.samePadding =
      window.pads[0] + window.pads[2] == window.dilations[0] * (window.kernel[0] - 1) &&
      window.pads[1] + window.pads[3] == window.dilations[1] * (window.kernel[1] - 1);
  layer.interior = DenseTensor(1, outPositions);
  for (unsigned row = 1; row + 1 < window.outHeight(); ++row)
    for (unsigned column = 1; column + 1 < window.outWidth(); ++column)
      layer.interior.data[row * window.outWidth() + column] = 1;
  finishLinear(layer);
  return layer;
}

DenseLayer makeDense(const DenseTensor &x, unsigned outputs, std::vector<double> matrix,
                     std::vector<double> bias) {
  DenseLayer layer;
  layer.capability = Capability::Dense;
  layer.operands = {x};
  layer.y = DenseTensor(outputs, 1);
  const unsigned inputs = unsigned(x.size());
  for (unsigned o = 0; o < outputs; ++o)
    for (unsigned i = 0; i < inputs; ++i)
      layer.connections.push_back({o, i, o * inputs + i});
  layer.kernel = perChannel(std::move(matrix));
  layer.bias = bias.empty() ? DenseTensor(outputs, 1) : perChannel(std::move(bias));
  finishLinear(layer);
  return layer;
}

DenseLayer makeAveragePool(const DenseTensor &x, const Window &window, bool countIncludePad) {
  DenseLayer layer;
  layer.capability = Capability::AveragePool;
  layer.operands = {x};
  const unsigned outPositions = window.outHeight() * window.outWidth(),
                 taps = window.kernel[0] * window.kernel[1];
  layer.y = DenseTensor(x.channels, outPositions);
  std::vector<double> kernel(outPositions); // one weight per window: 1 over its count
  std::vector<unsigned> counts(outPositions);
  forEachTap(window, [&](unsigned out, unsigned, unsigned) { ++counts[out]; });
  for (unsigned out = 0; out < outPositions; ++out)
    kernel[out] = 1.0 / (countIncludePad ? taps : counts[out]);
  for (unsigned c = 0; c < x.channels; ++c)
    forEachTap(window, [&](unsigned out, unsigned, unsigned in) {
      layer.connections.push_back({c * outPositions + out, c * x.positions + in, out});
    });
  layer.kernel = perChannel(std::move(kernel));
  layer.bias = DenseTensor(x.channels, 1);
  finishLinear(layer);
  return layer;
}

DenseLayer makeMaxPool(const DenseTensor &x, const Window &window) {
  DenseLayer layer;
  layer.capability = Capability::Selection;
  layer.operands = {x};
  const unsigned outPositions = window.outHeight() * window.outWidth();
  const auto winners = [window, outPositions](const DenseTensor &x) {
    std::vector<int> winner(size_t(x.channels) * outPositions, -1);
    for (unsigned c = 0; c < x.channels; ++c)
      forEachTap(window, [&](unsigned out, unsigned, unsigned in) {
        int &best = winner[c * outPositions + out];
        const unsigned here = c * x.positions + in;
        if (best < 0 || x.data[here] > x.data[best])
          best = int(here);
      });
    return winner;
  };
  layer.function = [winners, outPositions](const DenseTensor &x) {
    DenseTensor result(x.channels, outPositions);
    const std::vector<int> winner = winners(x);
    for (size_t i = 0; i < winner.size(); ++i)
      result.data[i] = x.data[winner[i]];
    return result;
  };
  layer.derivative = [winners](const DenseTensor &r, const DenseTensor &x) {
    DenseTensor result(x.channels, x.positions);
    const std::vector<int> winner = winners(x);
    for (size_t i = 0; i < winner.size(); ++i)
      result.data[winner[i]] += r.data[i];
    return result;
  };
  layer.y = layer.function(x);
  const DenseLayer mean = makeAveragePool(x, window, /*countIncludePad=*/false);
  layer.windowMean = [mean](const DenseTensor &x) { return denseForward(mean, mean.kernel, x); };
  layer.windowMeanVjp = [mean](const DenseTensor &r) { return denseAdjoint(mean, mean.kernel, r); };
  return layer;
}

DenseLayer makeActivation(Capability capability, const DenseTensor &x,
                          std::function<double(double)> f,
                          std::function<double(double)> derivative) {
  DenseLayer layer;
  layer.capability = capability;
  layer.operands = {x};
  layer.function = [f](DenseTensor x) {
    for (double &value : x.data)
      value = f(value);
    return x;
  };
  layer.derivative = [derivative](DenseTensor r, const DenseTensor &x) {
    for (size_t i = 0; i < r.size(); ++i)
      r.data[i] *= derivative(x.data[i]);
    return r;
  };
  layer.y = layer.function(x);
  return layer;
}

DenseLayer makeBatchNorm(const DenseTensor &x, std::vector<double> gamma, std::vector<double> beta,
                         std::vector<double> mean, std::vector<double> variance, double epsilon) {
  DenseLayer layer;
  layer.capability = Capability::Normalisation;
  layer.operands = {x};
  layer.gamma = perChannel(std::move(gamma));
  layer.beta = perChannel(std::move(beta));
  layer.mean = perChannel(std::move(mean));
  layer.variance = perChannel(std::move(variance));
  layer.batchEpsilon = epsilon;
  std::vector<double> scales(x.channels), shifts(x.channels);
  for (unsigned c = 0; c < x.channels; ++c) {
    scales[c] = layer.gamma.data[c] / std::sqrt(layer.variance.data[c] + epsilon);
    shifts[c] = layer.beta.data[c] - scales[c] * layer.mean.data[c];
  }
  layer.function = [scales, shifts](DenseTensor x) {
    for (size_t i = 0; i < x.size(); ++i)
      x.data[i] = x.data[i] * scales[i / x.positions] + shifts[i / x.positions];
    return x;
  };
  layer.derivative = [scales](DenseTensor r, const DenseTensor &) {
    for (size_t i = 0; i < r.size(); ++i)
      r.data[i] *= scales[i / r.positions];
    return r;
  };
  layer.y = layer.function(x);
  return layer;
}

DenseLayer makeStructural(const DenseTensor &x, unsigned channels, unsigned positions,
                          std::vector<int> source) {
  DenseLayer layer;
  layer.capability = Capability::Structural;
  layer.operands = {x};
  layer.function = [=](const DenseTensor &x) {
    DenseTensor result(channels, positions);
    for (size_t i = 0; i < source.size(); ++i)
      result.data[i] = source[i] < 0 ? 0 : x.data[source[i]];
    return result;
  };
  layer.derivative = [source](const DenseTensor &r, const DenseTensor &x) {
    DenseTensor result(x.channels, x.positions);
    for (size_t i = 0; i < source.size(); ++i)
      if (source[i] >= 0)
        result.data[source[i]] += r.data[i];
    return result;
  };
  layer.y = layer.function(x);
  return layer;
}

DenseLayer makeAdd(std::vector<DenseTensor> operands) {
  DenseLayer layer;
  layer.capability = Capability::Add;
  layer.y = DenseTensor(operands[0].channels, operands[0].positions);
  for (const DenseTensor &operand : operands)
    for (size_t i = 0; i < layer.y.size(); ++i)
      layer.y.data[i] += operand.data[i];
  layer.operands = std::move(operands);
  layer.derivative = [](const DenseTensor &r, const DenseTensor &) { return r; };
  return layer;
}

DenseLayer makeConcat(std::vector<DenseTensor> operands) {
  DenseLayer layer;
  layer.capability = Capability::Concat;
  layer.y = DenseTensor(0, operands[0].positions);
  for (const DenseTensor &operand : operands) {
    layer.y.channels += operand.channels;
    layer.y.data.insert(layer.y.data.end(), operand.data.begin(), operand.data.end());
  }
  layer.operands = std::move(operands);
  return layer;
}

DenseLayer makeFork(const DenseTensor &x) {
  DenseLayer layer;
  layer.capability = Capability::Fork;
  layer.operands = {x};
  layer.y = x;
  return layer;
}

void setRelevance(DenseLayer &layer, const DenseTensor &relevance, unsigned stream) {
  if (stream > layer.streams.size())
    layer.streams.resize(stream);
  std::vector<DenseTensor> &relevances = stream == 0 ? layer.relevances : layer.streams[stream - 1];
  relevances = {relevance};
  if (layer.capability != Capability::Concat)
    return;
  relevances.clear();
  auto begin = relevance.data.begin();
  for (const DenseTensor &operand : layer.operands) {
    relevances.emplace_back(operand.channels, operand.positions,
                            std::vector<double>(begin, begin + long(operand.size())));
    begin += long(operand.size());
  }
}

} // namespace saliency::rules
