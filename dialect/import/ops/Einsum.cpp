// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Einsum-12 of one or two operands, where every subscript of the equation names one axis: sums over
// axes, transposes, and one product of matrices.
//
//   "bhid,bhjd->bhij"   b, h: in both and in the result; they count the products
//                       i, j: in one operand each;           rows and columns of the result
//                       d:    in both, not in the result;    summed by the product
#include "dialect/import/Composer.h"
#include "dialect/import/ops/Handlers.h"
#include "llvm/ADT/SmallSet.h"
#include "llvm/ADT/StringExtras.h"

using namespace mlir;

namespace saliency {

static ArrayRef<int64_t> shapeOf(Value value) {
  return cast<RankedTensorType>(value.getType()).getShape();
}

namespace {

struct Equation {
  SmallVector<std::string> operands;
  std::string result;
};

/// A value and the subscript of each of its axes.
struct Labelled {
  Value value;
  std::string axes;
};

} // namespace

static FailureOr<Equation> readEquation(Node &node) {
  std::string text;
  if (failed(node.read("equation", text)))
    return failure();
  llvm::erase(text, ' ');
  auto [left, right] = StringRef(text).split("->");
  Equation equation;
  for (StringRef part : llvm::split(left, ','))
    equation.operands.push_back(part.str());
  equation.result = right.str();
  if (!StringRef(text).contains("->")) // those named once, in the order of the alphabet
    for (char c = 'A'; c <= 'z'; ++c)
      if (left.count(c) == 1 && llvm::isAlpha(c))
        equation.result += c;
  if (equation.operands.size() != node.getNumInputs())
    return node.badInput() << "an equation has a term for each of " << node.getNumInputs()
                           << " inputs, found '" << printable(text) << "'";
  for (StringRef term :
       llvm::concat<const std::string>(equation.operands, ArrayRef<std::string>{equation.result})) {
    llvm::SmallSet<char, 8> seen;
    for (char c : term)
      if (!llvm::isAlpha(c) || !seen.insert(c).second)
        return node.unsupported() << "subscripts are letters, one for each axis of a term and none "
                                     "twice, found '"
                                  << printable(text) << "'";
  }
  return equation;
}

/// The extents of all subscripts, or an error where two operands disagree.
static LogicalResult checkExtents(Node &node, const Equation &equation,
                                  llvm::DenseMap<char, int64_t> &extents) {
  for (auto [i, term] : llvm::enumerate(equation.operands)) {
    ArrayRef<int64_t> shape = node.getInput(i)->getShape();
    if (shape.size() != term.size())
      return node.badInput() << "a term names every axis of its input " << listText(shape)
                             << ", found '" << printable(term) << "'";
    for (auto [axis, extent] : llvm::zip_equal(term, shape))
      if (auto [known, isNew] = extents.try_emplace(axis, extent);
          !isNew && known->second != extent)
        return node.badInput() << "a subscript has one extent, found " << known->second << " and "
                               << extent << " for '" << std::string(1, axis) << "'";
  }
  for (char axis : equation.result)
    if (!extents.contains(axis))
      return node.badInput() << "the result's subscripts are those of terms, found '"
                             << std::string(1, axis) << "'";
  return success();
}

/// x with its axes in the order of `axes`, the same subscripts.
static Labelled ordered(Composer &c, Labelled x, StringRef axes) {
  SmallVector<int64_t> permutation;
  for (char axis : axes)
    permutation.push_back(static_cast<int64_t>(x.axes.find(axis)));
  return {c.transpose(x.value, permutation), axes.str()};
}

/// x summed over the axes that are not among `kept`.
static Labelled summed(Composer &c, Labelled x, StringRef kept) {
  SmallVector<int64_t> axes, shape;
  std::string left;
  if (!x.value)
    return x;
  for (auto [i, axis] : llvm::enumerate(x.axes)) {
    if (!kept.contains(axis)) {
      axes.push_back(static_cast<int64_t>(i));
      continue;
    }
    left += axis;
    shape.push_back(shapeOf(x.value)[i]);
  }
  return axes.empty() ? x : Labelled{c.reshape(c.sum(x.value, axes), shape), left};
}

/// The product of extents of these subscripts.
static int64_t count(StringRef axes, const llvm::DenseMap<char, int64_t> &extents) {
  int64_t product = 1;
  for (char axis : axes)
    product *= extents.lookup(axis);
  return product;
}

static void appendExtents(SmallVectorImpl<int64_t> &shape, StringRef axes,
                          const llvm::DenseMap<char, int64_t> &extents) {
  for (char axis : axes)
    shape.push_back(extents.lookup(axis));
}

/// A product with constant weights that count no products of their own: a dense layer.
static Labelled denseProduct(Composer &c, const Labelled &x, const Labelled &weights,
                             StringRef rows, StringRef columns, StringRef inner,
                             const llvm::DenseMap<char, int64_t> &extents) {
  SmallVector<int64_t> shape;
  appendExtents(shape, rows, extents);
  shape.push_back(count(inner, extents));
  Value left = c.reshape(ordered(c, x, (rows + inner).str()).value, shape);
  Value right = c.reshape(ordered(c, weights, (columns + inner).str()).value,
                          {count(columns, extents), count(inner, extents)});
  SmallVector<int64_t> result;
  appendExtents(result, (rows + columns).str(), extents);
  return {c.reshape(c.make<GemmOp>({left, right}), result), (rows + columns).str()};
}

LogicalResult importEinsum(Node &node) {
  FailureOr<Equation> equation = readEquation(node);
  llvm::DenseMap<char, int64_t> extents;
  if (failed(equation))
    return failure();
  for (size_t i = 0; i < node.getNumInputs(); ++i)
    if (!node.getInput(i))
      return failure();
  if (failed(checkExtents(node, *equation, extents)))
    return failure();
  if (node.getNumInputs() > 2)
    return node.unsupported() << "a product is of two operands, found " << node.getNumInputs();
  Composer c(node);
  SmallVector<Labelled> operands;
  for (auto [i, term] : llvm::enumerate(equation->operands)) {
    FailureOr<Value> value = node.getValue(i);
    if (failed(value))
      return failure();
    std::string others =
        equation->result + (i == 0 ? equation->operands.back() : equation->operands.front());
    operands.push_back(
        summed(c, {*value, term},
               operands.empty() && equation->operands.size() == 1 ? equation->result : others));
  }
  if (operands.size() == 1)
    return c.finish(ordered(c, operands[0], equation->result).value);

  std::string batch, rows, columns, inner;
  for (char axis : operands[0].axes) {
    bool isShared = StringRef(operands[1].axes).contains(axis),
         isKept = StringRef(equation->result).contains(axis);
    (isShared ? (isKept ? batch : inner) : rows) += axis;
  }
  for (char axis : operands[1].axes)
    if (!StringRef(operands[0].axes).contains(axis))
      columns += axis;

  Labelled product;
  if (batch.empty() && node.getInput(1)->isConstant()) {
    product = denseProduct(c, operands[0], operands[1], rows, columns, inner, extents);
  } else if (batch.empty() && node.getInput(0)->isConstant()) {
    product = denseProduct(c, operands[1], operands[0], columns, rows, inner, extents);
  } else {
    if (batch.empty())
      return node.unsupported() << "a product of two computed operands keeps the samples apart, "
                                   "found no subscript that both and the result have";
    SmallVector<int64_t> counted, result;
    appendExtents(counted, batch, extents);
    auto matrix = [&](const Labelled &x, StringRef first, StringRef second) {
      SmallVector<int64_t> shape(counted);
      shape.push_back(count(first, extents));
      shape.push_back(count(second, extents));
      return c.reshape(ordered(c, x, (batch + first + second).str()).value, shape);
    };
    appendExtents(result, batch + rows + columns, extents);
    product = {c.reshape(c.make<MatMulOp>({matrix(operands[0], rows, inner),
                                           matrix(operands[1], inner, columns)}),
                         result),
               batch + rows + columns};
  }
  return c.finish(ordered(c, product, equation->result).value);
}

} // namespace saliency
