// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef SALIENCY_CODEGEN_CPU_CONTRACTION_PASSES_H
#define SALIENCY_CODEGEN_CPU_CONTRACTION_PASSES_H

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/Pass/Pass.h"

namespace saliency {

#define GEN_PASS_DECL
#include "passes/codegen/cpu/contraction/Passes.h.inc"

#define GEN_PASS_REGISTRATION
#include "passes/codegen/cpu/contraction/Passes.h.inc"

} // namespace saliency

#endif // SALIENCY_CODEGEN_CPU_CONTRACTION_PASSES_H
