// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The saliency dialect: attributes, capability interfaces, ops.
#ifndef SALIENCY_DIALECT_H
#define SALIENCY_DIALECT_H

#include "dialect/interfaces/Capabilities.h"
#include "dialect/interfaces/Sign.h"
#include "dialect/ops/FunctionRow.h"
#include "mlir/Bytecode/BytecodeOpInterface.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Dialect.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"
#include "mlir/IR/OpDefinition.h"
#include "mlir/IR/OpImplementation.h"
#include "mlir/Interfaces/InferTypeOpInterface.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

#include "dialect/SaliencyDialect.h.inc"
#include "dialect/SaliencyEnums.h.inc"
#define GET_ATTRDEF_CLASSES
#include "dialect/SaliencyAttributes.h.inc"

#include "dialect/Capabilities.h.inc"
#define GET_OP_CLASSES
#include "dialect/SaliencyOps.h.inc"

namespace saliency {
/// Discardable attribute of an imported op: the name of the ONNX value that it produces.
inline constexpr llvm::StringLiteral kValueNameAttr = "onnx.value";
/// On a linear map whose bias was made by folding batch norm into it.
inline constexpr llvm::StringLiteral kFoldedBiasAttr = "saliency.folded_bias";

/// The same on arguments and results of `forward`: the name of an ONNX value.
inline constexpr llvm::StringLiteral kInputNameAttr = "saliency.name";

/// A module holds one function: `forward` is a network, `explain` what a method makes of it.
inline constexpr llvm::StringLiteral kForwardName = "forward", kExplainName = "explain";

/// Says what arguments and results of `explain` are; read and written through Roles.h.
inline constexpr llvm::StringLiteral kRoleAttr = "saliency.role";
/// On the results of `explain`, where it serves several methods: which one.
inline constexpr llvm::StringLiteral kMethodAttr = "saliency.method";
/// On `explain`, the texts of the report's rows: an array of [layer, kind, rule, conservation].
inline constexpr llvm::StringLiteral kReportAttr = "saliency.report";
} // namespace saliency

#endif // SALIENCY_DIALECT_H
