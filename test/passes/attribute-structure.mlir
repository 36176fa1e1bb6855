// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// REQUIRES: gradient, lrp-zplus
// RUN: saliency-opt %s -split-input-file --saliency-attribute-gradient | FileCheck %s
// RUN: saliency-opt %s -split-input-file --saliency-attribute-lrp-zplus | FileCheck %s --check-prefix=ZPLUS

// A value with two uses receives the sum of what comes back from them; a broadcast operand the sum over what it was
// repeated along.
// CHECK-LABEL: func.func @explain(%{{.*}}: tensor<2x3xf32>
// CHECK: %[[R:.*]] = saliency.one_hot
// CHECK: %[[SCALE:.*]] = saliency.reduce %{{.*}} {axes = array<i64: 1>, kind = #saliency.reduction<sum>} : (tensor<2x3xf32>) -> tensor<2x1xf32>
// CHECK: saliency.pad %[[SCALE]]
// CHECK: %[[MAP:.*]] = arith.addf
// CHECK: return %[[MAP]]
func.func @forward(%x: tensor<2x3xf32>) -> tensor<2x3xf32> {
  %first = saliency.slice %x {starts = array<i64: 0, 0>, sizes = array<i64: 2, 1>, strides = array<i64: 1, 1>} : (tensor<2x3xf32>) -> tensor<2x1xf32>
  %sum = saliency.add %x, %first : (tensor<2x3xf32>, tensor<2x1xf32>) -> tensor<2x3xf32>
  return %sum : tensor<2x3xf32>
}

// -----

// Branches that do not depend on the input carry no relevance.
// CHECK-LABEL: func.func @explain(%{{.*}}: tensor<1x2xf32>
// CHECK: %[[R:.*]] = saliency.one_hot
// CHECK: return %[[R]]
func.func @forward(%x: tensor<1x2xf32>) -> tensor<1x2xf32> {
  %c = saliency.constant {value = dense<2.0> : tensor<1x2xf32>} : tensor<1x2xf32>
  %d = saliency.relu %c : (tensor<1x2xf32>) -> tensor<1x2xf32>
  %sum = saliency.add %d, %x : (tensor<1x2xf32>, tensor<1x2xf32>) -> tensor<1x2xf32>
  return %sum : tensor<1x2xf32>
}

// -----

// Class scores of a fully convolutional network lose their spatial axes of extent 1.
// CHECK-LABEL: func.func @explain(%{{.*}}: tensor<1x2x1x1xf32>
// CHECK-SAME: tensor<1x2xf32> {saliency.role = "logits"}
// ZPLUS-LABEL: func.func @explain(%{{.*}}: tensor<1x2x1x1xf32>
// ZPLUS: %[[LOGITS:.*]] = saliency.reshape %{{.*}} {shape = array<i64: 1, 2>}
func.func @forward(%x: tensor<1x2x1x1xf32>) -> tensor<1x2x1x1xf32> {
  %y = saliency.relu %x : (tensor<1x2x1x1xf32>) -> tensor<1x2x1x1xf32>
  return %y : tensor<1x2x1x1xf32>
}

// -----

// z+ splits the weights of the dense layer into positive and negative part.
// ZPLUS-LABEL: func.func @explain(%{{.*}}: tensor<1x2xf32>
// ZPLUS: %[[W:.*]] = saliency.constant
// ZPLUS: arith.cmpf olt, %[[W]]
// ZPLUS: arith.cmpf ogt, %[[W]]
// ZPLUS: #saliency.division<stab>, epsilon = 9.99999997E-7 : f32
// ZPLUS-COUNT-2: saliency.gemm_adjoint
func.func @forward(%x: tensor<1x2xf32>) -> tensor<1x3xf32> {
  %w = saliency.constant {value = dense<[[1.0, -1.0], [2.0, 0.0], [3.0, 1.0]]> : tensor<3x2xf32>} : tensor<3x2xf32>
  %y = saliency.gemm %x, %w : (tensor<1x2xf32>, tensor<3x2xf32>) -> tensor<1x3xf32>
  return %y : tensor<1x3xf32>
}
