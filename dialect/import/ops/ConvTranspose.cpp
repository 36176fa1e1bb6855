// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// ConvTranspose-1, 11, 22, written as the convolution that it is: zeros between neighbours (one
// less than the stride) and around, then a convolution by the mirrored kernel at unit stride.
//
//   stride 2, kernel a b c, no padding:   x0 x1  -->  0 0 x0 0 x1 0 0  -->  kernel c b a
#include "dialect/import/Composer.h"
#include "dialect/import/ConstantFolding.h"
#include "dialect/import/Window.h"
#include "dialect/import/ops/Handlers.h"

using namespace mlir;

namespace saliency {

namespace {

/// How the result along one spatial axis follows from the data.
struct Spread {
  int64_t stride = 1, dilation = 1, kernel = 1;
  /// Cells around the data with its zeros; below 0: cells cut off the result.
  int64_t low = 0, high = 0;
};

} // namespace

/// W[inputs][outputs/groups][kernel] -> W'[outputs][inputs/groups][mirrored kernel].
static FailureOr<HostTensor> mirrored(Node &node, const HostTensor &weights, int64_t groups) {
  ArrayRef<int64_t> from = weights.getShape();
  int64_t inputs = from[0] / groups, outputs = from[1], cells = *elementCount(from.drop_front(2));
  SmallVector<int64_t> shape{groups * outputs, inputs};
  llvm::append_range(shape, from.drop_front(2));
  FailureOr<HostTensor> result = node.allocate(ElementType::F32, shape);
  if (failed(result))
    return failure();
  float *entry = result->data<float>();
  for (int64_t group = 0; group != groups; ++group)
    for (int64_t output = 0; output != outputs; ++output)
      for (int64_t input = 0; input != inputs; ++input)
        for (int64_t cell = 0; cell != cells; ++cell)
          *entry++ = weights.at<float>(((group * inputs + input) * outputs + output) * cells +
                                       cells - 1 - cell);
  return result;
}

static FailureOr<SmallVector<int64_t>> readList(Node &node, StringRef name, size_t count,
                                                int64_t least, int64_t absent) {
  constexpr int64_t kMost = int64_t(1) << 20;
  std::optional<SmallVector<int64_t>> values;
  if (failed(node.read(name, values)))
    return failure();
  if (!values)
    return SmallVector<int64_t>(count, absent);
  bool fits = values->size() == count && llvm::all_of(*values, [&](int64_t value) {
                return value >= least && value <= kMost;
              });
  if (!fits)
    return node.badInput() << name << " has " << count << " entries in [" << least << ", " << kMost
                           << "], found " << listText(*values);
  return *values;
}

/// The paddings that make the result as long as `wanted`, as the operator's definition shares out
/// what is too much: the odd cell behind, or in front for SAME_UPPER.
static void shareOut(Spread &spread, int64_t extent, int64_t wanted, int64_t outputPadding,
                     bool moreInFront) {
  int64_t span = (spread.kernel - 1) * spread.dilation + 1;
  int64_t total = spread.stride * (extent - 1) + outputPadding + span - wanted, less = total / 2,
          more = total - less;
  spread.low = span - 1 - (moreInFront ? more : less);
  spread.high = span - 1 - (moreInFront ? less : more) + outputPadding;
}

static FailureOr<SmallVector<Spread>> readSpreads(Node &node, ArrayRef<int64_t> shape,
                                                  ArrayRef<int64_t> kernel) {
  size_t rank = kernel.size();
  FailureOr<SmallVector<int64_t>> strides = readList(node, "strides", rank, 1, 1),
                                  dilations = failure(), pads = failure(), extra = failure(),
                                  given = failure();
  std::string autoPad = "NOTSET";
  std::optional<SmallVector<int64_t>> wanted;
  if (failed(strides) || failed(dilations = readList(node, "dilations", rank, 1, 1)) ||
      failed(pads = readList(node, "pads", 2 * rank, 0, 0)) ||
      failed(extra = readList(node, "output_padding", rank, 0, 0)) ||
      failed(given = readList(node, "kernel_shape", rank, 1, 0)) ||
      failed(node.read("auto_pad", autoPad)) || failed(node.read("output_shape", wanted)))
    return failure();
  if (node.hasAttribute("kernel_shape") && ArrayRef<int64_t>(*given) != kernel)
    return node.badInput() << "kernel_shape is the weights' kernel " << listText(kernel)
                           << ", found " << listText(*given);
  if (wanted && wanted->size() != rank)
    return node.badInput() << "output_shape has an extent for each of " << rank
                           << " spatial axes, found " << listText(*wanted);
  if (autoPad != "NOTSET" && autoPad != "VALID" && autoPad != "SAME_UPPER" &&
      autoPad != "SAME_LOWER")
    return node.badInput() << "auto_pad is NOTSET, SAME_UPPER, SAME_LOWER or VALID, found '"
                           << printable(autoPad) << "'";
  SmallVector<Spread> spreads(rank);
  for (auto [axis, spread] : llvm::enumerate(spreads)) {
    spread = {(*strides)[axis], (*dilations)[axis], kernel[axis]};
    int64_t extent = shape[axis + 2], span = (spread.kernel - 1) * spread.dilation + 1;
    bool isSame = autoPad == "SAME_UPPER" || autoPad == "SAME_LOWER";
    if (wanted || isSame) {
      shareOut(spread, extent, wanted ? (*wanted)[axis] : extent * spread.stride, (*extra)[axis],
               autoPad != "SAME_UPPER" && autoPad != "NOTSET");
      continue;
    }
    spread.low = span - 1 - (*pads)[axis];
    spread.high = span - 1 - (*pads)[axis + rank] + (*extra)[axis];
  }
  return spreads;
}

LogicalResult importConvTranspose(Node &node) {
  FailureOr<Value> x = node.getValue(0);
  FailureOr<HostTensor> weights = failure();
  int64_t groups = 1;
  if (failed(x) || failed(weights = node.getFloatConstant(1, "a convolution's weights")) ||
      failed(node.read("group", groups)))
    return failure();
  ArrayRef<int64_t> shape = cast<RankedTensorType>(x->getType()).getShape(),
                    form = weights->getShape();
  if (form.size() != shape.size() || form.size() < 3 || form[0] != shape[1])
    return node.badInput() << "a transposed convolution's weights are channels x outputs/groups x "
                              "kernel, one extent per axis of the data, found "
                           << listText(form) << " for data " << listText(shape);
  if (shape.size() > 5)
    return node.unsupported() << "one to three spatial axes are supported, found extents "
                              << listText(shape);
  if (groups < 1 || shape[1] % groups != 0)
    return node.badInput() << "group divides the data's channels (" << shape[1] << "), found "
                           << groups;
  FailureOr<SmallVector<Spread>> spreads = readSpreads(node, shape, form.drop_front(2));
  if (failed(spreads))
    return failure();

  size_t rank = spreads->size();
  SmallVector<int64_t> low(rank + 2, 0), high(rank + 2, 0), interior(rank + 2, 0), cut(rank + 2, 0),
      ones(rank, 1), zeros(rank, 0), dilations, kernel(form.drop_front(2));
  SmallVector<int64_t> kept(shape);
  for (auto [axis, spread] : llvm::enumerate(*spreads)) {
    low[axis + 2] = std::max<int64_t>(spread.low, 0);
    high[axis + 2] = std::max<int64_t>(spread.high, 0);
    interior[axis + 2] = spread.stride - 1;
    cut[axis + 2] = std::max<int64_t>(-spread.low, 0);
    int64_t spreadOut = shape[axis + 2] + (shape[axis + 2] - 1) * (spread.stride - 1);
    kept[axis + 2] = spreadOut + low[axis + 2] + high[axis + 2] - cut[axis + 2] -
                     std::max<int64_t>(-spread.high, 0);
    dilations.push_back(spread.dilation);
    if (kept[axis + 2] < (spread.kernel - 1) * spread.dilation + 1)
      return node.badInput() << "a result has entries, found padding that leaves none on axis "
                             << axis + 2;
  }
  Composer c(node);
  auto list = [&](StringRef name, ArrayRef<int64_t> values) { return node.attr(name, values); };
  Value spreadOut = c.make<PadOp>(
      {*x}, {list("low", low), list("high", high), list("interior", interior), c.attr("value", 0)});
  if (llvm::any_of(*spreads, [](const Spread &s) { return s.low < 0 || s.high < 0; }))
    spreadOut = c.make<SliceOp>({spreadOut}, {list("starts", cut), list("sizes", kept),
                                              list("strides", SmallVector<int64_t>(rank + 2, 1))});
  FailureOr<HostTensor> turned = mirrored(node, *weights, groups);
  if (failed(turned))
    return failure();
  SmallVector<Value> operands{spreadOut, node.buildConstant(*turned, node.getInputName(1))};
  if (node.hasInput(2)) {
    FailureOr<HostTensor> bias = node.getFloatConstant(2, "a convolution's bias");
    FailureOr<Value> value = failure();
    if (failed(bias) || failed(value = node.getValue(2)))
      return failure();
    if (bias->getShape() != turned->getShape().take_front())
      return node.badInput() << "a convolution's bias has one entry per output channel ("
                             << turned->getShape().front() << "), found "
                             << listText(bias->getShape());
    operands.push_back(*value);
  }
  auto window =
      WindowAttr::get(node.getBuilder().getContext(), kernel, ones, zeros, zeros, dilations);
  return c.finish(
      c.make<ConvOp>(operands, {node.attr("window", window),
                                node.attr("groups", node.getBuilder().getI64IntegerAttr(groups))}));
}

} // namespace saliency
