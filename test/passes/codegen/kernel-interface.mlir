// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: saliency-opt %s --saliency-kernel-interface | FileCheck %s

// CHECK: saliency.interface = {classes = 3 : i64, input = array<i64: 1, 4>,
// CHECK-SAME: layers = [{name = "hidden", offset = 0 : i64, shape = array<i64: 1, 4>}]
// CHECK-SAME: maps = [{plane = array<i64: 0, 0>, shape = array<i64: 1, 4>}]
// CHECK-SAME: tensors = [{classes = true, elements = 1 : i64, name = "classes", required = true}]

// weights, workspace, input, targets, maps, maps2d, logits, layers, classes,
// then counts and hooks.
// CHECK: func.func @explain(%{{[^,]*}}: memref<?xi8>, %{{[^,]*}}: memref<?xi8>, %[[INPUT:[^,]*]]: memref<?xi8>, %[[TARGETS:[^,]*]]: memref<?xi8>,
// CHECK-SAME: %[[MAPS:[^,]*]]: memref<?xi8>, %{{[^,]*}}: memref<?xi8>, %[[LOGITS:[^,]*]]: memref<?xi8>, %[[LAYERS:[^,]*]]: memref<?xi8>, %[[CLASSES:[^,]*]]: memref<?xi8>,
// CHECK-SAME: %[[COUNT:[^,]*]]: index, %[[ENTRIES:[^,]*]]: index, %{{[^,]*}}: !llvm.ptr)
func.func @explain(%input: tensor<1x4xf32> {saliency.role = "input"},
                   %target: tensor<1xi64> {saliency.role = "target"},
                   %classes: tensor<?x1xi64> {saliency.role = "tensor:classes", saliency.required})
    -> (tensor<1x4xf32> {saliency.role = "map"}, tensor<1x3xf32> {saliency.role = "logits"},
        tensor<1x4xf32> {saliency.role = "layer:hidden"}, tensor<1xi64> {saliency.role = "target"}) {
  // CHECK: memref.view %[[INPUT]]
  // CHECK: memref.view %[[CLASSES]][%{{.*}}][%[[ENTRIES]]] : memref<?xi8> to memref<?x1xi64>
  // What the target does not reach is computed once.
  // CHECK: math.exp
  %hidden = math.exp %input : tensor<1x4xf32>
  // CHECK: %[[SLICE:.*]] = tensor.extract_slice
  %logits = tensor.extract_slice %hidden[0, 0] [1, 3] [1, 1] : tensor<1x4xf32> to tensor<1x3xf32>
  // CHECK: %[[TO:.*]] = memref.view %[[LOGITS]]
  // CHECK: bufferization.materialize_in_destination %[[SLICE]] in restrict writable %[[TO]]
  // CHECK: scf.for %[[T:.*]] = %{{.*}} to %[[COUNT]]
  // CHECK: %[[BYTES:.*]] = arith.muli %[[T]], %c8
  // CHECK: memref.view %[[TARGETS]][%[[BYTES]]]
  %c0 = arith.constant 0 : index
  %class = tensor.extract %target[%c0] : tensor<1xi64>
  %float = arith.sitofp %class : i64 to f32
  %splat = tensor.splat %float : tensor<1x4xf32>
  // CHECK: %[[MAP:.*]] = arith.mulf
  // CHECK: %[[TO:.*]] = memref.view %[[MAPS]]
  // CHECK: materialize_in_destination %[[MAP]] in restrict writable %[[TO]]
  %map = arith.mulf %hidden, %splat : tensor<1x4xf32>
  return %map, %logits, %hidden, %target : tensor<1x4xf32>, tensor<1x3xf32>, tensor<1x4xf32>, tensor<1xi64>
}
