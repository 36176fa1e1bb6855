// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Relevance maps as pictures.

#ifndef SALIENCY_RUNTIME_IMAGE_HEATMAP_H
#define SALIENCY_RUNTIME_IMAGE_HEATMAP_H

#include "runtime/image/Picture.h"

#include <span>

namespace saliency {

/// The magnitude that gets the full colour: the 99.5th percentile of |map|, so that a few outliers
/// do not turn the rest white; the maximum where that percentile is 0; 0 for a map of zeros.
float fullColour(std::span<const float> map);

/// Blue below zero, white at zero, red above, symmetric. A map of zeros is white. `map` has width *
/// height values.
Picture renderSigned(std::span<const float> map, int width, int height);

/// The same colours over the photograph in light grey, the more the larger the magnitude. `map` has
/// the photograph's size.
Picture overlay(const Picture &photograph, std::span<const float> map);

} // namespace saliency

#endif // SALIENCY_RUNTIME_IMAGE_HEATMAP_H
