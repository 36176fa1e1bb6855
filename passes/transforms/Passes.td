// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef SALIENCY_TRANSFORMS_PASSES_TD
#define SALIENCY_TRANSFORMS_PASSES_TD

include "mlir/Pass/PassBase.td"

def AnnotateSignsPass : Pass<"saliency-annotate-signs", "::mlir::ModuleOp"> {
  let summary = "Prints the sign analysis: attribute saliency.sign = \"-0+\" on every op";
  let description = [{
    ```mlir
    %1 = saliency.relu %0 {saliency.sign = "0+"} : (tensor<1x8xf32>) -> tensor<1x8xf32>
    ```
  }];
}

def FoldBatchNormPass : Pass<"saliency-fold-batch-norm", "::mlir::ModuleOp"> {
  let summary = "Folds a batch norm into the convolution or dense layer before it";
  let description = [{
    conv(x, W, b) then batch_norm becomes conv(x, W', b') with W' = W s, b' = beta + s (b - mean), s = gamma / sqrt(variance +
    epsilon) per output channel, where nothing else uses the convolution's result and all parameters are constants. The new
    layer produces the batch norm's ONNX value. Rules that look at weights then see the folded ones, so this is part of a
    method's conventions, not an optimisation.
  }];
  let dependentDialects = ["::saliency::SaliencyDialect"];
}

def RecogniseLayersPass : Pass<"saliency-recognise-layers", "::mlir::ModuleOp"> {
  let summary = "Makes one layer of what exporters spell out: layer norms, GELU, SiLU, Mish, hard swish, biases";
  let description = [{
    Rules are written for layers, so a layer that a file spells out by arithmetic has to be seen as one. The last op's ONNX value
    is the new layer's; the values inside disappear.

    ```mlir
    %d = saliency.sub %x, %mean ...                     // mean, variance: reshape, avg_pool, reshape
    %n = saliency.div %d, %deviation ...                // becomes saliency.layer_norm %x, %ones, %zeros
    %y = saliency.mul %n, %gamma ...                    // becomes part of it
    ```
  }];
  let dependentDialects = ["::saliency::SaliencyDialect"];
}

def SimplifyBySignPass : Pass<"saliency-simplify-by-sign", "::mlir::ModuleOp"> {
  let summary = "Removes what the sign analysis shows to be zero or the identity";
  let description = [{
    After a ReLU x is not negative: its positive part is x, its negative part 0, and every product, convolution, adjoint and
    correlation of that 0 disappears, relevance that is always zero included. Exact zeros stay exact. A NaN among the
    operands of a product with a provable zero is not preserved.

    ```mlir
    %n = arith.select %positive, %zero, %x   // the negative part of x >= 0: becomes %zero
    %z = saliency.conv %n, %w ...            // becomes zero as well
    ```
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect", "::saliency::SaliencyDialect"];
}

def RemoveDeadRelevancePass : Pass<"saliency-remove-dead-relevance", "::mlir::ModuleOp"> {
  let summary = "Removes relevance that no output needs";
  let description = [{
    Relevance of a constant summand, of a branch whose share is provably zero, of layers behind the map's end: after the
    other specialisations nothing reads it. Counts what goes, convolutions and the like apart.
  }];
}

def SliceOneHotPass : Pass<"saliency-slice-one-hot", "::mlir::ModuleOp"> {
  let summary = "Replaces a transposed dense layer on a one-hot seed by one row of its weights";
  let description = [{
    `gemm_adjoint(W, r)` with r zero but at the target reads one row of W instead of all. r may be scaled, divided or masked
    on its way from the seed.
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect", "::mlir::linalg::LinalgDialect", "::mlir::tensor::TensorDialect"];
}

#endif // SALIENCY_TRANSFORMS_PASSES_TD
