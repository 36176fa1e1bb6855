// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The part of the emit reader that knows attention layers: rollouts over them, tokens and the class
// token's map.
#include "passes/attribution/emission/EmitExpression.h"

#include "dialect/ops/Builders.h"

using namespace mlir;
using namespace saliency;
using rules::Node;

/// Over the heads (all axes between the samples and the two of tokens), which disappear, or over
/// each row.
FailureOr<ExpressionEmitter::Term> ExpressionEmitter::reduceTokens(const Node &node, Value value) {
  ArrayRef<int64_t> shape = shapeOf(value);
  bool overHeads = node.space == rules::Space::Tokens;
  SmallVector<int64_t> axes =
      llvm::to_vector(overHeads ? llvm::seq<int64_t>(1, shape.size() - 2)
                                : llvm::seq<int64_t>(shape.size() - 1, shape.size()));
  auto kind =
      ReductionAttr::get(builder->getContext(), overHeads ? Reduction::Mean : Reduction::Sum);
  if (!axes.empty())
    value =
        ReduceOp::create(*builder, context->loc, value, kind, builder->getDenseI64ArrayAttr(axes));
  int64_t tokens = shape.back();
  if (overHeads && !axes.empty())
    value = ReshapeOp::create(*builder, context->loc, value,
                              builder->getDenseI64ArrayAttr({shape[0], tokens, tokens}));
  return Term{value};
}

/// M_L ... M_1, where M_l is the node evaluated for attention layer l.
FailureOr<ExpressionEmitter::Term> ExpressionEmitter::rollout(const Node &node) {
  SmallVector<ExpressionContext, 0> layers = sources.attention();
  if (layers.empty())
    return error("a rollout needs attention layers (a softmax whose result a matrix product "
                 "takes), found none");
  const ExpressionContext *own = context;
  Memo ownMemo = std::move(memo);
  Value product;
  for (const ExpressionContext &layer : layers) {
    context = &layer;
    memo.clear();
    ArrayRef<int64_t> shape = shapeOf(layer.y);
    int64_t tokens = shape.back();
    if (shape.size() < 3 || shape[shape.size() - 2] != tokens ||
        (product && shapeOf(product).back() != tokens))
      return error("a rollout needs attention between the same tokens in every layer, found " +
                   shapeText(shape));
    FailureOr<Term> matrix = term(node.a);
    if (failed(matrix))
      return failure();
    Value square = tensor(*matrix, {shape[0], tokens, tokens});
    product = product ? Value(MatMulOp::create(*builder, layer.loc, square, product)) : square;
  }
  context = own;
  memo = std::move(ownMemo);
  return Term{product};
}

FailureOr<ExpressionEmitter::Term> ExpressionEmitter::identityMatrix(const Node &node) {
  FailureOr<Term> like = term(node.a);
  if (failed(like))
    return failure();
  SmallVector<int64_t> shape(shapeOf(like->value));
  int64_t tokens = shape.back();
  SmallVector<float> entries(tokens * tokens, 0.0f);
  for (int64_t token = 0; token != tokens; ++token)
    entries[token * (tokens + 1)] = 1;
  auto matrix = DenseElementsAttr::get(f32Tensor(builder->getContext(), {1, tokens, tokens}),
                                       ArrayRef<float>(entries));
  return Term{buildBroadcast(*builder, context->loc,
                             ConstantOp::create(*builder, context->loc, matrix), shape)};
}

/// Samples x heads x rows x columns: the class token's row of each head.
FailureOr<ExpressionEmitter::Term> ExpressionEmitter::headMaps(Value matrices) {
  SmallVector<int64_t> shape(shapeOf(matrices));
  if (shape.size() < 3 || shape[shape.size() - 2] != shape.back())
    return error("a class token's map needs attention between the same tokens, found " +
                 shapeText(shape));
  int64_t patches = shape.back() - 1;
  std::optional<std::pair<int64_t, int64_t>> grid = sources.patchGrid(patches);
  if (!grid)
    return error(
        "a class token's map needs one token per patch of the image and the class token, found " +
        Twine(patches + 1) + " tokens");
  SmallVector<int64_t> starts(shape.size(), 0), steps(shape.size(), 1);
  int64_t heads = ShapedType::getNumElements(ArrayRef(shape).drop_front().drop_back(2));
  shape[shape.size() - 2] = 1;
  shape.back() = patches;
  starts.back() = 1;
  auto list = [&](ArrayRef<int64_t> entries) { return builder->getDenseI64ArrayAttr(entries); };
  Value rows =
      SliceOp::create(*builder, context->loc, matrices, list(starts), list(shape), list(steps));
  return Term{ReshapeOp::create(*builder, context->loc, rows,
                                list({shape[0], heads, grid->first, grid->second}))};
}

FailureOr<ExpressionEmitter::Term> ExpressionEmitter::classToken(const Node &node) {
  FailureOr<Term> matrix = term(node.a);
  if (failed(matrix))
    return failure();
  if (node.space == rules::Space::HeadMaps)
    return headMaps(matrix->value);
  int64_t samples = shapeOf(matrix->value)[0], patches = shapeOf(matrix->value)[2] - 1;
  std::optional<std::pair<int64_t, int64_t>> grid = sources.patchGrid(patches);
  if (!grid)
    return error(
        "a class token's map needs one token per patch of the image and the class token, found " +
        Twine(patches + 1) + " tokens");
  auto list = [&](ArrayRef<int64_t> entries) { return builder->getDenseI64ArrayAttr(entries); };
  Value row = SliceOp::create(*builder, context->loc, matrix->value, list({0, 0, 1}),
                              list({samples, 1, patches}), list({1, 1, 1}));
  return Term{ReshapeOp::create(*builder, context->loc, row,
                                list({samples, 1, grid->first, grid->second}))};
}

FailureOr<ExpressionEmitter::TokenGrid> ExpressionEmitter::tokenGrid() {
  ArrayRef<int64_t> shape =
      context->layerValue ? shapeOf(context->layerValue) : ArrayRef<int64_t>();
  if (shape.size() != 3)
    return error("a mask of tokens needs a target layer of samples x tokens x features, found " +
                 shapeText(shape));
  for (int64_t before : {1, 0, 2}) // a class token, none, one besides it (distillation)
    if (std::optional<std::pair<int64_t, int64_t>> grid = sources.patchGrid(shape[1] - before))
      return TokenGrid{before, grid->first, grid->second};
  return error("a mask of tokens needs one token per patch of the image, found " + Twine(shape[1]) +
               " tokens");
}

FailureOr<ExpressionEmitter::Term> ExpressionEmitter::atTokens(const Node &node) {
  FailureOr<Term> map = term(node.a);
  FailureOr<double> before = number(node.b);
  FailureOr<TokenGrid> grid = tokenGrid();
  if (failed(map) || failed(before) || failed(grid))
    return failure();
  Location loc = context->loc;
  int64_t samples = shapeOf(context->layerValue)[0], patches = grid->rows * grid->columns;
  Value maps = tensor(*map, {samples, 1, grid->rows, grid->columns});
  Value column =
      ReshapeOp::create(*builder, loc, maps, builder->getDenseI64ArrayAttr({samples, patches, 1}));
  if (grid->before == 0)
    return Term{column};
  Value first = buildSplat(*builder, loc, {samples, grid->before, 1}, *before);
  return Term{
      ConcatOp::create(*builder, loc, ValueRange{first, column}, builder->getI64IntegerAttr(1))};
}
