// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: saliency-opt %s --saliency-externalise-weights=minimum-bytes=8 | FileCheck %s

// Offsets are multiples of 64, equal contents share one.
// CHECK: saliency.weights = [{offset = 0 : i64, value = dense<[1.000000e+00, 2.000000e+00, 3.000000e+00]> : tensor<3xf32>},
// CHECK-SAME: {offset = 64 : i64, value = dense<[4.000000e+00, 5.000000e+00, 6.000000e+00]> : tensor<3xf32>}]
// CHECK-SAME: saliency.weights_size = 128
module attributes {saliency.interface = {classes = 3 : i64, input = array<i64: 3>, layers = [], maps = [{plane = array<i64: 0, 0>, shape = array<i64: 3>}], tensors = []}} {
  // CHECK: func.func @explain(%[[WEIGHTS:.*]]: memref<?xi8>)
  func.func @explain(%weights: memref<?xi8>) -> (tensor<3xf32>, tensor<1x3xf32>, tensor<3xf32>, tensor<8xf32>, tensor<2xf32>) {
    // CHECK: %[[C0:.*]] = arith.constant 0 : index
    // CHECK: %[[VIEW:.*]] = memref.view %[[WEIGHTS]][%[[C0]]][] : memref<?xi8> to memref<3xf32>
    // CHECK: bufferization.to_tensor %[[VIEW]] restrict
    %a = arith.constant dense<[1.0, 2.0, 3.0]> : tensor<3xf32>
    // CHECK: memref.view %[[WEIGHTS]][%{{.*}}][] : memref<?xi8> to memref<1x3xf32>
    %same = arith.constant dense<[[1.0, 2.0, 3.0]]> : tensor<1x3xf32>
    // CHECK: %[[C64:.*]] = arith.constant 64 : index
    // CHECK: memref.view %[[WEIGHTS]][%[[C64]]]
    %b = arith.constant dense<[4.0, 5.0, 6.0]> : tensor<3xf32>
    // CHECK: linalg.fill
    %splat = arith.constant dense<7.0> : tensor<8xf32>
    // CHECK: arith.constant dense<[8.000000e+00, 9.000000e+00]> : tensor<2xf32>
    %small = arith.constant dense<[8.0, 9.0]> : tensor<2xf32>
    return %a, %same, %b, %splat, %small : tensor<3xf32>, tensor<1x3xf32>, tensor<3xf32>, tensor<8xf32>, tensor<2xf32>
  }
}
