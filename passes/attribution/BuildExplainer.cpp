// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/attribution/BuildExplainer.h"

#include "dialect/ops/Builders.h"
#include "passes/attribution/MethodOnNetwork.h"
#include "passes/attribution/binding/StartAndEnd.h"
#include "passes/attribution/reports/Conservation.h"

using namespace mlir;
using namespace saliency;

/// The class explained, one a sample: fixed, or as the call says, below 0 the one with the highest
/// score.
static Value targetOf(OpBuilder &builder, func::FuncOp function, const Network &network,
                      const AttributionOptions &options) {
  Location loc = function.getLoc();
  auto type = RankedTensorType::get({shapeOf(network.getLogits())[0]}, builder.getI64Type());
  if (options.target)
    return arith::ConstantOp::create(builder, loc, DenseElementsAttr::get(type, *options.target));
  Value asked = addArgument(function, type, {RoleKind::Target});
  Value zero = arith::ConstantOp::create(builder, loc, DenseElementsAttr::get(type, int64_t(0)));
  Value open = arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::slt, asked, zero);
  Value best = ArgMaxOp::create(builder, loc, network.getLogits());
  return arith::SelectOp::create(builder, loc, open, best, asked);
}

LogicalResult saliency::attribute(func::FuncOp function, const BoundMethod &method,
                                  const AttributionOptions &options) {
  FailureOr<NetworkAndLayer> read = readNetwork(function, method);
  if (failed(read))
    return failure();
  const auto &[network, layer] = *read;
  if (options.requireConservation && method.getTable().walks &&
      failed(composeConservation(network, method, layer).require(method)))
    return failure();

  OpBuilder builder(function.getBody().front().getTerminator());
  auto classType = RankedTensorType::get({shapeOf(network.getLogits())[0]}, builder.getI64Type());
  Value target = targetOf(builder, function, network, options);
  SmallVector<Value> callTensors;
  SmallVector<int64_t> images(shapeOf(network.getInput()));
  images[0] = ShapedType::kDynamic;
  for (const rules::CallTensor &tensor : method.getTable().callTensors) {
    auto classes = RankedTensorType::get({ShapedType::kDynamic, classType.getDimSize(0)},
                                         builder.getI64Type());
    auto type = tensor.images ? RankedTensorType::get(images, builder.getF32Type()) : classes;
    callTensors.push_back(addArgument(function, type, {RoleKind::Tensor, tensor.name}));
  }
  Outputs outputs;
  RelevanceReport report;
  MethodOnNetwork attribution(network, method, layer, target, callTensors, options,
                              options.report ? &report : nullptr);
  if (failed(attribution.run(builder, outputs)))
    return failure();
  if (options.report)
    function->setAttr(kReportAttr, report.texts(function.getContext()));
  finishExplain(function, outputs);
  return success();
}
