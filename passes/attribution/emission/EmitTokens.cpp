// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Attention layers and tokens. An attention layer gives a matrix of tokens by tokens for each head;
// a *rollout* multiplies such matrices over all layers. Of the tokens, those behind the class token
// stand for patches of the image, row by row.
#include "dialect/ops/Builders.h"
#include "passes/attribution/emission/Emitters.h"

using namespace mlir;
using namespace saliency;
using rules::Node;

/// Over the heads (all axes between the samples and the two of tokens), which disappear, or over
/// each row.
Value saliency::reduceTokens(Scope &s, const Node &node, Value value) {
  ArrayRef<int64_t> shape = shapeOf(value);
  bool overHeads = node.space == rules::Space::Tokens;
  SmallVector<int64_t> axes =
      llvm::to_vector(overHeads ? llvm::seq<int64_t>(1, shape.size() - 2)
                                : llvm::seq<int64_t>(shape.size() - 1, shape.size()));
  if (!axes.empty())
    value = s.reduce(value, overHeads ? Reduction::Mean : Reduction::Sum, axes);
  int64_t tokens = shape.back();
  if (overHeads && !axes.empty())
    value = s.reshape(value, {shape[0], tokens, tokens});
  return value;
}

/// M_L ... M_1, where M_l is the node evaluated for attention layer l.
FailureOr<Term> saliency::emitRollout(Scope &s, const Node &node) {
  SmallVector<AtOp, 0> layers = s.sources.attention();
  if (layers.empty())
    return s.error("a rollout needs attention layers (a softmax whose result a matrix product "
                   "takes), found none");
  Value product;
  for (const AtOp &layer : layers) {
    Scope::Moved moved(s, layer);
    ArrayRef<int64_t> shape = shapeOf(layer.y);
    int64_t tokens = shape.back();
    if (shape.size() < 3 || shape[shape.size() - 2] != tokens ||
        (product && shapeOf(product).back() != tokens))
      return s.error("a rollout needs attention between the same tokens in every layer, found " +
                     shapeText(shape));
    FailureOr<Value> square = s.value(node.a, {shape[0], tokens, tokens});
    if (failed(square))
      return failure();
    product = product ? s.make<MatMulOp>(*square, product) : *square;
  }
  return Term{product};
}

FailureOr<Term> saliency::emitIdentityMatrix(Scope &s, const Node &node) {
  FailureOr<Term> like = s.term(node.a);
  if (failed(like))
    return failure();
  SmallVector<int64_t> shape(shapeOf(like->value));
  int64_t tokens = shape.back();
  SmallVector<float> entries(tokens * tokens, 0.0f);
  for (int64_t token = 0; token != tokens; ++token)
    entries[token * (tokens + 1)] = 1;
  return Term{
      buildBroadcast(s.builder(), s.loc(), s.constant({1, tokens, tokens}, entries), shape)};
}

/// Rows and columns of the patches that `tokens` less the class token stand for.
static FailureOr<std::pair<int64_t, int64_t>> gridOf(Scope &s, int64_t tokens) {
  if (std::optional<std::pair<int64_t, int64_t>> grid = s.sources.patchGrid(tokens - 1))
    return *grid;
  return s.error(
      "a class token's map needs one token per patch of the image and the class token, found " +
      Twine(tokens) + " tokens");
}

/// Samples x heads x rows x columns: the class token's row of each head.
static FailureOr<Term> headMaps(Scope &s, Value matrices) {
  SmallVector<int64_t> shape(shapeOf(matrices));
  if (shape.size() < 3 || shape[shape.size() - 2] != shape.back())
    return s.error("a class token's map needs attention between the same tokens, found " +
                   shapeText(shape));
  FailureOr<std::pair<int64_t, int64_t>> grid = gridOf(s, shape.back());
  if (failed(grid))
    return failure();
  SmallVector<int64_t> starts(shape.size(), 0), steps(shape.size(), 1);
  int64_t heads = ShapedType::getNumElements(ArrayRef(shape).drop_front().drop_back(2));
  shape[shape.size() - 2] = 1;
  starts.back() = 1;
  shape.back() -= 1;
  Value rows = s.make<SliceOp>(matrices, s.list(starts), s.list(shape), s.list(steps));
  return Term{s.reshape(rows, {shape[0], heads, grid->first, grid->second})};
}

FailureOr<Term> saliency::emitClassToken(Scope &s, const Node &node) {
  FailureOr<Term> matrix = s.term(node.a);
  if (failed(matrix))
    return failure();
  if (node.space == rules::Space::HeadMaps)
    return headMaps(s, matrix->value);
  int64_t samples = shapeOf(matrix->value)[0], tokens = shapeOf(matrix->value)[2];
  FailureOr<std::pair<int64_t, int64_t>> grid = gridOf(s, tokens);
  if (failed(grid))
    return failure();
  Value row = s.make<SliceOp>(matrix->value, s.list({0, 0, 1}), s.list({samples, 1, tokens - 1}),
                              s.list({1, 1, 1}));
  return Term{s.reshape(row, {samples, 1, grid->first, grid->second})};
}

FailureOr<TokenGrid> saliency::findTokenGrid(Scope &s) {
  Value layer = s.read(&WholePlace::layerValue);
  ArrayRef<int64_t> shape = layer ? shapeOf(layer) : ArrayRef<int64_t>();
  if (shape.size() != 3)
    return s.error("a mask of tokens needs a target layer of samples x tokens x features, found " +
                   shapeText(shape));
  for (int64_t before : {1, 0, 2}) // a class token, none, one besides it (distillation)
    if (std::optional<std::pair<int64_t, int64_t>> grid = s.sources.patchGrid(shape[1] - before))
      return TokenGrid{before, grid->first, grid->second};
  return s.error("a mask of tokens needs one token per patch of the image, found " +
                 Twine(shape[1]) + " tokens");
}

FailureOr<Term> saliency::emitAtTokens(Scope &s, const Node &node) {
  FailureOr<Term> map = s.term(node.a);
  FailureOr<double> before = s.number(node.b);
  FailureOr<TokenGrid> grid = findTokenGrid(s);
  if (failed(map) || failed(before) || failed(grid))
    return failure();
  int64_t samples = shapeOf(s.read(&WholePlace::layerValue))[0];
  Value maps = s.tensor(*map, {samples, 1, grid->rows, grid->columns});
  Value column = s.reshape(maps, {samples, grid->rows * grid->columns, 1});
  if (grid->before == 0)
    return Term{column};
  Value first = s.splat({samples, grid->before, 1}, *before);
  return Term{s.make<ConcatOp>(ValueRange{first, column}, s.builder().getI64IntegerAttr(1))};
}
