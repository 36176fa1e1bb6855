// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: saliency-opt %s --saliency-apply-schedule --canonicalize --cse | FileCheck %s

// Two rows by one vector in registers; the second panel of lanes is narrower.
// CHECK-LABEL: func @tile
//   CHECK-NOT: linalg
//       CHECK: scf.for {{.*}} {
//       CHECK:   %[[SUM:.+]]:2 = scf.for {{.*}} iter_args(%[[A:.+]] = %{{.+}}, %[[B:.+]] = %{{.+}}) -> (vector<4xf32>, vector<4xf32>)
//       CHECK:     %[[X0:.+]] = memref.load
//       CHECK:     %[[V0:.+]] = vector.broadcast %[[X0]] : f32 to vector<4xf32>
//       CHECK:     %[[W:.+]] = vector.load
//       CHECK:     %[[R0:.+]] = vector.fma %[[V0]], %[[W]], %[[A]]
//       CHECK:     %[[X1:.+]] = memref.load
//       CHECK:     %[[V1:.+]] = vector.broadcast %[[X1]]
//       CHECK:     %[[R1:.+]] = vector.fma %[[V1]], %[[W]], %[[B]]
//       CHECK:     scf.yield %[[R0]], %[[R1]]
//       CHECK:   vector.store %[[SUM]]#0
//       CHECK:   vector.store %[[SUM]]#1
//       CHECK:   scf.for {{.*}} -> (vector<2xf32>, vector<2xf32>)
//   CHECK-NOT: scf.for
func.func @tile(%a: memref<4x8xf32>, %b: memref<8x6xf32>, %c: memref<4x6xf32>) {
  linalg.matmul {saliency.schedule = {
      loops = [[0], [1], [2]], form = "broadcast", lanes = array<i64: 1, 4, 1>,
      registers = [[0, 2]], blocks = [], unroll = array<i64>,
      order = array<i64: 0, 1>}}
    ins(%a, %b : memref<4x8xf32>, memref<8x6xf32>) outs(%c : memref<4x6xf32>)
  return
}

// A zero fill becomes the first value of the accumulators.
// CHECK-LABEL: func @zero_fill
//   CHECK-NOT: linalg.fill
//       CHECK: %[[ZERO:.+]] = arith.constant dense<0.000000e+00> : vector<4xf32>
//       CHECK: scf.for {{.*}} iter_args({{.*}} = %[[ZERO]])
func.func @zero_fill(%a: memref<4x8xf32>, %b: memref<8x4xf32>,
                     %c: memref<4x4xf32>) {
  %zero = arith.constant 0.0 : f32
  linalg.fill ins(%zero : f32) outs(%c : memref<4x4xf32>)
  linalg.matmul {saliency.schedule = {
      loops = [[0], [1], [2]], form = "broadcast", lanes = array<i64: 1, 4, 1>,
      registers = [], blocks = [], unroll = array<i64>,
      order = array<i64: 0, 1>}}
    ins(%a, %b : memref<4x8xf32>, memref<8x4xf32>) outs(%c : memref<4x4xf32>)
  return
}

// Not when something reads it in between, nor when the sum is blocked.
// CHECK-LABEL: func @fill_is_read
//       CHECK: linalg.fill
//       CHECK: memref.copy
func.func @fill_is_read(%a: memref<4x8xf32>, %b: memref<8x4xf32>,
                        %c: memref<4x4xf32>, %d: memref<4x4xf32>) {
  %zero = arith.constant 0.0 : f32
  linalg.fill ins(%zero : f32) outs(%c : memref<4x4xf32>)
  memref.copy %c, %d : memref<4x4xf32> to memref<4x4xf32>
  linalg.matmul {saliency.schedule = {
      loops = [[0], [1], [2]], form = "broadcast", lanes = array<i64: 1, 4, 1>,
      registers = [], blocks = [], unroll = array<i64>,
      order = array<i64: 0, 1>}}
    ins(%a, %b : memref<4x8xf32>, memref<8x4xf32>) outs(%c : memref<4x4xf32>)
  return
}

// CHECK-LABEL: func @fill_and_blocks
//       CHECK: linalg.fill
func.func @fill_and_blocks(%a: memref<4x8xf32>, %b: memref<8x4xf32>,
                           %c: memref<4x4xf32>) {
  %zero = arith.constant 0.0 : f32
  linalg.fill ins(%zero : f32) outs(%c : memref<4x4xf32>)
  linalg.matmul {saliency.schedule = {
      loops = [[0], [1], [2]], form = "broadcast", lanes = array<i64: 1, 4, 1>,
      registers = [], blocks = [[2, 4]], unroll = array<i64>,
      order = array<i64: 2, 0, 1>}}
    ins(%a, %b : memref<4x8xf32>, memref<8x4xf32>) outs(%c : memref<4x4xf32>)
  return
}

// Both outer loops make one scf.parallel; the reduction stays inside.
// CHECK-LABEL: func @parallel
//       CHECK: %[[N:.+]] = arith.constant 12 : index
//       CHECK: scf.parallel (%[[I:.+]]) = (%{{.+}}) to (%[[N]])
//   CHECK-DAG:   arith.remui %[[I]]
//   CHECK-DAG:   arith.divui %[[I]]
//       CHECK:   scf.for {{.*}} iter_args
//       CHECK:   vector.store
func.func @parallel(%a: memref<6x8xf32>, %b: memref<8x8xf32>,
                    %c: memref<6x8xf32>) {
  linalg.matmul {saliency.parallel, saliency.schedule = {
      loops = [[0], [1], [2]], form = "broadcast", lanes = array<i64: 1, 4, 1>,
      registers = [], blocks = [], unroll = array<i64>,
      order = array<i64: 0, 1>}}
    ins(%a, %b : memref<6x8xf32>, memref<8x8xf32>) outs(%c : memref<6x8xf32>)
  return
}

// Partial sums of four rows meet in one vector, stored at once.
// CHECK-LABEL: func @dot
//       CHECK: %[[S:.+]]:4 = scf.for
//       CHECK: vector.shuffle %[[S]]#0, %[[S]]#1 [0, 1, 4, 5]
//       CHECK: vector.shuffle %[[S]]#0, %[[S]]#1 [2, 3, 6, 7]
//       CHECK: %[[T:.+]] = arith.addf %{{.+}}, %{{.+}} : vector<4xf32>
//       CHECK: vector.store
func.func @dot(%w: memref<4x8xf32>, %x: memref<8xf32>, %y: memref<4xf32>) {
  linalg.matvec {saliency.schedule = {
      loops = [[0], [1]], form = "dot", lanes = array<i64: 1, 4, 1>,
      registers = [[0, 4]], blocks = [], unroll = array<i64>,
      order = array<i64: 0>}}
    ins(%w, %x : memref<4x8xf32>, memref<8xf32>) outs(%y : memref<4xf32>)
  return
}

// Arithmetic on an operand is done once per loaded value.
// CHECK-LABEL: func @factor
//       CHECK: scf.for
//       CHECK:   %[[W:.+]] = vector.load
//       CHECK:   %[[P:.+]] = arith.maximumf %[[W]], %{{.+}} : vector<4xf32>
//       CHECK:   vector.fma %{{.+}}, %[[P]]
//       CHECK:   vector.fma %{{.+}}, %[[P]]
func.func @factor(%a: memref<2x8xf32>, %b: memref<8x4xf32>,
                  %c: memref<2x4xf32>) {
  %zero = arith.constant 0.0 : f32
  linalg.generic {indexing_maps = [affine_map<(m, n, k) -> (m, k)>,
      affine_map<(m, n, k) -> (k, n)>, affine_map<(m, n, k) -> (m, n)>],
    iterator_types = ["parallel", "parallel", "reduction"]}
    ins(%a, %b : memref<2x8xf32>, memref<8x4xf32>) outs(%c : memref<2x4xf32>)
    attrs = {saliency.schedule = {
      loops = [[0], [1], [2]], form = "broadcast", lanes = array<i64: 1, 4, 1>,
      registers = [[0, 2]], blocks = [], unroll = array<i64>,
      order = array<i64: 0, 1>}} {
  ^bb0(%x: f32, %w: f32, %y: f32):
    %positive = arith.maximumf %w, %zero : f32
    %p = arith.mulf %x, %positive : f32
    %s = arith.addf %y, %p : f32
    linalg.yield %s : f32
  }
  return
}
