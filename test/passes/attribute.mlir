// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// REQUIRES: gradient, input-x-gradient, guided-backprop, deconvnet, lrp-epsilon
// RUN: saliency-opt %s --saliency-attribute=method=gradient | FileCheck %s --check-prefix=GRADIENT
// RUN: saliency-opt %s --saliency-attribute-gradient | FileCheck %s --check-prefix=GRADIENT
// RUN: saliency-opt %s --saliency-attribute="method=gradient target=2" | FileCheck %s --check-prefix=FIXED
// RUN: saliency-opt %s --saliency-attribute-guided-backprop | FileCheck %s --check-prefix=GUIDED
// RUN: saliency-opt %s --saliency-attribute-deconvnet | FileCheck %s --check-prefix=DECONV
// RUN: saliency-opt %s --saliency-attribute-input-x-gradient | FileCheck %s --check-prefix=PRODUCT
// RUN: saliency-opt %s --saliency-attribute="method=lrp-epsilon params=epsilon=0.25" | FileCheck %s --check-prefix=EPSILON
// RUN: saliency-opt %s --saliency-attribute="method=lrp-epsilon conventions=zennit dump-relevance" | FileCheck %s --check-prefix=DUMP
// RUN: saliency-opt %s --saliency-attribute=method=forward | FileCheck %s --check-prefix=FORWARD

#conv = #saliency.window<kernel = [3, 3], strides = [1, 1], low = [1, 1], high = [1, 1], dilations = [1, 1]>
#pool = #saliency.window<kernel = [2, 2], strides = [2, 2], low = [0, 0], high = [0, 0], dilations = [1, 1]>

// The forward pass is kept; the derivative is taken op by op from the target's logit to the input.
// GRADIENT: func.func @explain(%[[X:.*]]: tensor<2x1x4x4xf32> {saliency.role = "input"}, %[[ASKED:.*]]: tensor<2xi64> {saliency.role = "target"})
// GRADIENT-SAME: -> (tensor<2x1x4x4xf32> {saliency.role = "map"}, tensor<2x1x4x4xf32> {saliency.role = "map2d"}, tensor<2x3xf32> {saliency.role = "logits"}, tensor<2xi64> {saliency.role = "target"})
// GRADIENT: %[[Y:.*]] = saliency.conv %[[X]], %[[W:.*]], %{{.*}} {onnx.value = "conv"
// GRADIENT: %[[A:.*]] = saliency.relu %[[Y]]
// GRADIENT: saliency.max_pool %[[A]]
// GRADIENT: %[[LOGITS:.*]] = saliency.gemm %{{.*}}, %[[FC:.*]] {
// GRADIENT: %[[OPEN:.*]] = arith.cmpi slt, %[[ASKED]], %{{.*}}
// GRADIENT: %[[BEST:.*]] = saliency.arg_max %[[LOGITS]]
// GRADIENT: %[[TARGET:.*]] = arith.select %[[OPEN]], %[[BEST]], %[[ASKED]]
// GRADIENT: %[[SEED:.*]] = saliency.one_hot %[[TARGET]] {classes = 3 : i64}
// GRADIENT: %[[R4:.*]] = saliency.gemm_adjoint %[[FC]], %[[SEED]]
// GRADIENT: %[[R3:.*]] = saliency.reshape %[[R4]] {shape = array<i64: 2, 2, 2, 2>}
// GRADIENT: %[[R2:.*]] = saliency.max_pool_adjoint %[[A]], %[[R3]]
// GRADIENT: %[[GATE:.*]] = arith.cmpf ogt, %[[Y]]
// GRADIENT: %[[R1:.*]] = arith.select %[[GATE]], %[[R2]]
// GRADIENT: %[[R0:.*]] = saliency.conv_adjoint %[[W]], %[[R1]]
// GRADIENT: %[[SUM:.*]] = saliency.reduce %[[R0]] {axes = array<i64: 1>, kind = #saliency.reduction<sum>}
// GRADIENT: return %[[R0]], %[[SUM]], %[[LOGITS]], %[[TARGET]]

// A fixed class is a constant, no argument.
// FIXED: func.func @explain(%{{[^,]*}}: tensor<2x1x4x4xf32> {saliency.role = "input"})
// FIXED-NOT: saliency.arg_max
// FIXED: %[[TARGET:.*]] = arith.constant dense<2> : tensor<2xi64>
// FIXED-NOT: saliency.arg_max
// FIXED: saliency.one_hot %[[TARGET]]

// Negative relevance is dropped before the gate of the rectifier.
// GUIDED: %[[R:.*]] = saliency.max_pool_adjoint
// GUIDED: %[[NEGATIVE:.*]] = arith.cmpf olt, %[[R]]
// GUIDED: %[[KEPT:.*]] = arith.select %[[NEGATIVE]], %{{.*}}, %[[R]]
// GUIDED: arith.select %{{.*}}, %[[KEPT]]
// GUIDED: saliency.conv_adjoint

// The rectifier acts on the relevance alone.
// DECONV: %[[R:.*]] = saliency.max_pool_adjoint
// DECONV: %[[NEGATIVE:.*]] = arith.cmpf olt, %[[R]]
// DECONV: %[[KEPT:.*]] = arith.select %[[NEGATIVE]], %{{.*}}, %[[R]]
// DECONV: saliency.conv_adjoint %{{.*}}, %[[KEPT]]

// PRODUCT: func.func @explain(%[[X:.*]]: tensor<2x1x4x4xf32> {saliency.role = "input"}
// PRODUCT: %[[R:.*]] = saliency.conv_adjoint
// PRODUCT: %[[MAP:.*]] = arith.mulf %[[R]], %[[X]]
// PRODUCT: return %[[MAP]]

// x W'(R / (z + epsilon)), the seed is the logit itself.
// EPSILON: %[[X:.*]] = saliency.reshape
// EPSILON: %[[LOGITS:.*]] = saliency.gemm %[[X]], %[[FC:.*]] {
// EPSILON: %[[ONE:.*]] = saliency.one_hot
// EPSILON: %[[R:.*]] = arith.mulf %[[ONE]], %[[LOGITS]]
// EPSILON: %[[S:.*]] = saliency.divide %[[R]], %[[LOGITS]] {division = #saliency.division<stab>, epsilon = 2.500000e-01 : f32}
// EPSILON: %[[C:.*]] = saliency.gemm_adjoint %[[FC]], %[[S]]
// EPSILON: arith.mulf %[[X]], %[[C]]

// zennit's conventions seed 1; relevance of every named value from the logits down.
// DUMP: {saliency.role = "layer:logits"}, {{.*}} {saliency.role = "layer:flat"}, {{.*}} {saliency.role = "layer:pool"}, {{.*}} {saliency.role = "layer:relu"}, tensor<2x2x4x4xf32> {saliency.role = "layer:conv"})
// DUMP: %[[ONE:.*]] = saliency.one_hot
// DUMP: saliency.divide %[[ONE]]
// DUMP: return {{.*}}%[[ONE]], %{{.*}}, %{{.*}}, %{{.*}}, %{{.*}} :

// FORWARD: func.func @explain(%{{.*}}: tensor<2x1x4x4xf32> {saliency.role = "input"}) -> (tensor<2x3xf32> {saliency.role = "map"}, tensor<2x3xf32> {saliency.role = "logits"})
// FORWARD-NOT: one_hot
func.func @forward(%x: tensor<2x1x4x4xf32>) -> tensor<2x3xf32> {
  %w = saliency.constant {value = dense<0.5> : tensor<2x1x3x3xf32>} : tensor<2x1x3x3xf32>
  %b = saliency.constant {value = dense<[-1.0, 1.0]> : tensor<2xf32>} : tensor<2xf32>
  %fc = saliency.constant {value = dense<0.25> : tensor<3x8xf32>} : tensor<3x8xf32>
  %conv = saliency.conv %x, %w, %b {window = #conv, onnx.value = "conv"} : (tensor<2x1x4x4xf32>, tensor<2x1x3x3xf32>, tensor<2xf32>) -> tensor<2x2x4x4xf32>
  %relu = saliency.relu %conv {onnx.value = "relu"} : (tensor<2x2x4x4xf32>) -> tensor<2x2x4x4xf32>
  %pool = saliency.max_pool %relu {window = #pool, onnx.value = "pool"} : (tensor<2x2x4x4xf32>) -> tensor<2x2x2x2xf32>
  %flat = saliency.reshape %pool {shape = array<i64: 2, 8>, onnx.value = "flat"} : (tensor<2x2x2x2xf32>) -> tensor<2x8xf32>
  %logits = saliency.gemm %flat, %fc {onnx.value = "logits"} : (tensor<2x8xf32>, tensor<3x8xf32>) -> tensor<2x3xf32>
  %p = saliency.softmax %logits {axis = 1 : i64, onnx.value = "p"} : (tensor<2x3xf32>) -> tensor<2x3xf32>
  return %p : tensor<2x3xf32>
}
