// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Elementwise functions: Abs, Neg, Exp, Log, Sqrt, Reciprocal-6, 13; Erf-9, 13; Softplus,
// Softsign-1, 22; Elu, Selu, HardSigmoid-6, 22; HardSwish-14, 22; Mish-18, 22; Gelu-20; Pow-7, 12,
// 13, 15; PRelu-7, 9, 16.
#include "dialect/import/ConstantFolding.h"
#include "dialect/import/ops/Handlers.h"

using namespace mlir;

namespace saliency {

template <typename OpT>
static LogicalResult importFunction(Node &node, ArrayRef<NamedAttribute> attributes = {}) {
  FailureOr<Value> x = node.getValue(0);
  return failed(x) ? failure() : node.replaceWith<OpT>({*x}, attributes);
}

static NamedAttribute number(Node &node, StringRef name, float value) {
  return node.attr(name, node.getBuilder().getF32FloatAttr(value));
}

// Met by shape computations too, which are evaluated.
LogicalResult importAbs(Node &node) {
  return node.allConstant() ? foldAbs(node) : importFunction<AbsOp>(node);
}
LogicalResult importNeg(Node &node) {
  return node.allConstant() ? foldNeg(node) : importFunction<NegOp>(node);
}
LogicalResult importSqrt(Node &node) {
  return node.allConstant() ? foldSqrt(node) : importFunction<SqrtOp>(node);
}
LogicalResult importReciprocal(Node &node) {
  return node.allConstant() ? foldReciprocal(node) : importFunction<ReciprocalOp>(node);
}

LogicalResult importExp(Node &node) { return importFunction<ExpOp>(node); }
LogicalResult importLog(Node &node) { return importFunction<LogOp>(node); }
LogicalResult importErf(Node &node) { return importFunction<ErfOp>(node); }
LogicalResult importSoftplus(Node &node) { return importFunction<SoftplusOp>(node); }
LogicalResult importSoftsign(Node &node) { return importFunction<SoftsignOp>(node); }
LogicalResult importMish(Node &node) { return importFunction<MishOp>(node); }
LogicalResult importHardSwish(Node &node) { return importFunction<HardSwishOp>(node); }

LogicalResult importHardSigmoid(Node &node) {
  float alpha = 0.2f, beta = 0.5f;
  if (failed(node.read("alpha", alpha)) || failed(node.read("beta", beta)))
    return failure();
  return importFunction<HardSigmoidOp>(node,
                                       {number(node, "alpha", alpha), number(node, "beta", beta)});
}

LogicalResult importGelu(Node &node) {
  std::string approximate = "none";
  if (failed(node.read("approximate", approximate)))
    return failure();
  if (approximate != "none" && approximate != "tanh")
    return node.badInput() << "approximate is 'none' or 'tanh', found '" << printable(approximate)
                           << "'";
  SmallVector<NamedAttribute> attributes;
  if (approximate == "tanh")
    attributes.push_back(node.attr("tanh", node.getBuilder().getUnitAttr()));
  return importFunction<GeluOp>(node, attributes);
}

LogicalResult importElu(Node &node) {
  float alpha = 1;
  if (failed(node.read("alpha", alpha)))
    return failure();
  return importFunction<EluOp>(node, {number(node, "alpha", alpha)});
}

LogicalResult importSelu(Node &node) {
  float alpha = 1.67326319217681884765625f, gamma = 1.05070102214813232421875f;
  if (failed(node.read("alpha", alpha)) || failed(node.read("gamma", gamma)))
    return failure();
  return importFunction<EluOp>(node, {number(node, "alpha", alpha), number(node, "scale", gamma)});
}

LogicalResult importPow(Node &node) {
  if (node.allConstant())
    return foldPow(node);
  FailureOr<HostTensor> exponent = node.getConstant(1, "the exponent");
  if (failed(exponent))
    return failure();
  if (exponent->size() != 1)
    return node.unsupported() << "the exponent is one number, found extents "
                              << listText(exponent->getShape());
  double power = exponent->isInteger() ? double(exponent->asInt(0)) : exponent->asDouble(0);
  return importFunction<PowOp>(node, {number(node, "exponent", static_cast<float>(power))});
}

LogicalResult importPRelu(Node &node) {
  FailureOr<Value> x = node.getValue(0), slope = failure();
  if (failed(x) || failed(node.getFloatConstant(1, "the slope")) ||
      failed(slope = node.getValue(1)))
    return failure();
  return node.replaceWith<PReluOp>({*x, *slope});
}

} // namespace saliency
