// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: saliency-opt %s "--saliency-lower-to-linalg=layout=channels-last contractions=tuned" --canonicalize --cse | FileCheck %s

#same = #saliency.window<kernel = [3, 3], strides = [1, 1], low = [1, 1], high = [1, 1], dilations = [1, 1]>
#halving = #saliency.window<kernel = [3, 3], strides = [2, 2], low = [1, 1], high = [1, 1], dilations = [1, 1]>
#point = #saliency.window<kernel = [1, 1], strides = [2, 2], low = [0, 0], high = [0, 0], dilations = [1, 1]>

// CHECK-DAG: #[[DATA:.*]] = affine_map<(d0, d1, d2, d3, d4, d5, d6, d7) -> (d0, d2 + d4, d3 + d5, d6)>
// CHECK-DAG: #[[PANELS:.*]] = affine_map<(d0, d1, d2, d3, d4, d5, d6, d7) -> (d1, d4, d5, d6, d7)>
// CHECK-DAG: #[[LANES:.*]] = affine_map<(d0, d1, d2, d3, d4, d5, d6, d7) -> (d0, d2, d3, d1 * 32 + d7)>
// CHECK-DAG: #[[SCATTER:.*]] = affine_map<(d0, d1, d2, d3, d4, d5, d6) -> (d0, d1 * 2 + d3, d2 * 2 + d5, d6)>

// 64 outputs: two panels of 32 lanes; the sum starts at the bias.
// CHECK-LABEL: func @forward
// CHECK-SAME: %{{.*}}: tensor<1x16x4x4xf32>, %[[BIAS:.*]]: tensor<64xf32>
// CHECK: %[[START:.*]] = linalg.generic {{.*}} ins(%[[BIAS]] : tensor<64xf32>)
// CHECK: linalg.generic {indexing_maps = [#[[DATA]], #[[PANELS]], #[[LANES]]]
// CHECK-SAME: tensor<1x6x6x16xf32>, tensor<2x3x3x16x32xf32>) outs(%[[START]] : tensor<1x4x4x64xf32>) attrs = {saliency.contraction}
func.func @forward(%x: tensor<1x16x4x4xf32>, %b: tensor<64xf32>) -> tensor<1x64x4x4xf32> {
  %w = saliency.constant {value = dense<1.0> : tensor<64x16x3x3xf32>} : tensor<64x16x3x3xf32>
  %0 = saliency.conv %x, %w, %b {window = #same} : (tensor<1x16x4x4xf32>, tensor<64x16x3x3xf32>, tensor<64xf32>) -> tensor<1x64x4x4xf32>
  return %0 : tensor<1x64x4x4xf32>
}

// With unit strides the adjoint is a convolution: 16 outputs in one panel.
// CHECK-LABEL: func @adjoint
// CHECK: tensor<1x6x6x64xf32>, tensor<1x3x3x64x16xf32>) outs({{.*}} : tensor<1x4x4x16xf32>) attrs = {saliency.contraction}
func.func @adjoint(%r: tensor<1x64x4x4xf32>) -> tensor<1x16x4x4xf32> {
  %w = saliency.constant {value = dense<1.0> : tensor<64x16x3x3xf32>} : tensor<64x16x3x3xf32>
  %0 = saliency.conv_adjoint %w, %r {spatial = array<i64: 4, 4>, window = #same} : (tensor<64x16x3x3xf32>, tensor<1x64x4x4xf32>) -> tensor<1x16x4x4xf32>
  return %0 : tensor<1x16x4x4xf32>
}

// With strides every phase of the cells gathers by itself: cells 0 and 2 of an axis lie under kernel cell 1 of one window (the
// padding shifts them), cells 1 and 3 under kernel cells 2 and 0 of two windows. The border of zeros is made once, for the
// widest phase; every cell is written by a phase, so the image starts at nothing.
// CHECK-LABEL: func @strided
// CHECK: %[[BORDER:.*]] = linalg.fill {{.*}} -> tensor<1x3x3x64xf32>
// CHECK: %[[WINDOWS:.*]] = tensor.insert_slice {{.*}} into %[[BORDER]]
// CHECK: %[[IMAGE:.*]] = tensor.empty() : tensor<1x4x4x16xf32>
// CHECK: linalg.generic {{.*}} ins(%[[WINDOWS]], {{.*}} : tensor<1x3x3x64xf32>, tensor<1x2x2x64x16xf32>) outs({{.*}} : tensor<1x2x2x16xf32>) attrs = {saliency.contraction}
// CHECK: %[[FIRST:.*]] = tensor.insert_slice {{.*}} into %[[IMAGE]][0, 1, 1, 0] [1, 2, 2, 16] [1, 2, 2, 1]
// CHECK-NOT: linalg.fill
// CHECK: %[[ROWS:.*]] = tensor.extract_slice %[[WINDOWS]][0, 0, 0, 0] [1, 2, 3, 64] [1, 1, 1, 1]
// CHECK: linalg.generic {{.*}} ins(%[[ROWS]], {{.*}} : tensor<1x2x3x64xf32>, tensor<1x1x2x64x16xf32>) outs({{.*}} : tensor<1x2x2x16xf32>) attrs = {saliency.contraction}
// CHECK: %[[SECOND:.*]] = tensor.insert_slice {{.*}} into %[[FIRST]][0, 0, 1, 0] [1, 2, 2, 16] [1, 2, 2, 1]
// CHECK-NOT: linalg.fill
// CHECK: %[[COLUMNS:.*]] = tensor.extract_slice %[[WINDOWS]][0, 0, 0, 0] [1, 3, 2, 64] [1, 1, 1, 1]
// CHECK: linalg.generic {{.*}} ins(%[[COLUMNS]], {{.*}} : tensor<1x3x2x64xf32>, tensor<1x2x1x64x16xf32>)
// CHECK: %[[THIRD:.*]] = tensor.insert_slice {{.*}} into %[[SECOND]][0, 1, 0, 0] [1, 2, 2, 16] [1, 2, 2, 1]
// CHECK-NOT: linalg.fill
// CHECK: tensor<1x2x2x64xf32>, tensor<1x1x1x64x16xf32>)
// CHECK: tensor.insert_slice {{.*}} into %[[THIRD]][0, 0, 0, 0] [1, 2, 2, 16] [1, 2, 2, 1]
func.func @strided(%r: tensor<1x64x2x2xf32>) -> tensor<1x16x4x4xf32> {
  %w = saliency.constant {value = dense<1.0> : tensor<64x16x3x3xf32>} : tensor<64x16x3x3xf32>
  %0 = saliency.conv_adjoint %w, %r {spatial = array<i64: 4, 4>, window = #halving} : (tensor<64x16x3x3xf32>, tensor<1x64x2x2xf32>) -> tensor<1x16x4x4xf32>
  return %0 : tensor<1x16x4x4xf32>
}

// Too few features to fill the lanes of one cell: it adds into the padded image, whose border is cut off.
// CHECK-LABEL: func @few
// CHECK: linalg.generic {indexing_maps = [{{.*}}, #[[SCATTER]]]
// CHECK-SAME: tensor<1x2x2x64xf32>, tensor<3x64x3x3xf32>) outs({{.*}} : tensor<1x5x5x3xf32>) attrs = {saliency.contraction}
// CHECK: tensor.extract_slice {{.*}}[0, 1, 1, 0] [1, 4, 4, 3] [1, 1, 1, 1]
func.func @few(%r: tensor<1x64x2x2xf32>) -> tensor<1x3x4x4xf32> {
  %w = saliency.constant {value = dense<1.0> : tensor<64x3x3x3xf32>} : tensor<64x3x3x3xf32>
  %0 = saliency.conv_adjoint %w, %r {spatial = array<i64: 4, 4>, window = #halving} : (tensor<64x3x3x3xf32>, tensor<1x64x2x2xf32>) -> tensor<1x3x4x4xf32>
  return %0 : tensor<1x3x4x4xf32>
}

// A strided kernel of one cell: a product, then every second cell; no window covers the others, which are zero.
// CHECK-LABEL: func @point
// CHECK: %[[ZEROS:.*]] = linalg.fill {{.*}} -> tensor<1x4x4x16xf32>
// CHECK: %[[PRODUCT:.*]] = linalg.generic {{.*}} tensor<1x2x2x64xf32>, tensor<1x1x1x64x16xf32>) outs({{.*}} : tensor<1x2x2x16xf32>)
// CHECK: tensor.insert_slice %[[PRODUCT]] into %[[ZEROS]][0, 0, 0, 0] [1, 2, 2, 16] [1, 2, 2, 1]
func.func @point(%r: tensor<1x64x2x2xf32>) -> tensor<1x16x4x4xf32> {
  %w = saliency.constant {value = dense<1.0> : tensor<64x16x1x1xf32>} : tensor<64x16x1x1xf32>
  %0 = saliency.conv_adjoint %w, %r {spatial = array<i64: 4, 4>, window = #point} : (tensor<64x16x1x1xf32>, tensor<1x64x2x2xf32>) -> tensor<1x16x4x4xf32>
  return %0 : tensor<1x16x4x4xf32>
}

// Per-sample weights have their outputs as lanes already: what correlation writes, convolution reads, without a copy.
// CHECK-LABEL: func @data_kernels
// CHECK: %[[KERNELS:.*]] = linalg.generic {{.*}} outs({{.*}} : tensor<2x8x3x3x16xf32>) attrs = {saliency.contraction, saliency.samples = 0 : i64}
// CHECK: linalg.generic {{.*}} ins(%{{.*}}, %[[KERNELS]] : tensor<2x6x6x8xf32>, tensor<2x8x3x3x16xf32>) {{.*}} attrs = {saliency.contraction, saliency.samples = 0 : i64}
func.func @data_kernels(%x: tensor<2x8x4x4xf32>, %r: tensor<2x16x4x4xf32>) -> tensor<2x16x4x4xf32> {
  %w = saliency.conv_correlate %x, %r {window = #same} : (tensor<2x8x4x4xf32>, tensor<2x16x4x4xf32>) -> tensor<2x16x8x3x3xf32>
  %0 = saliency.conv %x, %w {window = #same} : (tensor<2x8x4x4xf32>, tensor<2x16x8x3x3xf32>) -> tensor<2x16x4x4xf32>
  return %0 : tensor<2x16x4x4xf32>
}
