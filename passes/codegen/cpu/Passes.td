// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// From linalg on buffers to loops, vectors and threads of a processor.
#ifndef SALIENCY_CODEGEN_CPU_PASSES_TD
#define SALIENCY_CODEGEN_CPU_PASSES_TD

include "mlir/Pass/PassBase.td"

def MarkParallelPass : Pass<"saliency-mark-parallel", "mlir::ModuleOp"> {
  let summary = "Choose the scheduled contractions that run on several threads";
  let description = [{
    Sets the unit attribute `saliency.parallel` on operations that carry
    `saliency.schedule` and have enough work.

    ```mlir
    linalg.matmul {saliency.parallel, saliency.schedule = ...} ins(...) outs(...)
    ```
  }];
}

def GroupContractionsPass
    : Pass<"saliency-group-contractions", "mlir::ModuleOp"> {
  let summary = "Keep scheduled contractions and the zeros they start from together";
  let description = [{
    A contraction that carries `saliency.schedule` goes into a group for
    --saliency-outline-operations, and takes the fill with zeros directly before
    it along: the schedule does without that fill where one tile writes each
    element.

    ```mlir
    linalg.fill ins(%zero : f32) outs(%c : memref<8x8xf32>)
    linalg.matmul {saliency.schedule = ...} ins(%a, %b ...) outs(%c ...)
    // becomes
    scf.execute_region {
      linalg.fill ins(%zero : f32) outs(%c : memref<8x8xf32>)
      linalg.matmul {saliency.schedule = ...} ins(%a, %b ...) outs(%c ...)
      scf.yield
    } {saliency.group}
    ```
  }];
  let dependentDialects = ["mlir::scf::SCFDialect"];
}

def LowerLoopsPass : Pass<"saliency-lower-loops", "mlir::ModuleOp"> {
  let summary = "Lower linalg on buffers to vectorised loops";
  let description = [{
    For what is no scheduled contraction: elementwise operations, pools,
    reductions, copies. Loops are joined where every operand walks through them
    in one stride; the longest loop that is contiguous in all operands becomes
    the lanes; sums run in registers inside it. Large operations become
    scf.parallel. An operation whose strides are not constants becomes plain
    loops.

    ```mlir
    linalg.generic {addf} ins(%a, %b : memref<4x32xf32>, memref<4x32xf32>)
                          outs(%c : memref<4x32xf32>)
    // becomes
    scf.for %i = %c0 to %c128 step %c64 {
      %x = vector.load %a1[%i] : memref<128xf32>, vector<64xf32>
      %y = vector.load %b1[%i] : memref<128xf32>, vector<64xf32>
      %z = arith.addf %x, %y : vector<64xf32>
      vector.store %z, %c1[%i] : memref<128xf32>, vector<64xf32>
    }
    ```
  }];
  let options = [
    Option<"vectorBits", "vector-bits", "int64_t", "512",
           "Bits of a vector register">,
    Option<"report", "report", "bool", "false",
           "Remark on every operation how it is lowered">];
  let dependentDialects = [
    "mlir::arith::ArithDialect", "mlir::memref::MemRefDialect",
    "mlir::scf::SCFDialect", "mlir::vector::VectorDialect"];
}

def ChunkParallelPass : Pass<"saliency-chunk-parallel", "mlir::ModuleOp"> {
  let summary = "Cut parallel loops into a fixed number of chunks";
  let description = [{
    A parallel loop from 0 to a constant gets at most `chunks` iterations, each
    a serial loop over a part. The number is part of the compiled program, so
    no result depends on how many threads run it. A parallel loop inside
    another, or without constant bounds, becomes a serial one.

    ```mlir
    scf.parallel (%i) = (%c0) to (%c56) step (%c1) { body }
    // becomes
    scf.parallel (%chunk) = (%c0) to (%c16) step (%c1) {
      scf.for %i = %begin to %end step %c1 { body }
    }
    ```
  }];
  let options = [Option<"chunks", "chunks", "int64_t", "16",
                        "Iterations of a parallel loop at most">];
  let dependentDialects = ["mlir::arith::ArithDialect",
                           "mlir::scf::SCFDialect"];
}

def OutlineParallelPass : Pass<"saliency-outline-parallel", "mlir::ModuleOp"> {
  let summary = "Make a function of the body of every parallel loop";
  let description = [{
    A function of the loop's index; the call that replaces the loop carries the
    number of iterations in `saliency.parallel_count`, and 0 as the index.

    ```mlir
    scf.parallel (%i) = (%c0) to (%c16) step (%c1) { ... %a ... %b ... }
    // becomes
    func.call @parallel_0(%hooks, %a, %b, %c0) {saliency.parallel_count = 16}
    ```
  }];
  let dependentDialects = ["mlir::arith::ArithDialect",
                           "mlir::func::FuncDialect",
                           "mlir::LLVM::LLVMDialect"];
}

def LowerParallelPass : Pass<"saliency-lower-parallel", "mlir::ModuleOp"> {
  let summary = "Hand parallel calls to the caller's threads";
  let description = [{
    A call with `saliency.parallel_count` becomes a call of
    `saliency_parallel(hooks, body, data, count)`, with its arguments in a
    structure on the stack.

    ```mlir
    llvm.call @parallel_0(%hooks, %a, %b, %zero) {saliency.parallel_count = 16}
    // becomes
    llvm.call @saliency_parallel(%hooks, %thunk, %data, %count)
    ```
  }];
  let dependentDialects = ["mlir::LLVM::LLVMDialect"];
}

#endif // SALIENCY_CODEGEN_CPU_PASSES_TD
