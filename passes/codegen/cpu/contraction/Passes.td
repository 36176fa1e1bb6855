// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef SALIENCY_CODEGEN_CPU_CONTRACTION_PASSES
#define SALIENCY_CODEGEN_CPU_CONTRACTION_PASSES

include "mlir/Pass/PassBase.td"

def SelectSchedule : Pass<"saliency-select-schedule", "mlir::func::FuncOp"> {
  let summary = "Choose register tiles and loop order of contractions";
  let description = [{
    Looks at every linalg op on memrefs whose body is
    `out + f(lhs) * g(rhs)` and whose maps are linear, whatever it was called
    (convolution, adjoint, correlation, depthwise, matrix product), and writes
    the attribute `saliency.schedule` for the given machine. Ops that have one
    keep it. Nothing else changes.

    ```mlir
    linalg.matmul {saliency.schedule = {loops = [[0], [1], [2]],
        form = "broadcast", lanes = array<i64: 1, 16, 2>,
        registers = [[0, 14]], blocks = [], unroll = array<i64>,
        order = array<i64: 1, 0>}} ins(...) outs(...)
    ```
  }];
  let options = [
    Option<"triple", "triple", "std::string", /*default=*/"",
           "LLVM triple of the target (empty: this machine)">,
    Option<"cpu", "cpu", "std::string", "", "LLVM CPU name">,
    Option<"features", "features", "std::string", "",
           "LLVM features, such as +avx2,+fma">,
    Option<"vectorBits", "vector-bits", "int64_t", "0",
           "Bits of a vector register (0: from the CPU)">,
    Option<"vectorRegisters", "vector-registers", "int64_t", "0",
           "Number of vector registers (0: from the CPU)">,
    Option<"l1Bytes", "l1-bytes", "int64_t", "0",
           "Bytes of the first data cache (0: from the CPU)">,
    Option<"l1Ways", "l1-ways", "int64_t", "0",
           "Lines of one set of the first data cache (0: from the CPU)">,
    Option<"l2Bytes", "l2-bytes", "int64_t", "0",
           "Bytes of the second cache (0: from the CPU)">,
    Option<"fma", "fma", "int64_t", "-1",
           "Whether one instruction multiplies and adds: 1 or 0 (-1: from the CPU)">,
    Option<"report", "report", "bool", "false",
           "Remark on every contraction what was chosen, or why nothing">,
  ];
}

def ApplySchedule : Pass<"saliency-apply-schedule", "mlir::func::FuncOp"> {
  let summary = "Emit register-tiled loops for scheduled contractions";
  let description = [{
    Replaces every op that carries `saliency.schedule` by loops around a
    register tile: accumulators are scf.for iter_args through all reductions,
    products are vector.fma. A linalg.fill with zero directly before, of the
    same memref, is dropped when every output element is written by one tile.
    With the unit attribute `saliency.parallel` the outermost loops become
    scf.parallel; no reduction is ever split between iterations of it.
  }];
  let dependentDialects = [
    "mlir::arith::ArithDialect", "mlir::memref::MemRefDialect",
    "mlir::scf::SCFDialect", "mlir::vector::VectorDialect"
  ];
}

#endif // SALIENCY_CODEGEN_CPU_CONTRACTION_PASSES
