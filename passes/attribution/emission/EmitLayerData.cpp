// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The emit reader, continued: arrays for the layer at hand become constants of the program.
#include "passes/attribution/emission/EmitExpression.h"

#include "dialect/ops/Builders.h"
#include "mlir/IR/DialectResourceBlobManager.h"

using namespace mlir;
using namespace saliency;
using rules::Node;

FailureOr<ExpressionEmitter::Term> ExpressionEmitter::layerData(const Node &node) {
  auto linear = dyn_cast_or_null<LinearMapOpInterface>(context->layer);
  if (!linear || !linear.getLinearWeight())
    return error("arrays for layers are for those with weights");
  FailureOr<const LayerData::Array *> array = findLayerData(method, node.index, context->layer);
  if (failed(array))
    return failure();
  auto type = f32Tensor(builder->getContext(), (*array)->shape);
  auto attribute =
      DenseF32ResourceElementsAttr::get(type, method.getTable().parameters[node.index].name,
                                        HeapAsmResourceBlob::allocateAndCopyInferAlign(
                                            ArrayRef((*array)->values), /*dataIsMutable=*/false));
  return Term{ConstantOp::create(*builder, context->loc, cast<ElementsAttr>(Attribute(attribute)))};
}
