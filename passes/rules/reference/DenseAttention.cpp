// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The layers of transformers in plain form. Channels are what they combine: a token is a position.
#include "passes/rules/reference/DenseLayer.h"

#include <cmath>

namespace saliency::rules {

namespace {

/// The derivative by one operand as the transposed Jacobian times r, by central differences:
/// independent of any formula.
std::function<DenseTensor(const DenseTensor &, const DenseTensor &)>
differences(std::function<DenseTensor(const DenseTensor &)> function) {
  return [function](const DenseTensor &r, const DenseTensor &x) {
    constexpr double step = 1e-6;
    DenseTensor result(x.channels, x.positions);
    for (size_t i = 0; i < x.size(); ++i) {
      DenseTensor up = x, down = x;
      up.data[i] += step;
      down.data[i] -= step;
      const DenseTensor above = function(up), below = function(down);
      for (size_t o = 0; o < r.size(); ++o)
        result.data[i] += r.data[o] * (above.data[o] - below.data[o]) / (2 * step);
    }
    return result;
  };
}

} // namespace

DenseLayer makeLayerNorm(const DenseTensor &x, std::vector<double> gamma, std::vector<double> beta,
                         double epsilon) {
  DenseLayer layer;
  layer.capability = Capability::LayerNorm;
  layer.operands = {x};
  layer.batchEpsilon = epsilon;
  layer.mean = layer.variance = DenseTensor(1, x.positions);
  for (unsigned p = 0; p < x.positions; ++p) {
    for (unsigned c = 0; c < x.channels; ++c)
      layer.mean.data[p] += x.at(c, p) / x.channels;
    for (unsigned c = 0; c < x.channels; ++c)
      layer.variance.data[p] += std::pow(x.at(c, p) - layer.mean.data[p], 2) / x.channels;
  }
  unsigned features = gamma.size(); // before the arrays are given away
  layer.gamma = DenseTensor(features, 1, std::move(gamma));
  layer.beta = DenseTensor(features, 1, std::move(beta));
  layer.function = [gamma = layer.gamma, beta = layer.beta, epsilon](const DenseTensor &x) {
    DenseTensor y(x.channels, x.positions);
    for (unsigned p = 0; p < x.positions; ++p) {
      double mean = 0, variance = 0;
      for (unsigned c = 0; c < x.channels; ++c)
        mean += x.at(c, p) / x.channels;
      for (unsigned c = 0; c < x.channels; ++c)
        variance += std::pow(x.at(c, p) - mean, 2) / x.channels;
      for (unsigned c = 0; c < x.channels; ++c)
        y.data[size_t(c) * x.positions + p] =
            gamma.data[c] * (x.at(c, p) - mean) / std::sqrt(variance + epsilon) + beta.data[c];
    }
    return y;
  };
  layer.derivative = differences(layer.function);
  layer.y = layer.function(x);
  return layer;
}

DenseLayer makeSoftmax(const DenseTensor &x) {
  DenseLayer layer;
  layer.capability = Capability::Softmax;
  layer.operands = {x};
  layer.function = [](const DenseTensor &x) {
    DenseTensor y(x.channels, x.positions);
    for (unsigned p = 0; p < x.positions; ++p) {
      double sum = 0;
      for (unsigned c = 0; c < x.channels; ++c)
        sum += std::exp(x.at(c, p));
      for (unsigned c = 0; c < x.channels; ++c)
        y.data[size_t(c) * x.positions + p] = std::exp(x.at(c, p)) / sum;
    }
    return y;
  };
  layer.derivative = differences(layer.function);
  layer.y = layer.function(x);
  return layer;
}

DenseLayer makeBilinear(const DenseTensor &a, const DenseTensor &b) {
  DenseLayer layer;
  layer.capability = Capability::Bilinear;
  layer.operands = {a};
  layer.other = b;
  layer.productOf = [](const DenseTensor &a, const DenseTensor &b) {
    DenseTensor y(a.channels, b.positions);
    for (unsigned i = 0; i < a.channels; ++i)
      for (unsigned j = 0; j < b.positions; ++j)
        for (unsigned k = 0; k < a.positions; ++k)
          y.data[size_t(i) * b.positions + j] +=
              a.data[size_t(i) * a.positions + k] * b.data[size_t(k) * b.positions + j];
    return y;
  };
  layer.derivativeWith = [](const DenseTensor &r, const DenseTensor &b) {
    DenseTensor result(r.channels, b.channels);
    for (unsigned i = 0; i < r.channels; ++i)
      for (unsigned j = 0; j < b.positions; ++j)
        for (unsigned k = 0; k < b.channels; ++k)
          result.data[size_t(i) * b.channels + k] +=
              r.data[size_t(i) * b.positions + j] * b.data[size_t(k) * b.positions + j];
    return result;
  };
  layer.function = [b, product = layer.productOf](const DenseTensor &a) { return product(a, b); };
  layer.derivative = [b, derivative = layer.derivativeWith](
                         const DenseTensor &r, const DenseTensor &) { return derivative(r, b); };
  layer.y = layer.function(a);
  return layer;
}

DenseLayer makeProduct(std::vector<DenseTensor> operands, double factor) {
  DenseLayer layer;
  layer.capability = Capability::Product;
  layer.y = DenseTensor(operands[0].channels, operands[0].positions, factor);
  for (const DenseTensor &operand : operands)
    for (size_t i = 0; i < layer.y.size(); ++i)
      layer.y.data[i] *= operand.data[i];
  layer.byConstant = operands.size() == 1;
  layer.operands = std::move(operands);
  return layer;
}

} // namespace saliency::rules
