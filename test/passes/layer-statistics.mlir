// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: saliency-opt %s --saliency-layer-statistics --canonicalize --saliency-check-attribution | FileCheck %s
// RUN: saliency-opt %s --saliency-layer-statistics=active=always --canonicalize | FileCheck %s --check-prefix=ALWAYS

// A rectified layer counts what is above 0; past a pool, too. The last layer counts everything.
// CHECK-LABEL: func.func @explain
// CHECK-SAME: saliency.role = "map"
// CHECK-SAME: saliency.role = "logits"
// CHECK-SAME: tensor<1x2x1x3x3xf32> {saliency.role = "statistic:conv:xy"}, tensor<1x2x1x3x3xf32> {saliency.role = "statistic:conv:x"}, tensor<1x2xf32> {saliency.role = "statistic:conv:count"}, tensor<1x2xf32> {saliency.role = "statistic:conv:y"}
// CHECK-SAME: tensor<1x3x2xf32> {saliency.role = "statistic:scores:xy"}
// CHECK: %[[Y:.*]] = saliency.conv %[[X:.*]], %{{.*}} {{.*}}onnx.value = "conv"
// CHECK: %[[Z:.*]] = saliency.gemm %[[F:.*]], %{{.*}} {onnx.value = "scores"}
// CHECK: %[[ABOVE:.*]] = arith.cmpf ogt, %[[Y]]
// CHECK: %[[ACTIVE:.*]] = arith.select %[[ABOVE]], %[[ONES:.*]], %[[ZEROS:.*]] :
// CHECK: %[[COUNTED:.*]] = arith.select %[[ABOVE]], %[[Y]], %[[ZEROS]]
// CHECK: %[[XY:.*]] = saliency.conv_correlate %[[X]], %[[COUNTED]]
// CHECK: %[[MEAN:.*]] = saliency.conv_correlate %[[X]], %[[ACTIVE]]
// CHECK: saliency.reduce %[[ACTIVE]] {axes = array<i64: 2, 3>, kind = #saliency.reduction<sum>}
// CHECK: saliency.reduce %[[Y]] {axes = array<i64: 2, 3>, kind = #saliency.reduction<sum>}
// CHECK: saliency.gemm_correlate %[[F]], %[[Z]]
// CHECK: return %[[Z]], %[[Z]], %[[XY]], %[[MEAN]]

// ALWAYS-LABEL: func.func @explain
// ALWAYS: %[[Y:.*]] = saliency.conv %[[X:.*]], %
// ALWAYS-NOT: arith.cmpf
// ALWAYS: saliency.conv_correlate %[[X]], %[[Y]]
#conv = #saliency.window<kernel = [3, 3], strides = [1, 1], low = [1, 1], high = [1, 1], dilations = [1, 1]>
#all = #saliency.window<kernel = [4, 4], strides = [1, 1], low = [0, 0], high = [0, 0], dilations = [1, 1]>
func.func @forward(%x: tensor<1x1x4x4xf32>) -> tensor<1x3xf32> {
  %w = saliency.constant {value = dense<0.5> : tensor<2x1x3x3xf32>} : tensor<2x1x3x3xf32>
  %v = saliency.constant {value = dense<0.25> : tensor<3x2xf32>} : tensor<3x2xf32>
  %y = saliency.conv %x, %w {window = #conv, onnx.value = "conv"} : (tensor<1x1x4x4xf32>, tensor<2x1x3x3xf32>) -> tensor<1x2x4x4xf32>
  %p = saliency.max_pool %y {window = #all} : (tensor<1x2x4x4xf32>) -> tensor<1x2x1x1xf32>
  %r = saliency.relu %p : (tensor<1x2x1x1xf32>) -> tensor<1x2x1x1xf32>
  %f = saliency.reshape %r {shape = array<i64: 1, 2>} : (tensor<1x2x1x1xf32>) -> tensor<1x2xf32>
  %z = saliency.gemm %f, %v {onnx.value = "scores"} : (tensor<1x2xf32>, tensor<3x2xf32>) -> tensor<1x3xf32>
  return %z : tensor<1x3xf32>
}
