// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Entries of one axis taken from other places of the same axis: alone (take), or several by weights
// (interpolate). Both keep the places as attributes, so that they are known while compiling.

#ifndef SALIENCY_OPS_RESAMPLE_TD
#define SALIENCY_OPS_RESAMPLE_TD

include "dialect/ops/Base.td"

def Saliency_TakeOp : Saliency_LayerOp<"take", [DeclareOpInterfaceMethods<Saliency_StructuralOpInterface, ["addsEntries"]>],
                                       ["buildVjp"]> {
  let summary = "Entries of one axis at constant places: result[.., i, ..] = x[.., indices[i], ..]; 0 where the index is -1";
  let description = [{
    What gathers, mirrored paddings, cyclic shifts, tiles and reversed slices have in common. `axis` is not the samples'.
    ```mlir
    %y = saliency.take %x {axis = 2 : i64, indices = array<i64: 1, 0, 1, 2, 1>} : (tensor<1x4x3xf32>) -> tensor<1x4x5xf32>
    ```
  }];
  let arguments = (ins StaticF32Tensor:$x, I64Attr:$axis, DenseI64ArrayAttr:$indices);
  let assemblyFormat = "$x attr-dict `:` functional-type(operands, results)";
}

def Saliency_InterpolateOp : Saliency_LayerOp<"interpolate", [DeclareOpInterfaceMethods<Saliency_LinearMapOpInterface>],
                                              ["getCapability", "buildVjp"]> {
  let summary = "Sums of weighted entries of one axis: result[.., i, ..] = sum over t of weights[t, i] x[.., indices[t, i], ..]";
  let description = [{
    A linear map whose weights are implied, as an average pool's are: none is below 0. `indices` and `weights` have
    `extent` entries for each tap t, tap after tap; a tap of index -1 adds nothing. `axis` is not the samples'.
    ```mlir
    %y = saliency.interpolate %x {axis = 2 : i64, extent = 3 : i64, indices = array<i64: 0, 0, 1, 0, 1, 1>,
           weights = array<f32: 1.0, 0.5, 1.0, 0.0, 0.5, 0.0>} : (tensor<1x4x2xf32>) -> tensor<1x4x3xf32>
    ```
  }];
  let arguments = (ins StaticF32Tensor:$x, I64Attr:$axis, I64Attr:$extent, DenseI64ArrayAttr:$indices,
                       DenseF32ArrayAttr:$weights);
  let assemblyFormat = "$x attr-dict `:` functional-type(operands, results)";
}

#endif // SALIENCY_OPS_RESAMPLE_TD
