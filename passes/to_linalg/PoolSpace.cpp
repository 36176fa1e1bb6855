// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/to_linalg/PoolSpace.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;

namespace saliency {

PoolSpace::PoolSpace(const LoweringContext &context, WindowAttr window)
    : loops(2 + 2 * window.getRank()), context(context), window(window) {
  SmallVector<AffineExpr> dims = context.layout.dims(context.mlir, loops);
  output.assign(dims.begin(), dims.begin() + 2 + window.getRank());
  kernel.assign(dims.end() - window.getRank(), dims.end());
  data = indexOf({dims[0], dims[1]}, cellsUnder(window, ArrayRef(output).drop_front(2), kernel));
}

Value PoolSpace::kernelShape(OpBuilder &builder, Location loc) const {
  return tensor::EmptyOp::create(builder, loc, window.getKernel(), builder.getF32Type());
}

Value PoolSpace::cellNumber(ImplicitLocOpBuilder &b) const {
  Value number;
  for (auto [dim, extent] : llvm::zip_equal(kernel, window.getKernel())) {
    Value cell = linalg::IndexOp::create(b, cast<AffineDimExpr>(dim).getPosition());
    if (number)
      cell = arith::AddIOp::create(
          b, arith::MulIOp::create(b, number, arith::ConstantIndexOp::create(b, extent)), cell);
    number = cell;
  }
  return arith::IndexCastOp::create(b, b.getI32Type(), number);
}

Value PoolSpace::scatter(
    OpBuilder &builder, Location loc, const PaddedData &image, ArrayRef<int64_t> shape,
    ArrayRef<Value> operands,
    llvm::function_ref<Value(ImplicitLocOpBuilder &, ValueRange)> share) const {
  // Windows that tile the image exactly reach every cell once: nothing to add up, nothing left
  // over.
  bool tiles = true;
  for (size_t axis = 0; axis != window.getRank(); ++axis) {
    int64_t stride = window.getStrides()[axis], output = shape[axis + 2];
    tiles &= window.getDilations()[axis] == 1 &&
             (stride == window.getKernel()[axis] || output == 1) &&
             image.extents[axis + 2] == output * window.getKernel()[axis];
  }
  Nest nest(builder, loc, context, loops);
  for (Value operand : operands)
    nest.read(operand, output);
  nest.readRaw(kernelShape(builder, loc), kernel);
  if (tiles) {
    nest.write(emptyTensor(builder, loc, context, image.extents), data);
  } else {
    nest.write(filledTensor(builder, loc, context, image.extents, 0.0), data);
    nest.reduce(kernel).reduce(ArrayRef(output).drop_front(2));
  }
  Value result = nest.buildOne([&](ImplicitLocOpBuilder &b, ValueRange values) -> Value {
    Value part = share(b, values);
    return tiles ? part : arith::AddFOp::create(b, values.back(), part).getResult();
  });
  return image.crop(builder, loc, context, result);
}

} // namespace saliency
