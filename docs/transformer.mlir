// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What costs of attention methods are counted on: a class token and 16 patches of 8 x 8 pixels, 64 features, two layers of four heads.
// The weights are all alike; how much is to be computed does not depend on them.
#patch = #saliency.window<kernel = [8, 8], strides = [8, 8], low = [0, 0], high = [0, 0], dilations = [1, 1]>

func.func @forward(%x: tensor<1x3x32x32xf32> {saliency.name = "input"}) -> tensor<1x10xf32> {
  %filter = saliency.constant {value = dense<0.01> : tensor<64x3x8x8xf32>} : tensor<64x3x8x8xf32>
  %token = saliency.constant {value = dense<0.1> : tensor<1x1x64xf32>} : tensor<1x1x64xf32>
  %places = saliency.constant {value = dense<0.1> : tensor<1x17x64xf32>} : tensor<1x17x64xf32>
  %one = saliency.constant {value = dense<1.0> : tensor<64xf32>} : tensor<64xf32>
  %zero = saliency.constant {value = dense<0.0> : tensor<64xf32>} : tensor<64xf32>
  %square = saliency.constant {value = dense<0.1> : tensor<64x64xf32>} : tensor<64x64xf32>
  %wide = saliency.constant {value = dense<0.1> : tensor<256x64xf32>} : tensor<256x64xf32>
  %narrow = saliency.constant {value = dense<0.1> : tensor<64x256xf32>} : tensor<64x256xf32>
  %scale = saliency.constant {value = dense<0.25> : tensor<f32>} : tensor<f32>
  %head = saliency.constant {value = dense<0.1> : tensor<10x64xf32>} : tensor<10x64xf32>
  %patches = saliency.conv %x, %filter {window = #patch} : (tensor<1x3x32x32xf32>, tensor<64x3x8x8xf32>) -> tensor<1x64x4x4xf32>
  %rows = saliency.reshape %patches {shape = array<i64: 1, 64, 16>} : (tensor<1x64x4x4xf32>) -> tensor<1x64x16xf32>
  %tokens = saliency.transpose %rows {permutation = array<i64: 0, 2, 1>} : (tensor<1x64x16xf32>) -> tensor<1x16x64xf32>
  %all = saliency.concat %token, %tokens {axis = 1 : i64} : (tensor<1x1x64xf32>, tensor<1x16x64xf32>) -> tensor<1x17x64xf32>
  %y0 = saliency.add %all, %places : (tensor<1x17x64xf32>, tensor<1x17x64xf32>) -> tensor<1x17x64xf32>

  %norm1 = saliency.layer_norm %y0, %one, %zero {axis = 2 : i64, epsilon = 1.0e-5 : f32} : (tensor<1x17x64xf32>, tensor<64xf32>, tensor<64xf32>) -> tensor<1x17x64xf32>
  %q1 = saliency.gemm %norm1, %square : (tensor<1x17x64xf32>, tensor<64x64xf32>) -> tensor<1x17x64xf32>
  %q1_heads = saliency.reshape %q1 {shape = array<i64: 1, 17, 4, 16>} : (tensor<1x17x64xf32>) -> tensor<1x17x4x16xf32>
  %q1_split = saliency.transpose %q1_heads {permutation = array<i64: 0, 2, 1, 3>} : (tensor<1x17x4x16xf32>) -> tensor<1x4x17x16xf32>
  %k1 = saliency.gemm %norm1, %square : (tensor<1x17x64xf32>, tensor<64x64xf32>) -> tensor<1x17x64xf32>
  %k1_heads = saliency.reshape %k1 {shape = array<i64: 1, 17, 4, 16>} : (tensor<1x17x64xf32>) -> tensor<1x17x4x16xf32>
  %k1_split = saliency.transpose %k1_heads {permutation = array<i64: 0, 2, 3, 1>} : (tensor<1x17x4x16xf32>) -> tensor<1x4x16x17xf32>
  %v1 = saliency.gemm %norm1, %square : (tensor<1x17x64xf32>, tensor<64x64xf32>) -> tensor<1x17x64xf32>
  %v1_heads = saliency.reshape %v1 {shape = array<i64: 1, 17, 4, 16>} : (tensor<1x17x64xf32>) -> tensor<1x17x4x16xf32>
  %v1_split = saliency.transpose %v1_heads {permutation = array<i64: 0, 2, 1, 3>} : (tensor<1x17x4x16xf32>) -> tensor<1x4x17x16xf32>
  %product1 = saliency.matmul %q1_split, %k1_split : (tensor<1x4x17x16xf32>, tensor<1x4x16x17xf32>) -> tensor<1x4x17x17xf32>
  %scores1 = saliency.mul %product1, %scale : (tensor<1x4x17x17xf32>, tensor<f32>) -> tensor<1x4x17x17xf32>
  %attention1 = saliency.softmax %scores1 {axis = 3 : i64} : (tensor<1x4x17x17xf32>) -> tensor<1x4x17x17xf32>
  %mixed1 = saliency.matmul %attention1, %v1_split : (tensor<1x4x17x17xf32>, tensor<1x4x17x16xf32>) -> tensor<1x4x17x16xf32>
  %mixed1_rows = saliency.transpose %mixed1 {permutation = array<i64: 0, 2, 1, 3>} : (tensor<1x4x17x16xf32>) -> tensor<1x17x4x16xf32>
  %mixed1_flat = saliency.reshape %mixed1_rows {shape = array<i64: 1, 17, 64>} : (tensor<1x17x4x16xf32>) -> tensor<1x17x64xf32>
  %out1 = saliency.gemm %mixed1_flat, %square : (tensor<1x17x64xf32>, tensor<64x64xf32>) -> tensor<1x17x64xf32>
  %middle1 = saliency.add %y0, %out1 : (tensor<1x17x64xf32>, tensor<1x17x64xf32>) -> tensor<1x17x64xf32>
  %norm1_2 = saliency.layer_norm %middle1, %one, %zero {axis = 2 : i64, epsilon = 1.0e-5 : f32} : (tensor<1x17x64xf32>, tensor<64xf32>, tensor<64xf32>) -> tensor<1x17x64xf32>
  %hidden1 = saliency.gemm %norm1_2, %wide : (tensor<1x17x64xf32>, tensor<256x64xf32>) -> tensor<1x17x256xf32>
  %gelu1 = saliency.gelu %hidden1 : (tensor<1x17x256xf32>) -> tensor<1x17x256xf32>
  %mlp1 = saliency.gemm %gelu1, %narrow : (tensor<1x17x256xf32>, tensor<64x256xf32>) -> tensor<1x17x64xf32>
  %y1 = saliency.add %middle1, %mlp1 : (tensor<1x17x64xf32>, tensor<1x17x64xf32>) -> tensor<1x17x64xf32>

  %norm2 = saliency.layer_norm %y1, %one, %zero {axis = 2 : i64, epsilon = 1.0e-5 : f32} : (tensor<1x17x64xf32>, tensor<64xf32>, tensor<64xf32>) -> tensor<1x17x64xf32>
  %q2 = saliency.gemm %norm2, %square : (tensor<1x17x64xf32>, tensor<64x64xf32>) -> tensor<1x17x64xf32>
  %q2_heads = saliency.reshape %q2 {shape = array<i64: 1, 17, 4, 16>} : (tensor<1x17x64xf32>) -> tensor<1x17x4x16xf32>
  %q2_split = saliency.transpose %q2_heads {permutation = array<i64: 0, 2, 1, 3>} : (tensor<1x17x4x16xf32>) -> tensor<1x4x17x16xf32>
  %k2 = saliency.gemm %norm2, %square : (tensor<1x17x64xf32>, tensor<64x64xf32>) -> tensor<1x17x64xf32>
  %k2_heads = saliency.reshape %k2 {shape = array<i64: 1, 17, 4, 16>} : (tensor<1x17x64xf32>) -> tensor<1x17x4x16xf32>
  %k2_split = saliency.transpose %k2_heads {permutation = array<i64: 0, 2, 3, 1>} : (tensor<1x17x4x16xf32>) -> tensor<1x4x16x17xf32>
  %v2 = saliency.gemm %norm2, %square : (tensor<1x17x64xf32>, tensor<64x64xf32>) -> tensor<1x17x64xf32>
  %v2_heads = saliency.reshape %v2 {shape = array<i64: 1, 17, 4, 16>} : (tensor<1x17x64xf32>) -> tensor<1x17x4x16xf32>
  %v2_split = saliency.transpose %v2_heads {permutation = array<i64: 0, 2, 1, 3>} : (tensor<1x17x4x16xf32>) -> tensor<1x4x17x16xf32>
  %product2 = saliency.matmul %q2_split, %k2_split : (tensor<1x4x17x16xf32>, tensor<1x4x16x17xf32>) -> tensor<1x4x17x17xf32>
  %scores2 = saliency.mul %product2, %scale : (tensor<1x4x17x17xf32>, tensor<f32>) -> tensor<1x4x17x17xf32>
  %attention2 = saliency.softmax %scores2 {axis = 3 : i64} : (tensor<1x4x17x17xf32>) -> tensor<1x4x17x17xf32>
  %mixed2 = saliency.matmul %attention2, %v2_split : (tensor<1x4x17x17xf32>, tensor<1x4x17x16xf32>) -> tensor<1x4x17x16xf32>
  %mixed2_rows = saliency.transpose %mixed2 {permutation = array<i64: 0, 2, 1, 3>} : (tensor<1x4x17x16xf32>) -> tensor<1x17x4x16xf32>
  %mixed2_flat = saliency.reshape %mixed2_rows {shape = array<i64: 1, 17, 64>} : (tensor<1x17x4x16xf32>) -> tensor<1x17x64xf32>
  %out2 = saliency.gemm %mixed2_flat, %square : (tensor<1x17x64xf32>, tensor<64x64xf32>) -> tensor<1x17x64xf32>
  %middle2 = saliency.add %y1, %out2 : (tensor<1x17x64xf32>, tensor<1x17x64xf32>) -> tensor<1x17x64xf32>
  %norm2_2 = saliency.layer_norm %middle2, %one, %zero {axis = 2 : i64, epsilon = 1.0e-5 : f32} : (tensor<1x17x64xf32>, tensor<64xf32>, tensor<64xf32>) -> tensor<1x17x64xf32>
  %hidden2 = saliency.gemm %norm2_2, %wide : (tensor<1x17x64xf32>, tensor<256x64xf32>) -> tensor<1x17x256xf32>
  %gelu2 = saliency.gelu %hidden2 : (tensor<1x17x256xf32>) -> tensor<1x17x256xf32>
  %mlp2 = saliency.gemm %gelu2, %narrow : (tensor<1x17x256xf32>, tensor<64x256xf32>) -> tensor<1x17x64xf32>
  %y2 = saliency.add %middle2, %mlp2 : (tensor<1x17x64xf32>, tensor<1x17x64xf32>) -> tensor<1x17x64xf32>

  %norm = saliency.layer_norm %y2, %one, %zero {axis = 2 : i64, epsilon = 1.0e-5 : f32} : (tensor<1x17x64xf32>, tensor<64xf32>, tensor<64xf32>) -> tensor<1x17x64xf32>
  %first = saliency.slice %norm {starts = array<i64: 0, 0, 0>, sizes = array<i64: 1, 1, 64>, strides = array<i64: 1, 1, 1>} : (tensor<1x17x64xf32>) -> tensor<1x1x64xf32>
  %features = saliency.reshape %first {shape = array<i64: 1, 64>} : (tensor<1x1x64xf32>) -> tensor<1x64xf32>
  %logits = saliency.gemm %features, %head : (tensor<1x64xf32>, tensor<10x64xf32>) -> tensor<1x10xf32>
  return %logits : tensor<1x10xf32>
}
