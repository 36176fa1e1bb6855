// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/to_linalg/Nest.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;

namespace saliency {

Nest &Nest::read(Value tensor, IndexExprs index) {
  return readRaw(tensor, context.layout.toPhysical(index));
}

Nest &Nest::readRaw(Value tensor, IndexExprs index) {
  inputs.push_back(tensor);
  inputMaps.push_back(AffineMap::get(loops, 0, index, context.mlir));
  return *this;
}

Nest &Nest::write(Value init, IndexExprs index) {
  return writeRaw(init, context.layout.toPhysical(index));
}

Nest &Nest::writeRaw(Value init, IndexExprs index) {
  outputs.push_back(init);
  outputMaps.push_back(AffineMap::get(loops, 0, index, context.mlir));
  return *this;
}

Nest &Nest::reduce(IndexExprs dims) {
  carried.resize(loops, false);
  for (AffineExpr dim : dims)
    carried[cast<AffineDimExpr>(dim).getPosition()] = true;
  return *this;
}

linalg::GenericOp Nest::build(Body body) {
  carried.resize(loops, false);
  auto iterators = llvm::map_to_vector(carried, [](bool carries) {
    return carries ? utils::IteratorType::reduction : utils::IteratorType::parallel;
  });
  SmallVector<AffineMap> maps(inputMaps);
  llvm::append_range(maps, outputMaps);
  SmallVector<Type> types =
      llvm::map_to_vector(outputs, [](Value output) { return output.getType(); });
  return linalg::GenericOp::create(builder, loc, types, inputs, outputs, maps, iterators,
                                   [&](OpBuilder &inner, Location loc, ValueRange arguments) {
                                     ImplicitLocOpBuilder implicit(loc, inner);
                                     linalg::YieldOp::create(implicit, body(implicit, arguments));
                                   });
}

Value Nest::buildOne(llvm::function_ref<Value(ImplicitLocOpBuilder &, ValueRange)> body) {
  return build([&](ImplicitLocOpBuilder &b, ValueRange arguments) {
           return SmallVector<Value>{body(b, arguments)};
         })
      .getResult(0);
}

Value Nest::buildMultiplyAdd(bool contraction) {
  Value result = buildOne([](ImplicitLocOpBuilder &b, ValueRange values) -> Value {
    Value product = arith::MulFOp::create(b, values[0], values[1]);
    return arith::AddFOp::create(b, values[2], product);
  });
  auto nest = cast<linalg::GenericOp>(result.getDefiningOp());
  if (contraction)
    nest->setAttr(kContractionAttr, builder.getUnitAttr());
  // The first axis of what a contraction writes is that of samples, in every layout.
  auto sample = dyn_cast<AffineDimExpr>(outputMaps[0].getResult(0));
  if (sample && nest.getStaticLoopRanges()[sample.getPosition()] > 1)
    nest->setAttr(kSamplesAttr, builder.getI64IntegerAttr(sample.getPosition()));
  return result;
}

TypedAttr splatOf(Value value) {
  ElementsAttr elements;
  if (auto constant = value.getDefiningOp<arith::ConstantOp>())
    elements = dyn_cast<ElementsAttr>(constant.getValue());
  else if (auto constant = value.getDefiningOp<ConstantOp>())
    elements = constant.getValue();
  auto dense = dyn_cast_or_null<DenseElementsAttr>(elements);
  return dense && dense.isSplat() ? cast<TypedAttr>(dense.getSplatValue<Attribute>()) : TypedAttr();
}

Value elementwise(OpBuilder &builder, Location loc, const LoweringContext &context,
                  ArrayRef<int64_t> resultShape, ArrayRef<ElementwiseOperand> operands,
                  Type element,
                  llvm::function_ref<Value(ImplicitLocOpBuilder &, ValueRange)> body) {
  size_t rank = resultShape.size();
  SmallVector<AffineExpr> dims = context.layout.dims(context.mlir, rank);
  Nest nest(builder, loc, context, rank);
  SmallVector<Value> scalars; // per operand: the value that enters the body as it is, or null
  for (const ElementwiseOperand &operand : operands) {
    if (operand.splat) {
      scalars.push_back(arith::ConstantOp::create(builder, loc, operand.splat));
      continue;
    }
    bool isTensor = isa<RankedTensorType>(operand.value.getType());
    scalars.push_back(isTensor ? Value() : operand.value);
    if (!isTensor)
      continue;
    SmallVector<AffineExpr> index;
    for (size_t axis = 0, missing = rank - operand.shape.size(); axis != operand.shape.size();
         ++axis)
      index.push_back(operand.shape[axis] == resultShape[missing + axis]
                          ? dims[missing + axis]
                          : getAffineConstantExpr(0, context.mlir));
    nest.read(operand.value, index);
  }
  nest.write(emptyTensor(builder, loc, context, resultShape, element), dims);
  return nest.buildOne([&](ImplicitLocOpBuilder &b, ValueRange arguments) {
    SmallVector<Value> values;
    for (size_t read = 0; Value scalar : scalars)
      values.push_back(scalar ? scalar : arguments[read++]);
    return body(b, values);
  });
}

} // namespace saliency
