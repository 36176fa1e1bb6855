// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The same network behind a normalisation of its input by constants.
#conv = #saliency.window<kernel = [3, 3], strides = [1, 1], low = [1, 1], high = [1, 1], dilations = [1, 1]>
#all = #saliency.window<kernel = [4, 4], strides = [1, 1], low = [0, 0], high = [0, 0], dilations = [1, 1]>
func.func @forward(%x: tensor<1x1x4x4xf32>) -> tensor<1x2xf32> {
  %w = saliency.constant {value = dense_resource<w> : tensor<2x1x3x3xf32>} : tensor<2x1x3x3xf32>
  %one = saliency.constant {value = dense<1.0> : tensor<2xf32>} : tensor<2xf32>
  %mean = saliency.constant {value = dense<[0.5, -0.5]> : tensor<2xf32>} : tensor<2xf32>
  %fc = saliency.constant {value = dense<[[1.0, -1.0], [0.25, 2.0]]> : tensor<2x2xf32>} : tensor<2x2xf32>
  %m = saliency.constant {value = dense<0.5> : tensor<1x1x1x1xf32>} : tensor<1x1x1x1xf32>
  %s = saliency.constant {value = dense<4.0> : tensor<1x1x1x1xf32>} : tensor<1x1x1x1xf32>
  %centred = saliency.sub %x, %m {onnx.value = "centred"} : (tensor<1x1x4x4xf32>, tensor<1x1x1x1xf32>) -> tensor<1x1x4x4xf32>
  %scaled = saliency.mul %centred, %s {onnx.value = "scaled"} : (tensor<1x1x4x4xf32>, tensor<1x1x1x1xf32>) -> tensor<1x1x4x4xf32>
  %conv = saliency.conv %scaled, %w {window = #conv, onnx.value = "conv"} : (tensor<1x1x4x4xf32>, tensor<2x1x3x3xf32>) -> tensor<1x2x4x4xf32>
  %norm = saliency.batch_norm %conv, %one, %one, %mean, %one {epsilon = 1.0e-5 : f32, onnx.value = "norm"} : (tensor<1x2x4x4xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2x4x4xf32>
  %relu = saliency.relu %norm {onnx.value = "relu"} : (tensor<1x2x4x4xf32>) -> tensor<1x2x4x4xf32>
  %gap = saliency.avg_pool %relu {window = #all, onnx.value = "gap"} : (tensor<1x2x4x4xf32>) -> tensor<1x2x1x1xf32>
  %flat = saliency.reshape %gap {shape = array<i64: 1, 2>, onnx.value = "flat"} : (tensor<1x2x1x1xf32>) -> tensor<1x2xf32>
  %logits = saliency.gemm %flat, %fc {onnx.value = "logits"} : (tensor<1x2xf32>, tensor<2x2xf32>) -> tensor<1x2xf32>
  return %logits : tensor<1x2xf32>
}

{-#
  dialect_resources: {
    builtin: {
      w: "0x040000000000803F00000040000000BF0000003F0000803F000080BE000000000000003F0000803E000080BF000000400000003F0000003F0000803F0000803E000000000000003F000080BE"
    }
  }
#-}
