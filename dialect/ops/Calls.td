// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Tensors that a call may give or leave out (`saliency.role = "tensor:NAME"`): their first extent, the number of their *entries*,
// is known at run time alone, and 0 where a call leaves the tensor out.

#ifndef SALIENCY_OPS_CALLS_TD
#define SALIENCY_OPS_CALLS_TD

include "dialect/ops/Base.td"
include "mlir/Interfaces/ControlFlowInterfaces.td"

def Saliency_CountGivenOp : Saliency_Op<"count_given", [Pure]> {
  let summary = "How many entries a call gives: the first extent";
  let description = [{
    ```mlir
    %count = saliency.count_given %images : tensor<?x3x8x8xf32>
    ```
  }];
  let arguments = (ins AnyRankedTensor:$given);
  let results = (outs Index:$result);
  let assemblyFormat = "$given attr-dict `:` type($given)";
  let hasVerifier = 1;
}

def Saliency_GivenEntryOp : Saliency_Op<"given_entry", [Pure, InferTypeOpAdaptor]> {
  let summary = "Entry number `index` of a tensor that a call gives; there is one of that number";
  let description = [{
    The first axis stays, with extent 1.
    ```mlir
    %image = saliency.given_entry %images[%run] : tensor<?x3x8x8xf32> -> tensor<1x3x8x8xf32>
    ```
  }];
  let arguments = (ins RankedTensorOf<[F32]>:$given, Index:$index);
  let results = (outs StaticF32Tensor:$result);
  let assemblyFormat = "$given `[` $index `]` attr-dict `:` type($given) `->` type($result)";
}

def Saliency_IfGivenOp : Saliency_Op<"if_given", [
    DeclareOpInterfaceMethods<RegionBranchOpInterface>, SingleBlock, NoRegionArguments, RecursiveMemoryEffects,
    RecursivelySpeculatable]> {
  let summary = "What the first region makes where a call gives the tensor, otherwise what the second makes";
  let description = [{
    Given is a tensor with at least one entry.
    ```mlir
    %image = saliency.if_given %images : tensor<?x3x8x8xf32> -> tensor<1x3x8x8xf32> {
      %entry = saliency.given_entry %images[%run] : tensor<?x3x8x8xf32> -> tensor<1x3x8x8xf32>
      saliency.yield %entry : tensor<1x3x8x8xf32>
    } otherwise {
      saliency.yield %black : tensor<1x3x8x8xf32>
    }
    ```
  }];
  let arguments = (ins AnyRankedTensor:$given);
  let results = (outs StaticF32Tensor:$result);
  let regions = (region SizedRegion<1>:$whereGiven, SizedRegion<1>:$otherwise);
  let assemblyFormat = "$given attr-dict `:` type($given) `->` type($result) $whereGiven `otherwise` $otherwise";
  let skipDefaultBuilders = 1;
  let builders = [OpBuilder<(ins "::mlir::Type":$result, "::mlir::Value":$given,
                                 "::llvm::function_ref<::mlir::Value(::mlir::OpBuilder &)>":$whereGiven,
                                 "::llvm::function_ref<::mlir::Value(::mlir::OpBuilder &)>":$otherwise)>];
  let hasVerifier = 1;
}

#endif // SALIENCY_OPS_CALLS_TD
