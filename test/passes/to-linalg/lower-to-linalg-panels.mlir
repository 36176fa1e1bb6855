// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The machine's part in the form of a convolution: how wide a panel of weights is, and from how many features on an adjoint gathers.
// RUN: saliency-opt %s "--saliency-lower-to-linalg=layout=channels-last contractions=tuned" | FileCheck %s --check-prefixes=CHECK,WIDE
// RUN: saliency-opt %s "--saliency-lower-to-linalg=layout=channels-last contractions=tuned vector-lanes=8 widest-panel=24 few-features=4" | FileCheck %s --check-prefixes=CHECK,NARROW
// RUN: not saliency-opt %s "--saliency-lower-to-linalg=contractions=tuned vector-lanes=0" 2>&1 | FileCheck %s --check-prefix=LANES
// RUN: not saliency-opt %s "--saliency-lower-to-linalg=contractions=tuned widest-panel=-8" 2>&1 | FileCheck %s --check-prefix=WIDEST

// LANES: error: a vector and a panel have at least one lane, and few features are none or more; found vector-lanes=0 widest-panel=48 few-features=8
// WIDEST: found vector-lanes=16 widest-panel=-8 few-features=8

#same = #saliency.window<kernel = [3, 3], strides = [1, 1], low = [1, 1], high = [1, 1], dilations = [1, 1]>

// 64 features: 2 panels of 32 lanes, or 4 of 16.
// CHECK-LABEL: func @whole_vectors
// WIDE: tensor<1x6x6x4xf32>, tensor<2x3x3x4x32xf32>
// NARROW: tensor<1x6x6x4xf32>, tensor<4x3x3x4x16xf32>
func.func @whole_vectors(%x: tensor<1x4x4x4xf32>, %b: tensor<64xf32>) -> tensor<1x64x4x4xf32> {
  %w = saliency.constant {value = dense<1.0> : tensor<64x4x3x3xf32>} : tensor<64x4x3x3xf32>
  %0 = saliency.conv %x, %w, %b {window = #same} : (tensor<1x4x4x4xf32>, tensor<64x4x3x3xf32>, tensor<64xf32>) -> tensor<1x64x4x4xf32>
  return %0 : tensor<1x64x4x4xf32>
}

// 40 features fill half vectors of 8, or whole ones; 20 fill none of 8 and halves of 4.
// CHECK-LABEL: func @half_vectors
// WIDE: tensor<1x3x3x4x40xf32>
// NARROW: tensor<5x3x3x4x8xf32>
// CHECK: tensor<1x3x3x40x20xf32>
func.func @half_vectors(%x: tensor<1x4x4x4xf32>, %b: tensor<40xf32>, %c: tensor<20xf32>) -> tensor<1x20x4x4xf32> {
  %w = saliency.constant {value = dense<1.0> : tensor<40x4x3x3xf32>} : tensor<40x4x3x3xf32>
  %v = saliency.constant {value = dense<2.0> : tensor<20x40x3x3xf32>} : tensor<20x40x3x3xf32>
  %0 = saliency.conv %x, %w, %b {window = #same} : (tensor<1x4x4x4xf32>, tensor<40x4x3x3xf32>, tensor<40xf32>) -> tensor<1x40x4x4xf32>
  %1 = saliency.conv %0, %v, %c {window = #same} : (tensor<1x40x4x4xf32>, tensor<20x40x3x3xf32>, tensor<20xf32>) -> tensor<1x20x4x4xf32>
  return %1 : tensor<1x20x4x4xf32>
}

// 4 features are few for vectors of 16 lanes: the adjoint adds into a padded image. For short vectors it gathers.
// CHECK-LABEL: func @few
// WIDE: tensor<3x64x3x4xf32>) outs({{.*}} : tensor<1x6x6x4xf32>)
// NARROW: tensor<1x6x6x64xf32>, tensor<1x3x3x64x4xf32>) outs({{.*}} : tensor<1x4x4x4xf32>)
func.func @few(%r: tensor<1x64x4x4xf32>) -> tensor<1x4x4x4xf32> {
  %w = saliency.constant {value = dense<1.0> : tensor<64x4x3x3xf32>} : tensor<64x4x3x3xf32>
  %0 = saliency.conv_adjoint %w, %r {spatial = array<i64: 4, 4>, window = #same} : (tensor<64x4x3x3xf32>, tensor<1x64x4x4xf32>) -> tensor<1x4x4x4xf32>
  return %0 : tensor<1x4x4x4xf32>
}
