// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef SALIENCY_TO_LINALG_PASSES_TD
#define SALIENCY_TO_LINALG_PASSES_TD

include "mlir/Pass/PassBase.td"

def LowerToLinalg : Pass<"saliency-lower-to-linalg", "::mlir::ModuleOp"> {
  let summary = "Lower saliency ops to linalg, tensor, arith, math and scf";
  let description = [{
    Every saliency op and every elementwise arith or math op on tensors becomes linalg on tensors. Functions keep their
    types: arguments and results stay in logical order (N x C x spatial), and so does whatever other dialects' ops make of
    tensors. Between them tensors lie in the order that `layout` names.

    ```mlir
    %y = saliency.relu %x : (tensor<1x8xf32>) -> tensor<1x8xf32>
    ```
    becomes
    ```mlir
    %zero = arith.constant 0.0 : f32
    %init = tensor.empty() : tensor<1x8xf32>
    %y = linalg.generic {indexing_maps = [#identity, #identity], iterator_types = ["parallel", "parallel"]}
         ins(%x : tensor<1x8xf32>) outs(%init : tensor<1x8xf32>) {
    ^bb0(%in: f32, %out: f32):
      %negative = arith.cmpf olt, %in, %zero : f32
      %rectified = arith.select %negative, %zero, %in : f32
      linalg.yield %rectified : f32
    } -> tensor<1x8xf32>
    ```

    `contractions=tuned` re-lays weights (constants at compile time) so that the output features of every linear map are
    contiguous lanes, starts sums at the bias and marks the multiply-add nests with `saliency.contraction`. `vector-lanes`,
    `widest-panel` and `few-features` are the machine's part in it; no sum depends on the first two.
  }];
  let options = [
    Option<"layout", "layout", "::saliency::LayoutKind", "::saliency::LayoutKind::ChannelsFirst",
           "Order of a tensor's axes in memory",
           [{::llvm::cl::values(
               clEnumValN(::saliency::LayoutKind::ChannelsFirst, "channels-first", "as in ONNX"),
               clEnumValN(::saliency::LayoutKind::ChannelsLast, "channels-last", "axis 1 behind the spatial axes"))}]>,
    Option<"contractions", "contractions", "::saliency::Contractions", "::saliency::Contractions::Plain",
           "How linear maps are written",
           [{::llvm::cl::values(
               clEnumValN(::saliency::Contractions::Plain, "plain", "in their natural order"),
               clEnumValN(::saliency::Contractions::Tuned, "tuned", "output features as contiguous lanes"))}]>,
    Option<"vectorLanes", "vector-lanes", "int64_t", "16",
           "Numbers in a full vector: panels of weights are whole vectors where the features allow it">,
    Option<"widestPanel", "widest-panel", "int64_t", "48",
           "Output features side by side in a panel of weights, at most">,
    Option<"fewFeatures", "few-features", "int64_t", "8",
           "With fewer output features an adjoint's lanes run over neighbouring cells">
  ];
  let dependentDialects = ["::saliency::SaliencyDialect", "::mlir::arith::ArithDialect", "::mlir::linalg::LinalgDialect",
                           "::mlir::math::MathDialect", "::mlir::scf::SCFDialect", "::mlir::tensor::TensorDialect"];
}

def FoldWeights : Pass<"saliency-fold-weights"> {
  let summary = "Evaluate elementwise chains on constants at compile time";
  let description = [{
    Rules use transformed weights (positive part, squares, absolute values). Where such a chain of elementwise arith, math
    or saliency ops starts at constants only, its result becomes a constant, so that it can be re-laid as weights are.

    ```mlir
    %zero = arith.constant dense<0.0> : tensor<4x3x3x3xf32>
    %positive = arith.maximumf %w, %zero : tensor<4x3x3x3xf32>     // %w a saliency.constant
    ```
    becomes one `saliency.constant`. Intermediate results are never stored.
  }];
  let dependentDialects = ["::saliency::SaliencyDialect"];
}

def CountArithmetic : Pass<"saliency-count-arithmetic", "::mlir::ModuleOp"> {
  let summary = "Count the arithmetic of one call";
  let description = [{
    Every op of `arith` and `math` but constants and casts, times the points of the `linalg` op and the trips of the loops around it.
    The number is that of a call which gives no tensors beside the input (noise, classes): dynamic extents are 0 and what depends on
    them alone is decided. Nothing is changed; a counter has the sum, and `remark` says each function's.

    ```mlir
    %c = linalg.matmul ins(%a, %b : tensor<4x8xf32>, tensor<8x2xf32>) outs(%z : tensor<4x2xf32>) -> tensor<4x2xf32>
    ```
    has 4 x 8 x 2 products and as many sums: 128.
  }];
  let options = [Option<"remark", "remark", "bool", "false", "Say the number at each function">];
}

def UnshareFills : Pass<"saliency-unshare-fills"> {
  let summary = "Give every op that overwrites a fill one of its own";
  let description = [{
    Sums start at a filled tensor and padded images are written into one; equal fills become one by common subexpression
    elimination. In buffers only one of their users can write in place, the others would copy a buffer of zeros. This pass,
    run last before bufferisation, puts a clone of the fill directly before each op that overwrites it, where the buffer's
    lifetime is also shortest.

    ```mlir
    %zeros = linalg.fill ins(%zero : f32) outs(%empty : tensor<4xf32>) -> tensor<4xf32>
    %a = linalg.generic ... outs(%zeros : tensor<4xf32>)
    %b = linalg.generic ... outs(%zeros : tensor<4xf32>)
    ```
    becomes
    ```mlir
    %zeros = linalg.fill ins(%zero : f32) outs(%empty : tensor<4xf32>) -> tensor<4xf32>
    %a = linalg.generic ... outs(%zeros : tensor<4xf32>)
    %again = linalg.fill ins(%zero : f32) outs(%empty : tensor<4xf32>) -> tensor<4xf32>
    %b = linalg.generic ... outs(%again : tensor<4xf32>)
    ```
  }];
}

#endif // SALIENCY_TO_LINALG_PASSES_TD
