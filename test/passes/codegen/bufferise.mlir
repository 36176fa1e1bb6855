// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: saliency-opt %s --saliency-bufferise --canonicalize --cse | FileCheck %s

// A result is written where the caller wants it, without a copy.
// CHECK-LABEL: func @in_destination
// CHECK-SAME: %[[IN:[^:]*]]: memref<8xf32>, %[[OUT:[^:]*]]: memref<8xf32>
// CHECK-NOT: memref.alloc
// CHECK: linalg.generic {{.*}} ins(%[[IN]] {{.*}} outs(%[[OUT]]
// CHECK-NOT: copy
func.func @in_destination(%in: memref<8xf32>, %out: memref<8xf32>) {
  %x = bufferization.to_tensor %in restrict : memref<8xf32> to tensor<8xf32>
  %e = tensor.empty() : tensor<8xf32>
  %y = linalg.generic {indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>], iterator_types = ["parallel"]} ins(%x : tensor<8xf32>) outs(%e : tensor<8xf32>) {
  ^bb0(%a: f32, %o: f32):
    %v = arith.addf %a, %a : f32
    linalg.yield %v : f32
  } -> tensor<8xf32>
  bufferization.materialize_in_destination %y in restrict writable %out : (tensor<8xf32>, memref<8xf32>) -> ()
  return
}

// The caller's input is never written.
// CHECK-LABEL: func @read_only
// CHECK-SAME: %[[IN:[^:]*]]: memref<8xf32>
// CHECK: %[[NEW:.*]] = memref.alloc() {alignment = 64 : i64} : memref<8xf32>
// CHECK: memref.copy %[[IN]], %[[NEW]]
// CHECK: memref.store %{{.*}}, %[[NEW]]
func.func @read_only(%in: memref<8xf32>, %out: memref<8xf32>, %v: f32, %i: index) {
  %x = bufferization.to_tensor %in restrict : memref<8xf32> to tensor<8xf32>
  %y = tensor.insert %v into %x[%i] : tensor<8xf32>
  %z = tensor.insert %v into %y[%i] : tensor<8xf32>
  %a = tensor.extract %z[%i] : tensor<8xf32>
  memref.store %a, %out[%i] : memref<8xf32>
  return
}
