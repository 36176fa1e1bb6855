// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/attribution/network/ClassMaps.h"

#include "dialect/ops/Builders.h"

using namespace mlir;
using namespace saliency;

static Value reshape(OpBuilder &builder, Value value, ArrayRef<int64_t> shape) {
  return ReshapeOp::create(builder, value.getLoc(), value, builder.getDenseI64ArrayAttr(shape));
}

/// The largest entry over each run of `extent` positions; `value` is samples x channels x extent x
/// others.
static Value maxOver(OpBuilder &builder, Value value, int64_t extent) {
  SmallVector<int64_t> kernel = {extent, 1}, ones = {1, 1}, none = {0, 0};
  auto window = WindowAttr::get(builder.getContext(), kernel, ones, none, none, ones);
  return MaxPoolOp::create(builder, value.getLoc(), value, window, /*ceil_mode=*/nullptr);
}

/// samples x (anchors * classes) x spatial → samples x classes x spatial
static Value bestAnchor(OpBuilder &builder, Value map, int64_t anchors) {
  if (anchors == 1)
    return map;
  SmallVector<int64_t> shape(shapeOf(map));
  shape[1] /= anchors;
  int64_t entries = ShapedType::getNumElements(shape) / shape[0];
  return reshape(builder,
                 maxOver(builder, reshape(builder, map, {shape[0], 1, anchors, entries}), anchors),
                 shape);
}

static FailureOr<SmallVector<Value>> findMaps(func::FuncOp forward, ArrayRef<std::string> names) {
  llvm::StringMap<Value> known;
  DenseSet<Value> dependent = {forward.getArgument(0)};
  for (Operation &op : forward.getBody().front().without_terminator()) {
    known[valueName(op.getResult(0))] = op.getResult(0);
    if (llvm::any_of(op.getOperands(), [&](Value operand) { return dependent.contains(operand); }))
      dependent.insert(op.getResult(0));
  }
  SmallVector<Value> maps;
  for (StringRef name : names) {
    Value map = known.lookup(name);
    if (!map)
      return forward.emitError(
                 "a map of class scores is the name of a value that the network computes, found '")
             << name << "'";
    if (llvm::is_contained(maps, map))
      return forward.emitError("maps of class scores are named once, found '") << name << "' twice";
    if (!dependent.contains(map))
      return forward.emitError("a map of class scores depends on the network's input, found '")
             << name << "', which does not";
    ArrayRef<int64_t> shape = shapeOf(map), input = shapeOf(forward.getArgument(0));
    if (shape.size() < 3 || input.empty() || shape[0] != input[0])
      return forward.emitError("a map of class scores is samples x classes x spatial axes, found '")
             << name << "' of " << shapeText(shape);
    maps.push_back(map);
  }
  return maps;
}

LogicalResult saliency::scoreClassMaps(func::FuncOp forward, const ClassMapOptions &options) {
  if (options.values.empty() || forward.getNumArguments() != 1) // reported by attribution
    return success();
  FailureOr<SmallVector<Value>> maps = findMaps(forward, options.values);
  if (failed(maps))
    return failure();
  if (options.anchors.size() > 1 && options.anchors.size() != maps->size())
    return forward.emitError("anchors are one number or one for each of the ")
           << maps->size() << " maps of class scores, found " << options.anchors.size();

  Operation *terminator = forward.getBody().front().getTerminator();
  OpBuilder builder(terminator);
  SmallVector<Value> positions; // of each map, side by side: samples x classes x positions x 1
  for (auto [i, map] : llvm::enumerate(*maps)) {
    int64_t anchors = options.anchors.empty()       ? 1
                      : options.anchors.size() == 1 ? options.anchors[0]
                                                    : options.anchors[i];
    ArrayRef<int64_t> shape = shapeOf(map);
    if (anchors < 1 || shape[1] % anchors != 0)
      return forward.emitError("a map of class scores has as many channels for each anchor, found ")
             << anchors << " anchors and " << shape[1] << " channels in '" << options.values[i]
             << "'";
    int64_t classes = shape[1] / anchors;
    if (!positions.empty() && classes != shapeOf(positions[0])[1])
      return forward.emitError("maps of class scores have the same classes, found ")
             << shapeOf(positions[0])[1] << " in '" << options.values[0] << "' and " << classes
             << " in '" << options.values[i] << "'";
    int64_t count = ShapedType::getNumElements(shape.drop_front(2));
    positions.push_back(
        reshape(builder, bestAnchor(builder, map, anchors), {shape[0], classes, count, 1}));
  }
  Value all = positions[0];
  if (positions.size() > 1)
    all = ConcatOp::create(builder, forward.getLoc(), positions, builder.getI64IntegerAttr(2));
  ArrayRef<int64_t> shape = shapeOf(all);
  Value scores = reshape(builder, maxOver(builder, all, shape[2]), shape.take_front(2));
  terminator->setOperands(scores);
  forward.setFunctionType(
      FunctionType::get(forward.getContext(), forward.getArgumentTypes(), scores.getType()));
  forward.setAllResultAttrs(ArrayRef(DictionaryAttr::get(forward.getContext())));
  return success();
}

FailureOr<Value> saliency::buildClassMaps(OpBuilder &builder, const Network &network,
                                          int64_t size) {
  SmallVector<Value> maps = network.findClassMaps();
  Location loc = network.getLogits().getLoc();
  if (maps.empty())
    return emitError(loc, "maps of class scores with the input's spatial axes are named by "
                          "--class-maps or pooled by the network, found none");
  SmallVector<int64_t> extents(shapeOf(maps[maps.size() / 2]).drop_front(2));
  if (size > 0)
    extents.assign(extents.size(), size);
  int64_t room = (int64_t(1) << 31) / (shapeOf(maps[0])[0] * shapeOf(maps[0])[1]);
  for (int64_t extent : extents)
    if ((room /= extent) == 0)
      return emitError(loc, "class maps have at most 2^31 entries, found ")
             << shapeText(shapeOf(maps[0]).take_front(2)) << " of " << shapeText(extents);
  auto mode = ResizeModeAttr::get(builder.getContext(), ResizeMode::HalfPixel);
  Value sum;
  for (Value map : maps) {
    Value resized =
        ResizeOp::create(builder, map.getLoc(), map, mode, builder.getDenseI64ArrayAttr(extents));
    sum = sum ? arith::AddFOp::create(builder, map.getLoc(), sum, resized).getResult() : resized;
  }
  Value share =
      buildSplat(builder, sum.getLoc(), shapeOf(sum), 1.0 / static_cast<double>(maps.size()));
  return arith::MulFOp::create(builder, sum.getLoc(), sum, share).getResult();
}
