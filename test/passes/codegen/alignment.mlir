// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A target's alignment reaches every offset.
// RUN: saliency-opt %s --saliency-externalise-weights='minimum-bytes=8 alignment=256' --saliency-bufferise=alignment=256 --saliency-plan-memory=alignment=256 --cse | FileCheck %s

// CHECK: saliency.weights = [{offset = 0 : i64
// CHECK-SAME: {offset = 256 : i64
// CHECK-SAME: saliency.weights_size = 512
// CHECK-SAME: saliency.workspace_size = 512
module attributes {saliency.interface = {classes = 3 : i64, input = array<i64: 3>, layers = [], maps = [{plane = array<i64: 0, 0>, shape = array<i64: 3>}], tensors = []}} {
  func.func @explain(%weights: memref<?xi8>, %workspace: memref<?xi8>, %input: memref<?xi8>, %targets: memref<?xi8>,
                     %maps: memref<?xi8>, %maps2d: memref<?xi8>, %logits: memref<?xi8>, %layers: memref<?xi8>,
                     %count: index, %hooks: !llvm.ptr) {
    %a = arith.constant dense<[1.0, 2.0, 3.0]> : tensor<3xf32>
    %b = arith.constant dense<[4.0, 5.0, 6.0]> : tensor<3xf32>
    %e = tensor.empty() : tensor<3xf32>
    %x = linalg.exp ins(%a : tensor<3xf32>) outs(%e : tensor<3xf32>) -> tensor<3xf32>
    %y = linalg.exp ins(%b : tensor<3xf32>) outs(%e : tensor<3xf32>) -> tensor<3xf32>
    // CHECK: memref.view %{{.*}}[%c256][] : memref<?xi8> to memref<3xf32>
    %c0 = arith.constant 0 : index
    %view = memref.view %maps[%c0][] : memref<?xi8> to memref<3xf32>
    %z = linalg.add ins(%x, %y : tensor<3xf32>, tensor<3xf32>) outs(%e : tensor<3xf32>) -> tensor<3xf32>
    bufferization.materialize_in_destination %z in restrict writable %view : (tensor<3xf32>, memref<3xf32>) -> ()
    return
  }
}
