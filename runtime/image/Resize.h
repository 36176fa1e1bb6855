// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Scaling of photographs and of relevance maps.

#ifndef SALIENCY_RUNTIME_IMAGE_RESIZE_H
#define SALIENCY_RUNTIME_IMAGE_RESIZE_H

#include "runtime/image/Picture.h"

namespace saliency {

/// Bilinear with antialiasing (a triangle as wide as the scale), columns first, 8-bit values after
/// each pass: bit for bit what Pillow's BILINEAR gives, which torchvision and most training
/// pipelines use.
Picture resizeAntialiased(const Picture &picture, int width, int height);

/// `width` x `height` from (left, top), which lies inside.
Picture crop(const Picture &picture, int left, int top, int width, int height);

/// Every pixel `factor` times in both directions.
Picture enlarge(const Picture &picture, int factor);

/// Bilinear at half-pixel centres, edges clamped, no antialiasing.
std::vector<float> resizeMap(const float *map, int width, int height, int newWidth, int newHeight);

} // namespace saliency

#endif // SALIENCY_RUNTIME_IMAGE_RESIZE_H
