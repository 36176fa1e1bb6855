// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// CumSum-11, 14: a product with a triangular matrix of ones. Trilu-14: a mask.
#include "dialect/import/Axes.h"
#include "dialect/import/Composer.h"
#include "dialect/import/ConstantFolding.h"
#include "dialect/import/ops/Handlers.h"

using namespace mlir;

namespace saliency {

/// Sums of a constant along an axis, in its own type.
static LogicalResult foldCumSum(Node &node, int64_t axis, bool exclusive, bool reverse) {
  const HostTensor &x = *node.getInput(0)->constant;
  ArrayRef<int64_t> shape = x.getShape();
  FailureOr<HostTensor> sums = node.allocate(x.getType(), shape);
  if (failed(sums))
    return failure();
  int64_t extent = shape[axis], inner = *elementCount(shape.drop_front(axis + 1)),
          outer = *elementCount(shape.take_front(axis));
  return visitNumeric(node, x.getType(), [&](auto zero) {
    using T = decltype(zero);
    for (int64_t o = 0; o != outer; ++o)
      for (int64_t k = 0; k != inner; ++k) {
        T sum = 0;
        for (int64_t step = 0; step != extent; ++step) {
          int64_t at = (o * extent + (reverse ? extent - 1 - step : step)) * inner + k;
          T before = sum;
          sum = static_cast<T>(sum + x.at<T>(at));
          sums->data<T>()[at] = exclusive ? before : sum;
        }
      }
    return node.setResult(0, *sums);
  });
}

LogicalResult importCumSum(Node &node) {
  Operand *x = node.getInput(0);
  bool exclusive = false, reverse = false;
  FailureOr<SmallVector<int64_t>> requested = failure();
  if (!x || failed(node.read("exclusive", exclusive)) || failed(node.read("reverse", reverse)) ||
      failed(requested = node.getInts(1, "the axis")))
    return failure();
  if (requested->size() != 1)
    return node.badInput() << "the axis is one number, found " << listText(*requested);
  FailureOr<int64_t> axis = normalizeAxis(node, requested->front(), x->getShape().size());
  if (failed(axis))
    return failure();
  if (x->isConstant())
    return foldCumSum(node, *axis, exclusive, reverse);
  if (*axis == 0)
    return node.unsupported() << "samples are kept apart, found sums along axis 0";
  int64_t extent = x->getShape()[*axis];
  FailureOr<HostTensor> ones = node.allocate(ElementType::F32, {extent, extent});
  if (failed(ones))
    return failure();
  for (int64_t row = 0; row != extent; ++row)
    for (int64_t column = 0; column != extent; ++column) {
      int64_t ahead = reverse ? column - row : row - column;
      ones->data<float>()[row * extent + column] = ahead > 0 || (ahead == 0 && !exclusive);
    }
  Composer c(node);
  return c.finish(c.alongAxis(x->value, *axis, node.buildConstant(*ones, "triangle")));
}

LogicalResult importTrilu(Node &node) {
  Operand *x = node.getInput(0);
  bool upper = true;
  int64_t diagonal = 0;
  if (!x || failed(node.read("upper", upper)))
    return failure();
  if (node.hasInput(1)) {
    FailureOr<SmallVector<int64_t>> k = node.getInts(1, "the diagonal");
    if (failed(k))
      return failure();
    if (k->size() != 1)
      return node.badInput() << "the diagonal is one number, found " << listText(*k);
    diagonal = k->front();
  }
  ArrayRef<int64_t> shape = x->getShape();
  if (shape.size() < 2)
    return node.badInput() << "the data has at least two axes, found extents " << listText(shape);
  int64_t rows = shape[shape.size() - 2], columns = shape.back();
  auto isKept = [&](int64_t at) {
    int64_t row = at / columns % rows, column = at % columns;
    return upper ? column - row >= diagonal : column - row <= diagonal;
  };
  if (x->isConstant()) {
    const HostTensor &data = *x->constant;
    return visitElementType(data.getType(), [&](auto zero) {
      using T = decltype(zero);
      return fillResult<T>(node, data.getType(), shape, false,
                           [&](int64_t i) { return isKept(i) ? data.at<T>(i) : T(0); });
    });
  }
  FailureOr<HostTensor> mask = node.allocate(ElementType::F32, shape.take_back(2));
  if (failed(mask))
    return failure();
  for (int64_t at = 0; at != mask->size(); ++at)
    mask->data<float>()[at] = isKept(at);
  return node.replaceWith<MulOp>({x->value, node.buildConstant(*mask, "mask")});
}

} // namespace saliency
