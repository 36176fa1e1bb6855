// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "dialect/import/Window.h"

using namespace mlir;

namespace saliency {

static LogicalResult checkSpatial(Node &node, ArrayRef<int64_t> shape) {
  if (shape.size() < 3)
    return node.badInput() << "data is samples x channels x spatial axes, found extents "
                           << listText(shape);
  if (shape.size() > 5)
    return node.unsupported() << "one to three spatial axes are supported, found extents "
                              << listText(shape);
  return success();
}

static FailureOr<WindowAttr> makeWindow(Node &node, ArrayRef<int64_t> kernel,
                                        ArrayRef<int64_t> strides, ArrayRef<int64_t> low,
                                        ArrayRef<int64_t> high, ArrayRef<int64_t> dilations) {
  auto window =
      WindowAttr::getChecked([&] { return node.badInput(); }, node.getBuilder().getContext(),
                             kernel, strides, low, high, dilations);
  if (!window)
    return failure();
  return window;
}

/// One entry for each of `rank` axes within [least, 2^30], `absent` where the attribute is left
/// out.
static FailureOr<SmallVector<int64_t>> readPerAxis(Node &node, StringRef name, size_t rank,
                                                   int64_t least, int64_t absent) {
  std::optional<SmallVector<int64_t>> values;
  if (failed(node.read(name, values)))
    return failure();
  if (!values)
    return SmallVector<int64_t>(rank, absent);
  constexpr int64_t kMost = int64_t(1) << 30;
  if (values->size() != rank)
    return node.badInput() << name << " has " << rank << " entries for this data, found "
                           << listText(*values);
  for (int64_t value : *values)
    if (value < least || value > kMost)
      return node.badInput() << name << " lie in [" << least << ", " << kMost << "], found "
                             << listText(*values);
  return *values;
}

/// Padding so that the output has ceil(extent / stride) cells; the odd cell goes after the data, or
/// before it.
static void padSame(ArrayRef<int64_t> spatial, ArrayRef<int64_t> span, ArrayRef<int64_t> strides,
                    bool extraBefore, MutableArrayRef<int64_t> low, MutableArrayRef<int64_t> high) {
  for (size_t axis = 0; axis != spatial.size(); ++axis) {
    int64_t outputs = (spatial[axis] - 1) / strides[axis] + 1;
    int64_t total =
        std::max<int64_t>((outputs - 1) * strides[axis] + span[axis] - spatial[axis], 0);
    low[axis] = extraBefore ? total - total / 2 : total / 2;
    high[axis] = total - low[axis];
  }
}

static FailureOr<SmallVector<int64_t>> readKernel(Node &node, size_t rank,
                                                  std::optional<ArrayRef<int64_t>> weightKernel) {
  if (!weightKernel && !node.hasAttribute("kernel_shape"))
    return node.badInput() << "attribute 'kernel_shape' is required, found none";
  FailureOr<SmallVector<int64_t>> kernel = readPerAxis(node, "kernel_shape", rank, 1, 1);
  if (failed(kernel) || !weightKernel)
    return kernel;
  if (node.hasAttribute("kernel_shape") && ArrayRef<int64_t>(*kernel) != *weightKernel)
    return node.badInput() << "kernel_shape is the weights' kernel " << listText(*weightKernel)
                           << ", found " << listText(*kernel);
  return SmallVector<int64_t>(*weightKernel);
}

FailureOr<WindowAttr> readWindow(Node &node, ArrayRef<int64_t> shape,
                                 std::optional<ArrayRef<int64_t>> weightKernel, bool hasDilations) {
  if (failed(checkSpatial(node, shape)))
    return failure();
  ArrayRef<int64_t> spatial = shape.drop_front(2);
  size_t rank = spatial.size();
  FailureOr<SmallVector<int64_t>> kernel = readKernel(node, rank, weightKernel);
  if (failed(kernel))
    return failure();
  FailureOr<SmallVector<int64_t>> strides = readPerAxis(node, "strides", rank, 1, 1);
  if (failed(strides))
    return failure();
  FailureOr<SmallVector<int64_t>> dilations = SmallVector<int64_t>(rank, 1);
  if (hasDilations && failed(dilations = readPerAxis(node, "dilations", rank, 1, 1)))
    return failure();
  FailureOr<SmallVector<int64_t>> pads = readPerAxis(node, "pads", 2 * rank, 0, 0);
  std::string autoPad = "NOTSET";
  if (failed(pads) || failed(node.read("auto_pad", autoPad)))
    return failure();

  SmallVector<int64_t> low(ArrayRef<int64_t>(*pads).take_front(rank)),
      high(ArrayRef<int64_t>(*pads).drop_front(rank)), span;
  for (size_t axis = 0; axis != rank; ++axis)
    span.push_back(((*kernel)[axis] - 1) * (*dilations)[axis] + 1);
  if (autoPad != "NOTSET") {
    if (llvm::any_of(*pads, [](int64_t pad) { return pad != 0; }))
      return node.badInput() << "pads and auto_pad exclude each other, found pads "
                             << listText(*pads) << " and auto_pad '" << printable(autoPad) << "'";
    if (autoPad == "SAME_UPPER" || autoPad == "SAME_LOWER")
      padSame(spatial, span, *strides, autoPad == "SAME_LOWER", low, high);
    else if (autoPad != "VALID")
      return node.badInput() << "auto_pad is NOTSET, SAME_UPPER, SAME_LOWER or VALID, found '"
                             << printable(autoPad) << "'";
  }
  return makeWindow(node, *kernel, *strides, low, high, *dilations);
}

FailureOr<WindowAttr> wholeWindow(Node &node, ArrayRef<int64_t> shape) {
  if (failed(checkSpatial(node, shape)))
    return failure();
  ArrayRef<int64_t> spatial = shape.drop_front(2);
  SmallVector<int64_t> ones(spatial.size(), 1), zeros(spatial.size(), 0);
  return makeWindow(node, spatial, ones, zeros, zeros, ones);
}

} // namespace saliency
