// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef SALIENCY_OPS_STRUCTURE_TD
#define SALIENCY_OPS_STRUCTURE_TD

include "dialect/ops/Base.td"
include "mlir/IR/BuiltinAttributeInterfaces.td"

def Saliency_ConstantOp : Saliency_Op<"constant", [Pure, ConstantLike, InferTypeOpAdaptor,
                                                   DeclareOpInterfaceMethods<Saliency_InferSignsOpInterface>]> {
  let summary = "Trained weights or another constant tensor";
  let description = [{
    Large values are dense resources, so that they are neither copied nor uniqued nor printed as text.
    ```mlir
    %w = saliency.constant {value = dense_resource<conv1> : tensor<64x3x3x3xf32>} : tensor<64x3x3x3xf32>
    ```
  }];
  let arguments = (ins ElementsAttr:$value);
  let results = (outs AnyStaticShapeTensor:$result);
  let assemblyFormat = "attr-dict `:` type($result)";
  let hasFolder = 1;
  let hasVerifier = 1;
}

/// `answers`: the methods of the structural interface that the op defines itself; `layerMethods`: those of a layer.
class Saliency_StructuralOp<string mnemonic, list<string> answers = [], list<string> layerMethods = []>
    : Saliency_LayerOp<mnemonic, [DeclareOpInterfaceMethods<Saliency_StructuralOpInterface, answers>],
                       !listconcat(["buildVjp"], layerMethods)> {
  let assemblyFormat = "$x attr-dict `:` functional-type(operands, results)";
}

def Saliency_ReshapeOp : Saliency_StructuralOp<"reshape", ["keepsEntries"], ["carryChannels"]> {
  let summary = "Same entries in row-major order, another shape (Flatten, Squeeze, Unsqueeze too)";
  let arguments = (ins StaticF32Tensor:$x, DenseI64ArrayAttr:$shape);
  let hasFolder = 1;
}

def Saliency_TransposeOp : Saliency_StructuralOp<"transpose"> {
  let summary = "Axes reordered: result axis i is axis permutation[i] of x";
  let arguments = (ins StaticF32Tensor:$x, DenseI64ArrayAttr:$permutation);
}

def Saliency_SliceOp : Saliency_StructuralOp<"slice"> {
  let summary = "x[starts + i strides] along every axis; strides are positive";
  let arguments = (ins StaticF32Tensor:$x, DenseI64ArrayAttr:$starts, DenseI64ArrayAttr:$sizes, DenseI64ArrayAttr:$strides);
}

def Saliency_PadOp : Saliency_StructuralOp<"pad", ["keepsEntries", "addsEntries"], ["carryChannels"]> {
  let summary = "x surrounded by `value`: low and high cells per axis, and `interior` cells between neighbours";
  let description = [{
    ```mlir
    %y = saliency.pad %x {low = array<i64: 0, 0, 1, 1>, high = array<i64: 0, 0, 1, 1>, interior = array<i64: 0, 0, 0, 0>}
         : (tensor<1x3x8x8xf32>) -> tensor<1x3x10x10xf32>
    ```
  }];
  let arguments = (ins StaticF32Tensor:$x, DenseI64ArrayAttr:$low, DenseI64ArrayAttr:$high, DenseI64ArrayAttr:$interior,
                       DefaultValuedAttr<F32Attr, "0.0f">:$value);
}

def Saliency_UpsampleOp : Saliency_StructuralOp<"upsample"> {
  let summary = "Every entry repeated factors[i] times along spatial axis i: enlargement to the nearest neighbour";
  let arguments = (ins StaticF32Tensor:$x, DenseI64ArrayAttr:$factors);
}

def Saliency_IdentityOp : Saliency_StructuralOp<"identity", ["keepsEntries"], ["carryChannels"]> {
  let summary = "x itself; kept so that its ONNX value name stays known";
  let arguments = (ins StaticF32Tensor:$x);
}

def Saliency_DropoutOp : Saliency_StructuralOp<"dropout", ["keepsEntries"], ["carryChannels"]> {
  let summary = "Dropout as it acts in inference: x itself";
  let arguments = (ins StaticF32Tensor:$x);
}

def Saliency_ConcatOp : Saliency_LayerOp<"concat", [DeclareOpInterfaceMethods<Saliency_MergeOpInterface, ["getJoinedAxis"]>],
                                         ["getDataOperandNumbers", "buildVjp"]> {
  let summary = "Operands side by side along `axis`";
  let arguments = (ins Variadic<StaticF32Tensor>:$inputs, I64Attr:$axis);
  let assemblyFormat = "$inputs attr-dict `:` functional-type(operands, results)";
}

#endif // SALIENCY_OPS_STRUCTURE_TD
