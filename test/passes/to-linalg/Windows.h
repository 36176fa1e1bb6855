// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Sliding windows for the reference: written from the definition, cell by cell.
#ifndef SALIENCY_TEST_TO_LINALG_WINDOWS_H
#define SALIENCY_TEST_TO_LINALG_WINDOWS_H

#include "Harness.h"

namespace saliency::test {

struct Window {
  Shape kernel, strides, low, high, dilations;
  bool ceil = false;

  std::string attribute() const {
    return "#saliency.window<kernel = [" + joined(kernel) + "], strides = [" + joined(strides) +
           "], low = [" + joined(low) + "], high = [" + joined(high) + "], dilations = [" +
           joined(dilations) + "]>";
  }
  /// N x channels x output spatial.
  Shape output(const Shape &data, int64_t channels) const {
    Shape shape = {data[0], channels};
    for (size_t axis = 0; axis != kernel.size(); ++axis) {
      int64_t room =
          data[axis + 2] + low[axis] + high[axis] - ((kernel[axis] - 1) * dilations[axis] + 1);
      int64_t count = room / strides[axis] + 1;
      if (ceil && room % strides[axis] != 0 && count * strides[axis] < data[axis + 2] + low[axis])
        ++count;
      shape.push_back(count);
    }
    return shape;
  }
  /// Data coordinates of kernel cell `cell` under window `position` (spatial axes only); may lie
  /// outside.
  Shape cell(const Shape &position, const Shape &cell) const {
    Shape at(kernel.size());
    for (size_t axis = 0; axis != kernel.size(); ++axis)
      at[axis] = position[axis] * strides[axis] + cell[axis] * dilations[axis] - low[axis];
    return at;
  }
};

inline Window makeWindow(Shape kernel, Shape strides, Shape low, Shape high, Shape dilations,
                         bool ceil = false) {
  return {std::move(kernel), std::move(strides),   std::move(low),
          std::move(high),   std::move(dilations), ceil};
}

inline Shape spatial(const Shape &shape) { return Shape(shape.begin() + 2, shape.end()); }
inline Shape index(int64_t n, int64_t c, const Shape &at) {
  Shape full = {n, c};
  full.insert(full.end(), at.begin(), at.end());
  return full;
}
inline bool inside(const Shape &at, const Shape &extents) {
  for (size_t axis = 0; axis != at.size(); ++axis)
    if (at[axis] < 0 || at[axis] >= extents[axis])
      return false;
  return true;
}

/// Calls `visit(position, cell, at)` for every window over `data` (spatial extents `output`) and
/// each of its cells on data.
template <typename Visit>
void forEachCell(const Window &window, const Shape &data, const Shape &output, Visit visit) {
  forEachIndex(output, [&](const Shape &position) {
    forEachIndex(window.kernel, [&](const Shape &cell) {
      Shape at = window.cell(position, cell);
      if (inside(at, data))
        visit(position, cell, at);
    });
  });
}

} // namespace saliency::test

#endif // SALIENCY_TEST_TO_LINALG_WINDOWS_H
