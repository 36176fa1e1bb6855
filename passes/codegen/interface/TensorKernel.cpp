// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/codegen/interface/TensorKernel.h"

using namespace mlir;

namespace saliency {

LogicalResult TensorKernel::checkFloats(Value value, StringRef role) {
  auto type = dyn_cast<RankedTensorType>(value.getType());
  if (type && type.hasStaticShape() && type.getElementType().isF32())
    return success();
  return function.emitError("'") << role << "' of @" << kExplainName
                                 << " must be a static tensor of f32, it is " << value.getType();
}

LogicalResult TensorKernel::readTensor(BlockArgument argument, StringRef name) {
  auto type = dyn_cast<RankedTensorType>(argument.getType());
  if (!type || type.getRank() == 0 || type.getNumDynamicDims() != 1 || !type.isDynamicDim(0))
    return function.emitError("named tensor '")
           << name << "' must be dynamic in its first dimension only, it is " << argument.getType();
  Interface::Tensor tensor;
  tensor.name = name.str();
  tensor.classes = type.getElementType().isInteger(64);
  if (!tensor.classes && !type.getElementType().isF32())
    return function.emitError("named tensor '")
           << name << "' must have elements of type i64 or f32, it has " << type.getElementType();
  tensor.required = function.getArgAttr(argument.getArgNumber(), kRequiredAttr) != nullptr;
  if (!tensor.classes)
    tensor.elements = ShapedType::getNumElements(type.getShape().drop_front());
  interface.tensors.push_back(tensor);
  tensors.push_back(argument);
  return success();
}

LogicalResult TensorKernel::readArgument(BlockArgument argument) {
  DictionaryAttr attributes = function.getArgAttrDict(argument.getArgNumber());
  std::optional<Role> role = roleIn(attributes);
  if (role && role->kind == RoleKind::Input) {
    input = argument;
    if (failed(checkFloats(argument, role->str())))
      return failure();
    interface.input = to_vector(cast<RankedTensorType>(argument.getType()).getShape());
    return success();
  }
  if (role && role->kind == RoleKind::Target) {
    target = argument;
    return success();
  }
  if (role && role->kind == RoleKind::Tensor)
    return readTensor(argument, role->name);
  return function.emitError("an argument of @")
         << kExplainName << " is the input, the target or a named tensor, argument "
         << argument.getArgNumber() << " has the role '" << roleText(attributes) << "'";
}

/// Row after row in the place of one layer.
LogicalResult TensorKernel::readReportRow(OpOperand &operand) {
  auto rows = function->getAttrOfType<ArrayAttr>(kReportAttr);
  auto type = cast<RankedTensorType>(operand.get().getType());
  if (!rows || reportRows == int64_t(rows.size()) || type.getRank() != 2)
    return function.emitError("'report' of @")
           << kExplainName << " must be a matrix for each entry of '" << kReportAttr << "', found "
           << type << " for row " << reportRows;
  if (reportRows == 0) {
    SmallVector<int64_t> shape = {int64_t(rows.size())};
    append_range(shape, type.getShape());
    interface.layers.push_back({"report", interface.layerElements(), shape});
    interface.readReport(rows);
  }
  int64_t start = interface.layers.back().offset;
  results.push_back(
      {&operand, Layers, saliency_float_bytes(start + reportRows++ * type.getNumElements()), 0});
  return success();
}

/// Behind its method's map.
LogicalResult TensorKernel::readMap2d(OpOperand &operand) {
  auto type = cast<RankedTensorType>(operand.get().getType());
  if (interface.maps.empty())
    return function.emitError("a 2-D map of @")
           << kExplainName << " follows its method's map, found none before";
  interface.maps.back().plane = to_vector(type.getShape().take_back(2));
  results.push_back({&operand, Maps2d, 0, bytesOf(type), planeBytes});
  planeBytes += bytesOf(type);
  return success();
}

LogicalResult TensorKernel::readLayer(OpOperand &operand, const Role &role) {
  if (!interface.report.empty())
    return function.emitError("the layers of @")
           << kExplainName << " come before the report, found '" << role.name << "' behind it";
  int64_t offset = interface.layerElements();
  auto type = cast<RankedTensorType>(operand.get().getType());
  interface.layers.push_back({role.name.str(), offset, to_vector(type.getShape())});
  results.push_back({&operand, Layers, saliency_float_bytes(offset), 0});
  return success();
}

LogicalResult TensorKernel::readResult(OpOperand &operand) {
  DictionaryAttr attributes = function.getResultAttrDict(operand.getOperandNumber());
  std::optional<Role> role = roleIn(attributes);
  auto wrongRole = [&] {
    return function.emitError("a result of @")
           << kExplainName
           << " is a map, map2d, logits, target, layer, statistic or report, found the role '"
           << roleText(attributes) << "'";
  };
  if (!role)
    return wrongRole();
  // The C entry finds the class of an arg-max target in the logits itself.
  if (role->kind == RoleKind::Target)
    return success();
  if (failed(checkFloats(operand.get(), roleText(attributes))))
    return failure();
  auto type = cast<RankedTensorType>(operand.get().getType());
  switch (role->kind) {
  case RoleKind::Map:
    interface.maps.push_back({to_vector(type.getShape())});
    results.push_back({&operand, Maps, 0, bytesOf(type), mapBytes});
    mapBytes += bytesOf(type);
    return success();
  case RoleKind::Map2d:
    return readMap2d(operand);
  case RoleKind::Logits:
    interface.classes = type.getShape().back();
    results.push_back({&operand, Logits, 0, 0});
    return success();
  case RoleKind::Report:
    return readReportRow(operand);
  case RoleKind::Layer:
  case RoleKind::Statistic:
    return readLayer(operand, *role);
  case RoleKind::Input:
  case RoleKind::Target:
  case RoleKind::Tensor:
    return wrongRole();
  }
  llvm_unreachable("every role is read");
}

LogicalResult TensorKernel::read() {
  if (!function.getBody().hasOneBlock())
    return function.emitError("@") << kExplainName << " must have one block";
  for (BlockArgument argument : function.getArguments())
    if (failed(readArgument(argument)))
      return failure();
  Operation *terminator = function.getBody().front().getTerminator();
  for (OpOperand &operand : terminator->getOpOperands())
    if (failed(readResult(operand)))
      return failure();
  if (!input || interface.classes == 0)
    return function.emitError("@")
           << kExplainName
           << " must have an argument with the role 'input' and a result with "
              "the role 'logits'";
  for (Result &result : results)
    if (result.buffer == Layers)
      result.stride = saliency_float_bytes(interface.layerElements());
  return success();
}

} // namespace saliency
