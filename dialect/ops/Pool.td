// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef SALIENCY_OPS_POOL_TD
#define SALIENCY_OPS_POOL_TD

include "dialect/ops/Base.td"

def Saliency_MaxPoolOp : Saliency_LayerOp<"max_pool", [DeclareOpInterfaceMethods<Saliency_SelectionOpInterface>]> {
  let summary = "Largest entry of every window; padding never wins";
  let description = [{
    `x`: N x C x spatial. A global pool is a window of the data's extents.
    ```mlir
    %y = saliency.max_pool %x {window = #saliency.window<kernel = [2, 2], strides = [2, 2], low = [0, 0], high = [0, 0],
           dilations = [1, 1]>} : (tensor<1x16x8x8xf32>) -> tensor<1x16x4x4xf32>
    ```
  }];
  let arguments = (ins StaticF32Tensor:$x, Saliency_WindowAttr:$window, UnitAttr:$ceil_mode);
  let assemblyFormat = "$x attr-dict `:` functional-type(operands, results)";
}

def Saliency_MaxPoolAdjointOp : Saliency_InferredOp<"max_pool_adjoint", [DeclareOpInterfaceMethods<Saliency_InferSignsOpInterface>]> {
  let summary = "Routes r to the winner of every window of x";
  let description = [{
    Ties go to the first maximum in row-major order. `x`: N x C x spatial, `r`: N x C x output spatial. Result: as x;
    an entry that wins several windows receives their sum.
  }];
  let arguments = (ins StaticF32Tensor:$x, StaticF32Tensor:$r, Saliency_WindowAttr:$window, UnitAttr:$ceil_mode);
  let assemblyFormat = "$x `,` $r attr-dict `:` functional-type(operands, results)";
}

def Saliency_AvgPoolOp : Saliency_LayerOp<"avg_pool",
    [DeclareOpInterfaceMethods<Saliency_LinearMapOpInterface, ["getLinearWindow"]>], ["getCapability", "buildVjp", "carryChannels"]> {
  let summary = "Mean of every window";
  let description = [{
    `x`: N x C x spatial. With `count_include_pad` a window's sum is divided by its cells inside the padded data, otherwise
    by its cells inside the data; cells beyond the padding (reached in `ceil_mode`) never count.
  }];
  let arguments = (ins StaticF32Tensor:$x, Saliency_WindowAttr:$window, UnitAttr:$count_include_pad, UnitAttr:$ceil_mode);
  let assemblyFormat = "$x attr-dict `:` functional-type(operands, results)";
}

def Saliency_AvgPoolAdjointOp : Saliency_InferredOp<"avg_pool_adjoint", [DeclareOpInterfaceMethods<Saliency_InferSignsOpInterface>]> {
  let summary = "The transposed average pool: every cell of a window receives its share of r";
  let description = [{`r`: N x C x output spatial, `spatial`: extents of the data. Result: N x C x spatial.}];
  let arguments = (ins StaticF32Tensor:$r, Saliency_WindowAttr:$window, UnitAttr:$count_include_pad, UnitAttr:$ceil_mode,
                       DenseI64ArrayAttr:$spatial);
  let assemblyFormat = "$r attr-dict `:` functional-type(operands, results)";
}

#endif // SALIENCY_OPS_POOL_TD
