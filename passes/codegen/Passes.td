// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// From linalg on tensors to the LLVM dialect, in the order of the pipeline.
#ifndef SALIENCY_CODEGEN_PASSES_TD
#define SALIENCY_CODEGEN_PASSES_TD

include "mlir/Pass/PassBase.td"

def KernelInterfacePass : Pass<"saliency-kernel-interface", "mlir::ModuleOp"> {
  let summary = "Turn @explain into a function on the C entry's buffers";
  let description = [{
    The arguments and results of `@explain` name their roles in the attribute
    `saliency.role`: `input`, `target` (may be missing), `tensor:NAME`; `map`,
    `map2d`, `logits`, `target`, `layer:NAME`. The new function takes one byte
    buffer for each kind, then the number of targets, the entries of each named
    tensor, and the caller's hooks. What does not depend on the target is
    computed once; the rest runs in a loop over the targets and writes its
    results behind those of the targets before. The module attribute
    `saliency.interface` describes the result. The class of an arg-max target
    is not written back: the C entry finds it in the logits.

    ```mlir
    func.func @explain(%input: tensor<1x4xf32> {saliency.role = "input"},
                       %target: tensor<1xi64> {saliency.role = "target"})
        -> (tensor<1x4xf32> {saliency.role = "map"}, ...)
    // becomes
    func.func @explain(%weights: memref<?xi8>, %workspace: memref<?xi8>, ...,
                       %count: index, %hooks: !llvm.ptr) {
      %view = memref.view %input[%c0][] : memref<?xi8> to memref<1x4xf32>
      %x = bufferization.to_tensor %view restrict
      // forward
      scf.for %t = %c0 to %count step %c1 {
        // backward
        bufferization.materialize_in_destination %map in restrict writable %to
      }
      return
    }
    ```
  }];
  let dependentDialects = [
    "mlir::arith::ArithDialect", "mlir::bufferization::BufferizationDialect",
    "mlir::LLVM::LLVMDialect", "mlir::memref::MemRefDialect",
    "mlir::scf::SCFDialect"];
}

def ExternaliseWeightsPass
    : Pass<"saliency-externalise-weights", "mlir::ModuleOp"> {
  let summary = "Move large constants into the weights buffer";
  let description = [{
    Constants of more than `minimum-bytes` bytes become views of the weights
    buffer at offsets that are multiples of 64, one for each different content;
    splats become `linalg.fill`. The module attribute `saliency.weights` lists
    offsets and values for the weights file, so the bytes never pass through
    LLVM.

    ```mlir
    %w = arith.constant dense_resource<w> : tensor<64x3x3x3xf32>
    // becomes
    %view = memref.view %weights[%c0][] : memref<?xi8> to memref<64x3x3x3xf32>
    %w = bufferization.to_tensor %view restrict
    ```
  }];
  let options = [Option<"minimumBytes", "minimum-bytes", "int64_t", "64",
                        "Constants of this size or less stay in the code">];
  let dependentDialects = [
    "mlir::arith::ArithDialect", "mlir::bufferization::BufferizationDialect",
    "mlir::linalg::LinalgDialect", "mlir::memref::MemRefDialect",
    "mlir::tensor::TensorDialect"];
}

def FuseElementwisePass : Pass<"saliency-fuse-elementwise", "mlir::ModuleOp"> {
  let summary = "Fuse elementwise operations without repeating work";
  let description = [{
    Upstream's elementwise fusion, restricted. A producer with several users, or
    one whose user needs its elements repeatedly, is fused only if it takes one
    operand and neither divides nor calls `math`. Into a contraction goes only
    such a function of a weight. Nothing crosses the border of a loop.

    ```mlir
    %a = linalg.generic {negf} ins(%x)
    %b = linalg.generic {addf} ins(%a, %y)
    // becomes
    %b = linalg.generic {negf, addf} ins(%x, %y)
    ```
  }];
  let dependentDialects = ["mlir::linalg::LinalgDialect",
                           "mlir::tensor::TensorDialect"];
}

def BufferisePass : Pass<"saliency-bufferise", "mlir::ModuleOp"> {
  let summary = "One-shot bufferisation with identity layouts";
  let description = [{
    Empty-tensor elimination, then one-shot bufferisation.

    ```mlir
    %0 = tensor.empty() : tensor<4xf32>
    %1 = linalg.fill ins(%c) outs(%0)
    // becomes
    %alloc = memref.alloc() {alignment = 64} : memref<4xf32>
    linalg.fill ins(%c) outs(%alloc)
    ```
  }];
  let dependentDialects = [
    "mlir::bufferization::BufferizationDialect", "mlir::linalg::LinalgDialect",
    "mlir::memref::MemRefDialect"];
}

def LowerCopiesPass : Pass<"saliency-lower-copies", "mlir::ModuleOp"> {
  let summary = "Make linalg operations of copies between buffers";
  let description = [{
    So that they are scheduled as any other loop; a strided `memref.copy` would
    become a call of MLIR's runtime library. After canonicalisation, which
    removes copies of a buffer to itself.

    ```mlir
    memref.copy %a, %b : memref<4xf32> to memref<4xf32>
    // becomes
    linalg.copy ins(%a : memref<4xf32>) outs(%b : memref<4xf32>)
    ```
  }];
  let dependentDialects = ["mlir::linalg::LinalgDialect"];
}

def LowerMathPass : Pass<"saliency-lower-math", "mlir::ModuleOp"> {
  let summary = "Expand math operations so that no libm is needed";
  let description = [{
    Exponential and its relatives become polynomials, rounding becomes integer
    conversion, and where the machine has no fused multiply-add it becomes two
    operations. What processors do in one instruction (square root, absolute
    value) stays.

    ```mlir
    %r = math.rsqrt %x : f32
    // becomes
    %s = math.sqrt %x : f32
    %r = arith.divf %one, %s : f32
    ```
  }];
  let options = [Option<"fma", "fma", "bool", "true",
                        "The machine adds a product in one instruction">];
  let dependentDialects = ["mlir::arith::ArithDialect",
                           "mlir::math::MathDialect",
                           "mlir::vector::VectorDialect"];
}

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

def PlanMemoryPass : Pass<"saliency-plan-memory", "mlir::ModuleOp"> {
  let summary = "Give every buffer its place in the workspace";
  let description = [{
    Every `memref.alloc` becomes a view of the workspace at a fixed offset.
    Buffers whose lifetimes do not meet share memory. A buffer allocated in a
    parallel loop has one place for each iteration. Writes the module attribute
    `saliency.workspace_size`.

    ```mlir
    %a = memref.alloc() : memref<16xf32>
    // becomes
    %a = memref.view %workspace[%c0][] : memref<?xi8> to memref<16xf32>
    ```
  }];
  let options = [Option<"reuse", "reuse", "bool", "true",
                        "Let buffers share memory; off for comparison">];
  let dependentDialects = ["mlir::arith::ArithDialect",
                           "mlir::memref::MemRefDialect"];
}

def OutlineOperationsPass
    : Pass<"saliency-outline-operations", "mlir::ModuleOp"> {
  let summary = "Make a function of every linalg operation of the kernel";
  let description = [{
    The function takes the buffers it touches as pointers that do not alias,
    which nothing could tell LLVM as long as all of them are offsets from one
    workspace. Equal operations (layers of one shape) share a function, so they
    are scheduled and compiled once. A scheduled contraction takes the fill with
    zeros before it along. Tiny operations stay.

    ```mlir
    linalg.copy ins(%a : memref<64xf32>) outs(%b : memref<64xf32>)
    // becomes
    func.call @kernel_0(%hooks, %a, %b)
    ```
  }];
  let dependentDialects = ["mlir::func::FuncDialect",
                           "mlir::LLVM::LLVMDialect",
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

def CheckMachineCodePass
    : Pass<"saliency-check-machine-code", "mlir::ModuleOp"> {
  let summary = "Fail unless everything became LLVM without foreign calls";
  let description = [{
    An operation of another dialect, a conversion cast that found no partner,
    or a call of a function that neither the module nor the C entry defines
    (malloc, MLIR's runtime, libm) is an error at the operation's location.

    ```mlir
    llvm.call @malloc(%n) : (i64) -> !llvm.ptr
    // error: generated code calls nothing outside itself, this calls @malloc
    ```
  }];
}

#endif // SALIENCY_CODEGEN_PASSES_TD
