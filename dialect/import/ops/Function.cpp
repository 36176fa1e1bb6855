// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Elementwise functions of one input. Those that differ by numbers alone are read as their rows of
// Activation.td say; here are the others: Gelu-20 (two formulas), Clip-6, 11, 12, 13 (bounds as
// attributes, later as inputs), Pow-7, 12, 13, 15 and PRelu-7, 9, 16 (a second input).
#include "dialect/import/Composer.h"
#include "dialect/import/ConstantFolding.h"
#include "dialect/import/ops/Handlers.h"

#include <cfloat>

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

/// Functions that shape computations use, too, and what evaluates them there.
static Handler *evaluatorOf(StringRef name) {
  static constexpr std::pair<StringLiteral, Handler *> evaluators[] = {
      {"Abs", foldAbs},     {"Ceil", foldCeil}, {"Cos", foldCos}, {"Exp", foldExp},
      {"Floor", foldFloor}, {"Log", foldLog},   {"Neg", foldNeg}, {"Reciprocal", foldReciprocal},
      {"Round", foldRound}, {"Sign", foldSign}, {"Sin", foldSin}, {"Sqrt", foldSqrt}};
  const auto *found =
      llvm::find_if(evaluators, [&](const auto &entry) { return entry.first == name; });
  return found != std::end(evaluators) ? found->second : nullptr;
}

FailureOr<SmallVector<NamedAttribute>> readNumbers(Node &node, const OnnxForm &form) {
  SmallVector<NamedAttribute> attributes;
  for (const OnnxNumber &entry : form.numbers) {
    if (!entry.parameter)
      break;
    float value = entry.standard;
    StringRef name = entry.attribute;
    if (!name.empty() && failed(node.read(name, value)))
      return failure();
    attributes.push_back(number(node, entry.parameter, value));
  }
  return attributes;
}

std::optional<LogicalResult> evaluateFunction(Node &node, const OnnxForm &form) {
  Handler *evaluator = node.allConstant() ? evaluatorOf(form.name) : nullptr;
  return evaluator ? std::optional(evaluator(node)) : std::nullopt;
}

/// x sigmoid(alpha x).
LogicalResult importSwish(Node &node) {
  float alpha = 1;
  FailureOr<Value> x = node.getValue(0);
  if (failed(x) || failed(node.read("alpha", alpha)))
    return failure();
  if (alpha == 1)
    return node.replaceWith<SiluOp>({*x});
  Composer c(node);
  Value scaled = c.times(*x, alpha);
  return c.finish(c.make<MulOp>({*x, c.make<SigmoidOp>({scaled})}));
}

LogicalResult importGelu(Node &node) {
  std::string approximate = "none";
  if (failed(node.read("approximate", approximate)))
    return failure();
  if (approximate != "none" && approximate != "tanh")
    return node.badInput() << "approximate is 'none' or 'tanh', found '" << printable(approximate)
                           << "'";
  return approximate == "tanh" ? importFunction<GeluTanhOp>(node) : importFunction<GeluOp>(node);
}

/// A bound of Clip-11 and later: a constant scalar, or absent.
static LogicalResult readBound(Node &node, size_t i, float &bound) {
  if (!node.hasInput(i))
    return success();
  FailureOr<HostTensor> tensor = node.getFloatConstant(i, "a bound of Clip");
  if (failed(tensor))
    return failure();
  if (tensor->size() != 1)
    return node.badInput() << "a bound of Clip is one number, found extents "
                           << listText(tensor->getShape());
  bound = tensor->at<float>(0);
  return success();
}

LogicalResult importClip(Node &node) {
  float low = -FLT_MAX, high = FLT_MAX;
  if (node.getVersion() < 11) {
    if (failed(node.read("min", low)) || failed(node.read("max", high)))
      return failure();
  } else if (failed(readBound(node, 1, low)) || failed(readBound(node, 2, high))) {
    return failure();
  }
  return importFunction<ClipOp>(node, {number(node, "min", low), number(node, "max", high)});
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
