// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef SALIENCY_OPS_ATTRIBUTION_TD
#define SALIENCY_OPS_ATTRIBUTION_TD

include "dialect/ops/Base.td"

/// An op of attribution code that is no layer of a network.
class Saliency_AttributionOp<string mnemonic> : Saliency_InferredOp<mnemonic,
    [DeclareOpInterfaceMethods<Saliency_InferSignsOpInterface>]>;

def Saliency_ReduceOp : Saliency_AttributionOp<"reduce"> {
  let summary = "Sum, mean, maximum, minimum or number of non-zero entries over `axes`, which stay with extent 1";
  let description = [{
    The sample axis 0 may not be reduced: every statistic of an attribution method is per sample.
    ```mlir
    %sum = saliency.reduce %r {kind = #saliency.reduction<sum>, axes = array<i64: 1, 2, 3>}
           : (tensor<2x8x4x4xf32>) -> tensor<2x1x1x1xf32>
    ```
  }];
  let arguments = (ins StaticF32Tensor:$x, Saliency_ReductionAttr:$kind, DenseI64ArrayAttr:$axes);
  let assemblyFormat = "$x attr-dict `:` functional-type(operands, results)";
}

def Saliency_BroadcastOp : Saliency_AttributionOp<"broadcast"> {
  let summary = "Axes of extent 1 repeated to `shape`";
  let description = [{`x` has the rank of `shape`; every axis has the wanted extent or 1.}];
  let arguments = (ins StaticF32Tensor:$x, DenseI64ArrayAttr:$shape);
  let assemblyFormat = "$x attr-dict `:` functional-type(operands, results)";
  let hasFolder = 1;
}

def Saliency_DivideOp : Saliency_AttributionOp<"divide"> {
  let summary = "a / b by a named division";
  let description = [{
    Published attribution code divides by a number that may be zero, each in its own way; the way is part of the method.
    See `#saliency.division`. Operands of one shape.
    ```mlir
    %s = saliency.divide %r, %z {division = #saliency.division<stab>, epsilon = 1.0e-6 : f32}
         : (tensor<1x4xf32>, tensor<1x4xf32>) -> tensor<1x4xf32>
    ```
  }];
  let arguments = (ins StaticF32Tensor:$a, StaticF32Tensor:$b, Saliency_DivisionAttr:$division, F32Attr:$epsilon);
  let assemblyFormat = "$a `,` $b attr-dict `:` functional-type(operands, results)";
}

def Saliency_PercentileOp : Saliency_AttributionOp<"percentile"> {
  let summary = "The q-th percentile of every sample's entries, nearest rank";
  let description = [{
    With d entries a sample: the k-th of the descending sort, k = round_half_even((d - 1)(1 - q / 100)) in float64, limited
    to [0, d - 1]. Result: N x 1 x ... x 1.
  }];
  let arguments = (ins StaticF32Tensor:$x, F64Attr:$q);
  let assemblyFormat = "$x attr-dict `:` functional-type(operands, results)";
}

def Saliency_ArgMaxOp : Saliency_Op<"arg_max", [Pure, InferTypeOpAdaptor]> {
  let summary = "Index of every sample's largest logit (the first on ties)";
  let arguments = (ins StaticF32Tensor:$x);
  let results = (outs RankedI64Tensor:$result);
  let assemblyFormat = "$x attr-dict `:` functional-type(operands, results)";
}

def Saliency_OneHotOp : Saliency_AttributionOp<"one_hot"> {
  let summary = "Seed: 1 at every sample's class, 0 elsewhere; all zero for a negative class";
  let description = [{`index`: N class numbers. Result: N x classes.}];
  let arguments = (ins RankedI64Tensor:$index, I64Attr:$classes);
  let assemblyFormat = "$index attr-dict `:` functional-type(operands, results)";
}

def Saliency_ResizeOp : Saliency_AttributionOp<"resize"> {
  let summary = "Spatial axes resampled to `spatial`";
  let arguments = (ins StaticF32Tensor:$x, Saliency_ResizeModeAttr:$mode, DenseI64ArrayAttr:$spatial);
  let assemblyFormat = "$x attr-dict `:` functional-type(operands, results)";
}

#endif // SALIENCY_OPS_ATTRIBUTION_TD
