// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: saliency-opt %s --split-input-file --verify-diagnostics \
// RUN:   --saliency-select-schedule="report=1 vector-bits=512 vector-registers=32 l1-bytes=32768 l2-bytes=1048576"

// Lanes are the columns; two rows of tiles, none smaller.
func.func @broadcast(%a: memref<28x32xf32>, %b: memref<32x64xf32>,
                     %c: memref<28x64xf32>) {
  // expected-remark @below {{form = "broadcast", lanes = array<i64: 1, 16, 2>, loops = [[0], [1], [2]], order = array<i64: 0, 1>, registers = [[0, 14]]}}
  linalg.matmul ins(%a, %b : memref<28x32xf32>, memref<32x64xf32>)
                outs(%c : memref<28x64xf32>)
  return
}

// -----

// A depthwise convolution: the taps of a row share vectors.
#x = affine_map<(h, w, c, i, j) -> (h + i, w + j, c)>
#k = affine_map<(h, w, c, i, j) -> (i, j, c)>
#y = affine_map<(h, w, c, i, j) -> (h, w, c)>
func.func @pairwise(%x: memref<14x14x32xf32>, %k: memref<3x3x32xf32>,
                    %y: memref<12x12x32xf32>) {
  // expected-remark @below {{form = "pairwise", lanes = array<i64: 2, 16, 1>}}
  linalg.generic {indexing_maps = [#x, #k, #y],
    iterator_types = ["parallel", "parallel", "parallel", "reduction",
                      "reduction"]}
    ins(%x, %k : memref<14x14x32xf32>, memref<3x3x32xf32>)
    outs(%y : memref<12x12x32xf32>) {
  ^bb0(%a: f32, %b: f32, %c: f32):
    %p = arith.mulf %a, %b : f32
    %s = arith.addf %p, %c : f32
    linalg.yield %s : f32
  }
  return
}

// -----

// Rows times rows: no lane in the output, so partial sums.
func.func @dot(%w: memref<100x64xf32>, %x: memref<64xf32>,
               %y: memref<100xf32>) {
  // expected-remark @below {{form = "dot", lanes = array<i64: 1, 16}}
  linalg.matvec ins(%w, %x : memref<100x64xf32>, memref<64xf32>)
                outs(%y : memref<100xf32>)
  return
}

// -----

// Pixels of a 1x1 convolution are one loop, rows or not.
#x = affine_map<(h, w, k, c) -> (h, w, c)>
#k = affine_map<(h, w, k, c) -> (c, k)>
#y = affine_map<(h, w, k, c) -> (h, w, k)>
func.func @collapse(%x: memref<7x7x16xf32>, %k: memref<16x16xf32>,
                    %y: memref<7x7x16xf32>) {
  // expected-remark @below {{loops = [[0, 1], [2], [3]]}}
  linalg.generic {indexing_maps = [#x, #k, #y],
    iterator_types = ["parallel", "parallel", "parallel", "reduction"]}
    ins(%x, %k : memref<7x7x16xf32>, memref<16x16xf32>)
    outs(%y : memref<7x7x16xf32>) {
  ^bb0(%a: f32, %b: f32, %c: f32):
    %p = arith.mulf %a, %b : f32
    %s = arith.addf %c, %p : f32
    linalg.yield %s : f32
  }
  return
}

// -----

// An adjoint with stride 2 into 3 channels: taps and channels of a row are
// neighbours in the output, 9 lanes instead of 3.
#r = affine_map<(h, w, k, i, j, c) -> (h, w, k)>
#k = affine_map<(h, w, k, i, j, c) -> (i, k, j, c)>
#x = affine_map<(h, w, k, i, j, c) -> (h * 2 + i, w * 2 + j, c)>
func.func @scatter(%r: memref<14x14x64xf32>, %k: memref<3x64x3x3xf32>,
                   %x: memref<29x29x3xf32>) {
  // expected-remark @below {{lanes = array<i64: 4, 8, 2>, loops = [[0], [1], [2], [3], [4, 5]]}}
  linalg.generic {indexing_maps = [#r, #k, #x],
    iterator_types = ["reduction", "reduction", "reduction", "reduction",
                      "reduction", "parallel"]}
    ins(%r, %k : memref<14x14x64xf32>, memref<3x64x3x3xf32>)
    outs(%x : memref<29x29x3xf32>) {
  ^bb0(%a: f32, %b: f32, %c: f32):
    %p = arith.mulf %a, %b : f32
    %s = arith.addf %c, %p : f32
    linalg.yield %s : f32
  }
  return
}

// -----

func.func @no_lanes(%a: memref<8x8xf32, strided<[16, 2]>>, %b: memref<8xf32>,
                    %c: memref<8xf32, strided<[2]>>) {
  // expected-remark @below {{a contraction has a loop with stride 1 where lanes are; left to scalar loops}}
  linalg.matvec ins(%a, %b : memref<8x8xf32, strided<[16, 2]>>, memref<8xf32>)
                outs(%c : memref<8xf32, strided<[2]>>)
  return
}

// -----

func.func @not_linear(%a: memref<4xf32>, %b: memref<8xf32>,
                      %c: memref<8xf32>) {
  // expected-remark @below {{a contraction's indexing maps are linear in the loops; left to scalar loops}}
  linalg.generic {indexing_maps = [affine_map<(i) -> (i floordiv 2)>,
      affine_map<(i) -> (i)>, affine_map<(i) -> (i)>],
    iterator_types = ["parallel"]}
    ins(%a, %b : memref<4xf32>, memref<8xf32>) outs(%c : memref<8xf32>) {
  ^bb0(%x: f32, %y: f32, %z: f32):
    %p = arith.mulf %x, %y : f32
    %s = arith.addf %z, %p : f32
    linalg.yield %s : f32
  }
  return
}

// -----

func.func @not_a_product(%a: memref<8xf32>, %b: memref<8xf32>,
                         %c: memref<8xf32>) {
  // expected-remark @below {{a contraction's body is out + f(lhs) * g(rhs), f and g elementwise; left to scalar loops}}
  linalg.add ins(%a, %b : memref<8xf32>, memref<8xf32>)
             outs(%c : memref<8xf32>)
  return
}

// -----

func.func @not_static(%a: memref<?x8xf32>, %b: memref<8x8xf32>,
                      %c: memref<?x8xf32>) {
  // expected-remark @below {{a contraction's operands are f32 memrefs of static shape and strides; left to scalar loops}}
  linalg.matmul ins(%a, %b : memref<?x8xf32>, memref<8x8xf32>)
                outs(%c : memref<?x8xf32>)
  return
}

// -----

func.func @in_place(%a: memref<8x8xf32>, %b: memref<8x8xf32>) {
  // expected-remark @below {{a contraction does not read its output; left to scalar loops}}
  linalg.matmul ins(%a, %b : memref<8x8xf32>, memref<8x8xf32>)
                outs(%a : memref<8x8xf32>)
  return
}

// -----

func.func @not_two_inputs(%a: memref<8xf32>, %b: memref<8xf32>) {
  // expected-remark @below {{a contraction has two inputs and one output, all memrefs; left to scalar loops}}
  linalg.negf ins(%a : memref<8xf32>) outs(%b : memref<8xf32>)
  return
}
