// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// @explain as the attribution and lowering passes leave it: a function on tensors whose arguments
// and results say their roles (dialect/Roles.h). Read, each of them has its place in a buffer of
// the C entry.
#ifndef SALIENCY_CODEGEN_INTERFACE_TENSORKERNEL_H
#define SALIENCY_CODEGEN_INTERFACE_TENSORKERNEL_H

#include "dialect/Roles.h"
#include "passes/codegen/interface/Interface.h"

namespace saliency {

class TensorKernel {
public:
  explicit TensorKernel(mlir::func::FuncOp function) : function(function) {}

  /// Fails with a diagnostic at the function if it does not keep to the roles.
  mlir::LogicalResult read();

  struct Result {
    /// The terminator's; it names the value, whatever replaces it.
    mlir::OpOperand *operand;
    KernelArgument buffer;
    /// Bytes from the start of one target's part, and from target to target.
    int64_t offset, stride;
    /// Bytes of one target of the methods before, all of whose targets lie before.
    int64_t before = 0;
  };

  mlir::func::FuncOp function;
  Interface interface;
  mlir::BlockArgument input, target;
  llvm::SmallVector<mlir::BlockArgument> tensors;
  llvm::SmallVector<Result> results;

private:
  mlir::LogicalResult readArgument(mlir::BlockArgument argument);
  mlir::LogicalResult readResult(mlir::OpOperand &operand);
  mlir::LogicalResult readMap2d(mlir::OpOperand &operand);
  mlir::LogicalResult readLayer(mlir::OpOperand &operand, const Role &role);
  mlir::LogicalResult readTensor(mlir::BlockArgument argument, llvm::StringRef name);
  mlir::LogicalResult readReportRow(mlir::OpOperand &operand);
  mlir::LogicalResult checkFloats(mlir::Value value, llvm::StringRef role);

  int64_t mapBytes = 0, planeBytes = 0; // of the methods so far
  int64_t reportRows = 0;
};

} // namespace saliency

#endif // SALIENCY_CODEGEN_INTERFACE_TENSORKERNEL_H
