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

def FoldBatchNormForwardPass : Pass<"saliency-fold-batch-norm-forward", "::mlir::ModuleOp"> {
  let summary = "Folds a batch norm into the convolutions and dense layers behind it";
  let description = [{
    With s = gamma / sqrt(variance + epsilon) and h = beta - s mean, conv(batch_norm(x), W, b) becomes conv(x, W diag(s), b + W h),
    in every layer that reads the batch norm, also through dropout, average pools, reshapes and explicit padding; where something
    else reads it, too, it stays. Zeros that pad the normalised map are no zeros of x: the sum W h runs over the cells on data, so
    the bias of a padded convolution has one entry per position. This is part of a method's conventions: relevance is shared out
    among x, no longer among s x + h.

    ```mlir
    %n = saliency.batch_norm %x, ...                                    // tensor<1x8x6x6xf32>
    %y = saliency.conv %n, %w {window = ..., low = [1, 1], high = [1, 1] ...}
    // becomes
    %y = saliency.conv %x, %folded_w, %folded_b {saliency.folded_bias, ...}   // %folded_b: tensor<1x4x6x6xf32>
    ```
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
    `gemm_adjoint(W, r)` with r zero but at the target reads one row of W instead of all: it becomes `gemm_adjoint_at`. r may be
    scaled, divided or masked on its way from the seed.

    ```mlir
    %r = saliency.one_hot %target {classes = 1000 : i64} : (tensor<1xi64>) -> tensor<1x1000xf32>
    %g = saliency.gemm_adjoint %W, %r : (tensor<1000x2048xf32>, tensor<1x1000xf32>) -> tensor<1x2048xf32>
    ```
    becomes
    ```mlir
    %g = saliency.gemm_adjoint_at %W, %r, %target
         : (tensor<1000x2048xf32>, tensor<1x1000xf32>, tensor<1xi64>) -> tensor<1x2048xf32>
    ```
  }];
  let dependentDialects = ["::saliency::SaliencyDialect"];
}

def ThresholdUnitsPass : Pass<"saliency-threshold-units", "::mlir::ModuleOp"> {
  let summary = "Makes a threshold unit of batch norm and the rectifier behind it, and folds the rest into the layers behind both";
  let description = [{
    relu(s x + h) = s T(x) + h, where T keeps x where s x + h > 0 and is -h / s elsewhere. So conv(relu(batch_norm(x)), W, b) becomes
    conv(T(x), W diag(s), b + W h), the bias corrected at padded borders as in `saliency-fold-batch-norm-forward`. T is an activation:
    rules that pass relevance through those pass it to x, whatever batch norms else read x (DenseNet). Clip has two bounds; where s is
    0 the channel is a constant and becomes part of the bias. A rectifier that anything else reads keeps its batch norm.

    ```mlir
    %n = saliency.batch_norm %x, ...
    %r = saliency.relu %n
    %y = saliency.conv %r, %w {window = ...}
    // becomes
    %t = saliency.threshold %x, %low, %high
    %y = saliency.conv %t, %folded_w, %folded_b {saliency.folded_bias, window = ...}
    ```
  }];
  let dependentDialects = ["::saliency::SaliencyDialect"];
}

#endif // SALIENCY_TRANSFORMS_PASSES_TD
