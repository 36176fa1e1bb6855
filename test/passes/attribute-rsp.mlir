// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// REQUIRES: rsp
// RUN: saliency-opt %s --saliency-attribute-rsp | FileCheck %s
// RUN: saliency-opt %s --saliency-attribute="method=rsp params=layer=relu1" | FileCheck %s --check-prefix=LAYER
// RUN: saliency-opt %s --saliency-attribute="method=rsp params=seed=hostile" | FileCheck %s --check-prefix=HOSTILE

#conv = #saliency.window<kernel = [3, 3], strides = [1, 1], low = [1, 1], high = [1, 1], dilations = [1, 1]>
#all = #saliency.window<kernel = [4, 4], strides = [1, 1], low = [0, 0], high = [0, 0], dilations = [1, 1]>

// The seed is the last map before the classifier times its channels' mean gradient, over the largest entry.
// CHECK: %[[A1:.*]] = saliency.relu %{{.*}} {onnx.value = "relu1"}
// CHECK: %[[A2:.*]] = saliency.relu %{{.*}} {onnx.value = "relu2"}
// CHECK: %[[G:.*]] = saliency.avg_pool_adjoint
// CHECK: %[[MEAN:.*]] = saliency.reduce %[[G]] {axes = array<i64: 2, 3>, kind = #saliency.reduction<mean>}
// CHECK: %[[ALL:.*]] = saliency.broadcast %[[MEAN]]
// CHECK: %[[M:.*]] = arith.mulf %[[A2]], %[[ALL]]
// CHECK: %[[MAX:.*]] = saliency.reduce %[[M]] {axes = array<i64: 1, 2, 3>, kind = #saliency.reduction<max>}
// CHECK: saliency.divide %[[M]], %{{.*}} {division = #saliency.division<plus>, epsilon = {{.*}}}
// Positive and negative relevance go back through filters correlated from the data, not through the weights.
// CHECK: %[[F:.*]] = saliency.conv_correlate %{{.*}} : (tensor<1x2x4x4xf32>, tensor<1x3x4x4xf32>) -> tensor<1x3x2x3x3xf32>
// CHECK: saliency.conv %{{.*}}, %[[F]]
// CHECK: #saliency.division<zero_safe>
// CHECK: saliency.conv_adjoint %[[F]]
// CHECK: saliency.conv_correlate
// CHECK: kind = #saliency.reduction<count_nonzero>
// The box rule at the first layer has the data's own bounds.
// CHECK: saliency.reduce %{{.*}} {axes = array<i64: 1, 2, 3>, kind = #saliency.reduction<min>} : (tensor<1x1x4x4xf32>) -> tensor<1x1x1x1xf32>
// CHECK: saliency.reduce %{{.*}} {axes = array<i64: 1, 2, 3>, kind = #saliency.reduction<max>} : (tensor<1x1x4x4xf32>) -> tensor<1x1x1x1xf32>
// CHECK-COUNT-3: saliency.conv_adjoint

// A layer named by the user: nothing above it is walked by rule.
// LAYER: %[[A1:.*]] = saliency.relu %{{.*}} {onnx.value = "relu1"}
// LAYER: %[[G:.*]] = saliency.conv_adjoint
// LAYER: %[[MEAN:.*]] = saliency.reduce %[[G]] {axes = array<i64: 2, 3>, kind = #saliency.reduction<mean>}
// LAYER: arith.mulf %[[A1]]
// LAYER-NOT: saliency.conv_correlate

// Hostile classes are listed per image at run time; without any, the runner-up is contrasted.
// HOSTILE: func.func @explain({{.*}}, %[[CLASSES:.*]]: tensor<?x1xi64> {saliency.role = "tensor:classes"})
// HOSTILE: arith.select {{.*}} : tensor<1x2xi1>, tensor<1x2xf32>
// HOSTILE: %[[SECOND:.*]] = saliency.arg_max
// HOSTILE: saliency.for_each_class %[[HOSTILE:.*]] in %[[CLASSES]] or %[[SECOND]] except %{{.*}} : tensor<?x1xi64> carrying
// HOSTILE: saliency.one_hot %[[HOSTILE]]
func.func @forward(%x: tensor<1x1x4x4xf32>) -> tensor<1x2xf32> {
  %w1 = saliency.constant {value = dense<0.5> : tensor<2x1x3x3xf32>} : tensor<2x1x3x3xf32>
  %w2 = saliency.constant {value = dense<0.5> : tensor<3x2x3x3xf32>} : tensor<3x2x3x3xf32>
  %fc = saliency.constant {value = dense<0.25> : tensor<2x3xf32>} : tensor<2x3xf32>
  %conv1 = saliency.conv %x, %w1 {window = #conv} : (tensor<1x1x4x4xf32>, tensor<2x1x3x3xf32>) -> tensor<1x2x4x4xf32>
  %relu1 = saliency.relu %conv1 {onnx.value = "relu1"} : (tensor<1x2x4x4xf32>) -> tensor<1x2x4x4xf32>
  %conv2 = saliency.conv %relu1, %w2 {window = #conv} : (tensor<1x2x4x4xf32>, tensor<3x2x3x3xf32>) -> tensor<1x3x4x4xf32>
  %relu2 = saliency.relu %conv2 {onnx.value = "relu2"} : (tensor<1x3x4x4xf32>) -> tensor<1x3x4x4xf32>
  %mean = saliency.avg_pool %relu2 {window = #all} : (tensor<1x3x4x4xf32>) -> tensor<1x3x1x1xf32>
  %flat = saliency.reshape %mean {shape = array<i64: 1, 3>} : (tensor<1x3x1x1xf32>) -> tensor<1x3xf32>
  %logits = saliency.gemm %flat, %fc : (tensor<1x3xf32>, tensor<2x3xf32>) -> tensor<1x2xf32>
  return %logits : tensor<1x2xf32>
}
