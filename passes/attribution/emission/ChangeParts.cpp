// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/attribution/emission/ChangeParts.h"

#include "dialect/ops/Builders.h"
#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;
using namespace saliency;
using Parts = ChangeParts::Parts;
using rules::Capability;

static Value zerosLike(OpBuilder &builder, Location loc, Value value) {
  return buildSplat(builder, loc, shapeOf(value), 0);
}

/// max(a, 0) or min(a, 0).
static Value part(OpBuilder &builder, Location loc, Value a, bool positive) {
  Value zero = zerosLike(builder, loc, a);
  auto keep = positive ? arith::CmpFPredicate::OGT : arith::CmpFPredicate::OLT;
  return arith::SelectOp::create(builder, loc, buildCompare(builder, loc, keep, a, zero), a, zero);
}

static Value add(OpBuilder &builder, Location loc, Value a, Value b) {
  return arith::AddFOp::create(builder, loc, a, b);
}

Parts ChangeParts::of(OpBuilder &builder, Value value) {
  if (auto found = known.find(value); found != known.end())
    return found->second;
  Parts parts = make(builder, value);
  known[value] = parts;
  return parts;
}

Parts ChangeParts::make(OpBuilder &builder, Value value) {
  auto layer = dyn_cast_or_null<LayerOpInterface>(value.getDefiningOp());
  if (!layer || !reference.contains(value))
    return bySign(builder, value);
  switch (capabilityOf(layer)) {
  case Capability::Convolution:
  case Capability::Dense:
    return ofLinear(builder, cast<LinearMapOpInterface>(layer.getOperation()));
  case Capability::AveragePool:
  case Capability::Structural:
  case Capability::Add:
  case Capability::Concat:
    return ofAdding(builder, layer);
  case Capability::Normalisation:
    return ofScaled(builder, layer);
  case Capability::LinearMap:
  case Capability::Bilinear:
  case Capability::Activation:
  case Capability::Rectifier:
  case Capability::Selection:
  case Capability::Merge:
  case Capability::Product:
  case Capability::Fork:
  case Capability::Softmax:
  case Capability::LayerNorm:
  case Capability::Count:
    break;
  }
  return bySign(builder, value);
}

Value ChangeParts::change(OpBuilder &builder, Value value) const {
  if (!reference.contains(value))
    return zerosLike(builder, value.getLoc(), value);
  return arith::SubFOp::create(builder, value.getLoc(), value, reference.lookup(value));
}

Parts ChangeParts::bySign(OpBuilder &builder, Value value) const {
  Value whole = change(builder, value);
  return {part(builder, value.getLoc(), whole, true), part(builder, value.getLoc(), whole, false)};
}

/// W+ dx+ + W- dx- adds, W+ dx- + W- dx+ takes.
Parts ChangeParts::ofLinear(OpBuilder &builder, LinearMapOpInterface layer) const {
  Location loc = layer->getLoc();
  Parts x = bySign(builder, layer->getOperand(0));
  Value weight = layer.getLinearWeight(), up = part(builder, loc, weight, true),
        down = part(builder, loc, weight, false);
  auto sum = [&](Value withUp, Value withDown) {
    return add(builder, loc, layer.buildLinear(builder, loc, up, withUp),
               layer.buildLinear(builder, loc, down, withDown));
  };
  return {sum(x.rise, x.fall), sum(x.fall, x.rise)};
}

/// A channel with a negative scale swaps them.
Parts ChangeParts::ofScaled(OpBuilder &builder, LayerOpInterface norm) {
  Location loc = norm->getLoc();
  Value operand = norm->getOperand(network.dataOperands(norm).front());
  Parts x = of(builder, operand);
  SmallVector<Value> data = llvm::map_to_vector(
      norm.getDataOperandNumbers(), [&](unsigned number) { return norm->getOperand(number); });
  auto scaled = [&](Value v) {
    return norm.buildVjp(builder, loc, network.dataOperands(norm).front(), v, data);
  }; // its own transpose
  Value rise = scaled(x.rise), fall = scaled(x.fall);
  return {add(builder, loc, part(builder, loc, rise, true), part(builder, loc, fall, true)),
          add(builder, loc, part(builder, loc, rise, false), part(builder, loc, fall, false))};
}

Parts ChangeParts::ofAdding(OpBuilder &builder, LayerOpInterface layer) {
  Location loc = layer->getLoc();
  SmallVector<Value> rises, falls, zeros;
  for (unsigned number : layer.getDataOperandNumbers()) {
    Value operand = layer->getOperand(number), zero = zerosLike(builder, loc, operand);
    bool changes = network.carriesRelevance(operand);
    Parts parts = changes ? of(builder, operand) : Parts{zero, zero};
    rises.push_back(parts.rise);
    falls.push_back(parts.fall);
    zeros.push_back(zero);
  }
  Parts parts{layer.buildForward(builder, loc, rises), layer.buildForward(builder, loc, falls)};
  if (!addsEntries(layer))
    return parts;
  Value padding = layer.buildForward(builder, loc, zeros); // what it puts around is no change
  return {arith::SubFOp::create(builder, loc, parts.rise, padding),
          arith::SubFOp::create(builder, loc, parts.fall, padding)};
}
