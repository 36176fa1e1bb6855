// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Entries that are chosen at run time, by the number of a run or by a class.

#ifndef SALIENCY_OPS_ENTRIES_TD
#define SALIENCY_OPS_ENTRIES_TD

include "dialect/ops/Base.td"

def Saliency_TableEntryOp : Saliency_Op<"table_entry", [Pure]> {
  let summary = "Run `run`'s number in a table made at compile time";
  let description = [{
    Nodes and weights of a quadrature are such tables, with one number for each run.
    ```mlir
    %weight = saliency.table_entry %run {table = array<f32: 2.5e-1, 5.0e-1, 2.5e-1>}
    ```
  }];
  let arguments = (ins Index:$run, DenseF32ArrayAttr:$table);
  let results = (outs F32:$result);
  let assemblyFormat = "$run attr-dict";
  let hasVerifier = 1;
}

def Saliency_FillOp : Saliency_Op<"fill", [Pure, DeclareOpInterfaceMethods<Saliency_InferSignsOpInterface>]> {
  let summary = "One number in every entry of a tensor";
  let description = [{
    For what is known at run time alone, such as the number of a run; a number known at compile time is an `arith.constant`.
    ```mlir
    %position = saliency.fill %number : f32 -> tensor<2x1xf32>
    ```
  }];
  let arguments = (ins AnyTypeOf<[F32, I64]>:$number);
  let results = (outs AnyTypeOf<[StaticF32Tensor, StaticShapeTensorOf<[I64]>]>:$result);
  let assemblyFormat = "$number attr-dict `:` type($number) `->` type($result)";
  let hasVerifier = 1;
}

def Saliency_GemmAdjointAtOp : Saliency_InferredOp<"gemm_adjoint_at", [DeclareOpInterfaceMethods<Saliency_InferSignsOpInterface>]> {
  let summary = "`gemm_adjoint` of an r that is zero but at one output a sample: one row of W, scaled";
  let description = [{
    `weight`: M x K, `r`: N x M, `index`: N numbers of outputs. Result: N x K, r[n, index[n]] W[index[n], :], and 0 for a
    negative index. Other entries of r are not read. Reads K numbers a sample of W instead of M K.
    ```mlir
    %g = saliency.gemm_adjoint_at %weight, %r, %target
         : (tensor<1000x2048xf32>, tensor<2x1000xf32>, tensor<2xi64>) -> tensor<2x2048xf32>
    ```
  }];
  let arguments = (ins StaticF32Tensor:$weight, StaticF32Tensor:$r, RankedI64Tensor:$index);
  let assemblyFormat = "$weight `,` $r `,` $index attr-dict `:` functional-type(operands, results)";
}

#endif // SALIENCY_OPS_ENTRIES_TD
