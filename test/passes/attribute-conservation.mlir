// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// REQUIRES: lrp-zplus, lrp-epsilon, gradient
// RUN: rm -rf %t && split-file %s %t
// RUN: saliency-opt %t/net.mlir --saliency-attribute="method=lrp-zplus params=bias=dropped require-conservation" -o /dev/null
// RUN: saliency-opt %t/net.mlir --saliency-attribute="method=lrp-epsilon params=bias=dropped require-conservation" -o /dev/null
// RUN: not saliency-opt %t/net.mlir --saliency-attribute="method=lrp-zplus require-conservation" 2>&1 | FileCheck %s --check-prefix=BIAS
// RUN: not saliency-opt %t/net.mlir --saliency-attribute="method=lrp-epsilon params=bias=dropped,epsilon=0.1 require-conservation" 2>&1 | FileCheck %s --check-prefix=EPSILON
// RUN: not saliency-opt %t/net.mlir --emit-gradient --require-conservation 2>&1 | FileCheck %s --check-prefix=GRADIENT
//
// A rule that conserves only without bias is refused where a layer has one that the rule reads; a stabiliser, where it is more than a
// guard.

// BIAS: error: conservation is required of every layer's rule; found 'Dense' under 'lrp-zplus': loses the share of the bias
// EPSILON: error: conservation is required of every layer's rule; found 'Dense' under 'lrp-epsilon': loses the share of the stabiliser 0.1
// GRADIENT: error: {{.*}}conservation is required of every layer's rule; found 'Dense' under 'gradient': no law

//--- net.mlir
func.func @forward(%x: tensor<1x3xf32>) -> tensor<1x3xf32> {
  %w = saliency.constant {value = dense<[[1.0, 2.0, 3.0], [-1.0, 0.5, 2.0], [4.0, 1.0, -2.0]]> : tensor<3x3xf32>} : tensor<3x3xf32>
  %b = saliency.constant {value = dense<1.0> : tensor<3xf32>} : tensor<3xf32>
  %1 = saliency.gemm %x, %w : (tensor<1x3xf32>, tensor<3x3xf32>) -> tensor<1x3xf32>
  %2 = saliency.relu %1 : (tensor<1x3xf32>) -> tensor<1x3xf32>
  %3 = saliency.gemm %2, %w, %b : (tensor<1x3xf32>, tensor<3x3xf32>, tensor<3xf32>) -> tensor<1x3xf32>
  return %3 : tensor<1x3xf32>
}
