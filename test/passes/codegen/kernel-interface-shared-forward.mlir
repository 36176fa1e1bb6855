// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: saliency-opt %s --saliency-kernel-interface | FileCheck %s

// A cheap elementwise operation that only the backward pass uses moves there,
// so that its result is not kept during all of it; an expensive one stays.

#id = affine_map<(n, c) -> (n, c)>

// CHECK-LABEL: func.func @explain
func.func @explain(%input: tensor<1x4xf32> {saliency.role = "input"},
                   %target: tensor<1xi64> {saliency.role = "target"})
    -> (tensor<1x4xf32> {saliency.role = "map"}, tensor<1x4xf32> {saliency.role = "logits"}) {
  %zero = arith.constant 0.0 : f32
  %empty = tensor.empty() : tensor<1x4xf32>
  // CHECK: math.exp
  %expensive = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%input : tensor<1x4xf32>) outs(%empty : tensor<1x4xf32>) {
  ^bb0(%x: f32, %o: f32):
    %y = math.exp %x : f32
    linalg.yield %y : f32
  } -> tensor<1x4xf32>
  // CHECK: scf.for
  // CHECK: arith.maximumf
  %cheap = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%input : tensor<1x4xf32>) outs(%empty : tensor<1x4xf32>) {
  ^bb0(%x: f32, %o: f32):
    %y = arith.maximumf %x, %zero : f32
    linalg.yield %y : f32
  } -> tensor<1x4xf32>
  %c0 = arith.constant 0 : index
  %class = tensor.extract %target[%c0] : tensor<1xi64>
  %float = arith.sitofp %class : i64 to f32
  %map = linalg.generic {indexing_maps = [#id, #id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%cheap, %expensive : tensor<1x4xf32>, tensor<1x4xf32>) outs(%empty : tensor<1x4xf32>) {
  ^bb0(%x: f32, %y: f32, %o: f32):
    %p = arith.mulf %x, %y : f32
    %q = arith.mulf %p, %float : f32
    linalg.yield %q : f32
  } -> tensor<1x4xf32>
  return %map, %input : tensor<1x4xf32>, tensor<1x4xf32>
}
