// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: saliency-opt %s --split-input-file --verify-diagnostics --saliency-apply-schedule

func.func @not_a_contraction(%a: memref<8xf32>, %b: memref<8xf32>,
                             %c: memref<8xf32>) {
  // expected-error @below {{a contraction's body is out + f(lhs) * g(rhs), f and g elementwise}}
  linalg.add {saliency.schedule = {}}
    ins(%a, %b : memref<8xf32>, memref<8xf32>) outs(%c : memref<8xf32>)
  return
}

// -----

func.func @no_dictionary(%a: memref<4x8xf32>, %b: memref<8x4xf32>,
                         %c: memref<4x4xf32>) {
  // expected-error @below {{a schedule is a dictionary of loops, form, lanes, registers, blocks, unroll and order; found {form = "dot"}}}
  linalg.matmul {saliency.schedule = {form = "dot"}}
    ins(%a, %b : memref<4x8xf32>, memref<8x4xf32>) outs(%c : memref<4x4xf32>)
  return
}

// -----

func.func @breaks_inside(%a: memref<4x8xf32>, %b: memref<8x4xf32>,
                         %c: memref<4x4xf32>) {
  // expected-error @below {{loops hold every dim of extent > 1 once, and only dims that every operand walks through with one stride are one loop; found}}
  linalg.matmul {saliency.schedule = {
      loops = [[0, 1], [2]], form = "broadcast", lanes = array<i64: 0, 4, 1>,
      registers = [], blocks = [], unroll = array<i64>,
      order = array<i64: 0>}}
    ins(%a, %b : memref<4x8xf32>, memref<8x4xf32>) outs(%c : memref<4x4xf32>)
  return
}

// -----

func.func @width(%a: memref<4x8xf32>, %b: memref<8x4xf32>,
                 %c: memref<4x4xf32>) {
  // expected-error @below {{lanes name a loop, a power of two and at least one vector; found}}
  linalg.matmul {saliency.schedule = {
      loops = [[0], [1], [2]], form = "broadcast", lanes = array<i64: 1, 3, 1>,
      registers = [], blocks = [], unroll = array<i64>,
      order = array<i64: 0, 1>}}
    ins(%a, %b : memref<4x8xf32>, memref<8x4xf32>) outs(%c : memref<4x4xf32>)
  return
}

// -----

func.func @lane_strides(%a: memref<4x8xf32>, %b: memref<8x4xf32>,
                        %c: memref<4x4xf32>) {
  // expected-error @below {{the lane loop has the strides its form asks for; found}}
  linalg.matmul {saliency.schedule = {
      loops = [[0], [1], [2]], form = "broadcast", lanes = array<i64: 0, 4, 1>,
      registers = [], blocks = [], unroll = array<i64>,
      order = array<i64: 0, 1>}}
    ins(%a, %b : memref<4x8xf32>, memref<8x4xf32>) outs(%c : memref<4x4xf32>)
  return
}

// -----

func.func @registers(%a: memref<4x8xf32>, %b: memref<8x4xf32>,
                     %c: memref<4x4xf32>) {
  // expected-error @below {{a register loop moves the output and is not the lane loop; found}}
  linalg.matmul {saliency.schedule = {
      loops = [[0], [1], [2]], form = "broadcast", lanes = array<i64: 1, 4, 1>,
      registers = [[2, 2]], blocks = [], unroll = array<i64>,
      order = array<i64: 0, 1>}}
    ins(%a, %b : memref<4x8xf32>, memref<8x4xf32>) outs(%c : memref<4x4xf32>)
  return
}

// -----

func.func @registers_twice(%a: memref<4x8xf32>, %b: memref<8x4xf32>,
                           %c: memref<4x4xf32>) {
  // expected-error @below {{registers name each loop at most once; found}}
  linalg.matmul {saliency.schedule = {
      loops = [[0], [1], [2]], form = "broadcast", lanes = array<i64: 1, 4, 1>,
      registers = [[0, 2], [0, 2]], blocks = [], unroll = array<i64>,
      order = array<i64: 0, 1>}}
    ins(%a, %b : memref<4x8xf32>, memref<8x4xf32>) outs(%c : memref<4x4xf32>)
  return
}

// -----

func.func @blocks(%a: memref<4x8xf32>, %b: memref<8x4xf32>,
                  %c: memref<4x4xf32>) {
  // expected-error @below {{a blocked loop is a reduction in the order; found}}
  linalg.matmul {saliency.schedule = {
      loops = [[0], [1], [2]], form = "broadcast", lanes = array<i64: 1, 4, 1>,
      registers = [], blocks = [[2, 4]], unroll = array<i64>,
      order = array<i64: 0, 1>}}
    ins(%a, %b : memref<4x8xf32>, memref<8x4xf32>) outs(%c : memref<4x4xf32>)
  return
}

// -----

func.func @unroll(%a: memref<4x8xf32>, %b: memref<8x4xf32>,
                  %c: memref<4x4xf32>) {
  // expected-error @below {{an unrolled loop is a reduction inside the accumulators; found}}
  linalg.matmul {saliency.schedule = {
      loops = [[0], [1], [2]], form = "broadcast", lanes = array<i64: 1, 4, 1>,
      registers = [], blocks = [], unroll = array<i64: 0>,
      order = array<i64: 0, 1>}}
    ins(%a, %b : memref<4x8xf32>, memref<8x4xf32>) outs(%c : memref<4x4xf32>)
  return
}

// -----

func.func @order_twice(%a: memref<4x8xf32>, %b: memref<8x4xf32>,
                       %c: memref<4x4xf32>) {
  // expected-error @below {{the order names each loop at most once; found}}
  linalg.matmul {saliency.schedule = {
      loops = [[0], [1], [2]], form = "broadcast", lanes = array<i64: 1, 4, 1>,
      registers = [], blocks = [], unroll = array<i64>,
      order = array<i64: 0, 0>}}
    ins(%a, %b : memref<4x8xf32>, memref<8x4xf32>) outs(%c : memref<4x4xf32>)
  return
}

// -----

func.func @order_incomplete(%a: memref<4x8xf32>, %b: memref<8x4xf32>,
                            %c: memref<4x4xf32>) {
  // expected-error @below {{the order names every loop that moves the output; found}}
  linalg.matmul {saliency.schedule = {
      loops = [[0], [1], [2]], form = "broadcast", lanes = array<i64: 1, 4, 1>,
      registers = [], blocks = [], unroll = array<i64>,
      order = array<i64: 1>}}
    ins(%a, %b : memref<4x8xf32>, memref<8x4xf32>) outs(%c : memref<4x4xf32>)
  return
}

// -----

func.func @dot_order(%w: memref<4x8xf32>, %x: memref<8xf32>,
                     %y: memref<4xf32>) {
  // expected-error @below {{the lane loop of a dot is inside the accumulators; found}}
  linalg.matvec {saliency.schedule = {
      loops = [[0], [1]], form = "dot", lanes = array<i64: 1, 4, 1>,
      registers = [], blocks = [], unroll = array<i64>,
      order = array<i64: 0, 1>}}
    ins(%w, %x : memref<4x8xf32>, memref<8xf32>) outs(%y : memref<4xf32>)
  return
}

// -----

// Overlapping taps in one tile would add to an element twice from one copy.
func.func @meets_itself(%r: memref<8xf32>, %k: memref<3xf32>,
                        %x: memref<10xf32>) {
  // expected-error @below {{no two accumulators of a tile are one output element; found}}
  linalg.generic {indexing_maps = [affine_map<(h, i) -> (h)>,
      affine_map<(h, i) -> (i)>, affine_map<(h, i) -> (h + i)>],
    iterator_types = ["reduction", "reduction"]}
    ins(%r, %k : memref<8xf32>, memref<3xf32>) outs(%x : memref<10xf32>)
    attrs = {saliency.schedule = {
      loops = [[0], [1]], form = "broadcast", lanes = array<i64: 0, 8, 1>,
      registers = [[1, 3]], blocks = [], unroll = array<i64>,
      order = array<i64: 0, 1>}} {
  ^bb0(%a: f32, %b: f32, %c: f32):
    %p = arith.mulf %a, %b : f32
    %s = arith.addf %c, %p : f32
    linalg.yield %s : f32
  }
  return
}

// -----

// Windows two cells apart, of three taps: two in one tile would be added in another order than one by one.
func.func @shares_elements(%r: memref<8xf32>, %k: memref<3xf32>,
                           %x: memref<17xf32>) {
  // expected-error @below {{loops that share output elements stay out of tiles; found}}
  linalg.generic {indexing_maps = [affine_map<(h, i) -> (h)>,
      affine_map<(h, i) -> (i)>, affine_map<(h, i) -> (h * 2 + i)>],
    iterator_types = ["reduction", "reduction"]}
    ins(%r, %k : memref<8xf32>, memref<3xf32>) outs(%x : memref<17xf32>)
    attrs = {saliency.schedule = {
      loops = [[0], [1]], form = "broadcast", lanes = array<i64: 1, 2, 1>,
      registers = [[0, 2]], blocks = [], unroll = array<i64>,
      order = array<i64: 0, 1>}} {
  ^bb0(%a: f32, %b: f32, %c: f32):
    %p = arith.mulf %a, %b : f32
    %s = arith.addf %c, %p : f32
    linalg.yield %s : f32
  }
  return
}

// -----

// The taps around the windows: each cell's contributions would come in another order.
func.func @other_order(%r: memref<8xf32>, %k: memref<3xf32>,
                       %x: memref<17xf32>) {
  // expected-error @below {{loops that share output elements keep their order, outside the others that scatter; found}}
  linalg.generic {indexing_maps = [affine_map<(h, i) -> (h)>,
      affine_map<(h, i) -> (i)>, affine_map<(h, i) -> (h * 2 + i)>],
    iterator_types = ["reduction", "reduction"]}
    ins(%r, %k : memref<8xf32>, memref<3xf32>) outs(%x : memref<17xf32>)
    attrs = {saliency.schedule = {
      loops = [[0], [1]], form = "broadcast", lanes = array<i64: 1, 2, 1>,
      registers = [], blocks = [], unroll = array<i64>,
      order = array<i64: 1, 0>}} {
  ^bb0(%a: f32, %b: f32, %c: f32):
    %p = arith.mulf %a, %b : f32
    %s = arith.addf %c, %p : f32
    linalg.yield %s : f32
  }
  return
}
