// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A piece of the kernel as a function of the memory it touches. The function's
// pointers are known not to alias, which LLVM could not see in one function
// where everything is an offset from the same workspace.
#ifndef SALIENCY_CODEGEN_PLAN_OUTLINE_H
#define SALIENCY_CODEGEN_PLAN_OUTLINE_H

#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace saliency {

/// Makes functions of the module; equal ones are made once.
class Outliner {
public:
  explicit Outliner(mlir::ModuleOp module) : module(module) {}

  struct Function {
    mlir::func::FuncOp callee;
    /// The values that stand for its arguments at the place of the body.
    llvm::SmallVector<mlir::Value> captured;
  };

  /// Moves the operations of `body` but for a terminator into a function named
  /// after `prefix`, a number and the layer that the operations come from. Values from around it
  /// become arguments: first those of `first`, used or not, last those of `last`, which have other
  /// values in each call. Views of buffers and constants are rebuilt inside instead.
  Function outline(mlir::Block &body, llvm::StringRef prefix, mlir::ValueRange first,
                   mlir::ValueRange last);

  int64_t made = 0, shared = 0;

private:
  mlir::func::FuncOp findEqual(mlir::func::FuncOp function);

  mlir::ModuleOp module;
  llvm::DenseMap<llvm::hash_code, llvm::SmallVector<mlir::func::FuncOp>> known;
};

} // namespace saliency

#endif // SALIENCY_CODEGEN_PLAN_OUTLINE_H
