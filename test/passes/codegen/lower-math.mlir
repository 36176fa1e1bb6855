// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: saliency-opt %s --saliency-lower-math | FileCheck %s
// RUN: saliency-opt %s --saliency-lower-math=fma=false | FileCheck %s --check-prefix=SPLIT

// CHECK-LABEL: func @functions
// CHECK-NOT: math.exp
// CHECK-NOT: math.tanh
// CHECK-NOT: math.floor
// CHECK-NOT: math.rsqrt
// CHECK: math.sqrt
// CHECK: return
// SPLIT-NOT: math.fma
func.func @functions(%x: f32) -> (f32, f32, f32, f32, f32) {
  %a = math.exp %x : f32
  %b = math.tanh %x : f32
  %c = math.floor %x : f32
  %d = math.rsqrt %x : f32
  %e = math.log %x : f32
  return %a, %b, %c, %d, %e : f32, f32, f32, f32, f32
}

// CHECK-LABEL: func @products
// CHECK: vector.fma
// SPLIT-LABEL: func @products
// SPLIT: arith.mulf
// SPLIT: arith.addf
func.func @products(%x: vector<8xf32>) -> vector<8xf32> {
  %a = vector.fma %x, %x, %x : vector<8xf32>
  return %a : vector<8xf32>
}
