// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: saliency-opt %s --saliency-lower-loops=vector-bits=256 --canonicalize | FileCheck %s

#id = affine_map<(i, j) -> (i, j)>

// All loops become one; 12 x 10 = 3 x 32 + 2 x 8 + 8.
// CHECK-LABEL: func @elementwise
// CHECK: scf.for %[[I:.*]] = %c0 to %c96 step %c32
// CHECK: vector.load %{{.*}}[%[[I]]] : memref<120xf32>, vector<32xf32>
// CHECK: arith.addf {{.*}} : vector<32xf32>
// CHECK: vector.store
// CHECK: vector.load {{.*}}, vector<16xf32>
// CHECK: vector.load {{.*}}, vector<8xf32>
// CHECK-NOT: vector.load
func.func @elementwise(%a: memref<12x10xf32>, %b: memref<12x10xf32>) {
  linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]} ins(%a : memref<12x10xf32>) outs(%b : memref<12x10xf32>) {
  ^bb0(%x: f32, %o: f32):
    %y = arith.addf %x, %x : f32
    linalg.yield %y : f32
  }
  return
}

// Rows are summed in the lanes of the columns, in registers.
// CHECK-LABEL: func @column_sums
// CHECK: %[[START:.*]] = vector.load %{{.*}} : memref<8xf32>, vector<8xf32>
// CHECK: %[[SUM:.*]] = scf.for {{.*}} iter_args(%[[ACC:.*]] = %[[START]])
// CHECK: arith.addf %[[ACC]], %{{.*}} : vector<8xf32>
// CHECK: vector.store %[[SUM]]
func.func @column_sums(%a: memref<100x8xf32>, %b: memref<8xf32>) {
  linalg.generic {indexing_maps = [#id, affine_map<(i, j) -> (j)>], iterator_types = ["reduction", "parallel"]} ins(%a : memref<100x8xf32>) outs(%b : memref<8xf32>) {
  ^bb0(%x: f32, %o: f32):
    %y = arith.addf %o, %x : f32
    linalg.yield %y : f32
  }
  return
}

// A scalar of each row is loaded once and broadcast.
// CHECK-LABEL: func @broadcast
// CHECK: %[[S:.*]] = memref.load
// CHECK: vector.broadcast %[[S]] : f32 to vector<8xf32>
func.func @broadcast(%a: memref<3x8xf32>, %s: memref<3xf32>, %b: memref<3x8xf32>) {
  linalg.generic {indexing_maps = [#id, affine_map<(i, j) -> (i)>, #id], iterator_types = ["parallel", "parallel"]} ins(%a, %s : memref<3x8xf32>, memref<3xf32>) outs(%b : memref<3x8xf32>) {
  ^bb0(%x: f32, %y: f32, %o: f32):
    %z = arith.mulf %x, %y : f32
    linalg.yield %z : f32
  }
  return
}

// The index of a lane loop is a vector.
// CHECK-LABEL: func @index
// CHECK: vector.step : vector<8xindex>
// CHECK: arith.index_cast {{.*}} : vector<8xindex> to vector<8xi64>
func.func @index(%b: memref<8xi64>) {
  linalg.generic {indexing_maps = [affine_map<(i) -> (i)>], iterator_types = ["parallel"]} outs(%b : memref<8xi64>) {
  ^bb0(%o: i64):
    %i = linalg.index 0 : index
    %v = arith.index_cast %i : index to i64
    linalg.yield %v : i64
  }
  return
}

// A transposition works on squares: 16 rows of 8 are two squares of 8.
// CHECK-LABEL: func @transpose
// CHECK: scf.for %[[ACROSS:.*]] = %c0 to %c16 step %c8
// CHECK-COUNT-8: vector.load
// CHECK-COUNT-24: vector.shuffle
// CHECK-COUNT-8: vector.store
// CHECK-NOT: vector.load
func.func @transpose(%a: memref<8x16xf32>, %b: memref<16x8xf32>) {
  linalg.transpose ins(%a : memref<8x16xf32>) outs(%b : memref<16x8xf32>) permutation = [1, 0]
  return
}

// Narrow ones do not.
// CHECK-LABEL: func @narrow_transpose
// CHECK-NOT: vector
// CHECK: memref.store
func.func @narrow_transpose(%a: memref<3x16xf32>, %b: memref<16x3xf32>) {
  linalg.transpose ins(%a : memref<3x16xf32>) outs(%b : memref<16x3xf32>) permutation = [1, 0]
  return
}

// Where only the lanes are independent, blocks of them run on several threads.
// CHECK-LABEL: func @large_column_sums
// CHECK: scf.parallel (%{{.*}}) = (%c0) to (%c8)
// CHECK: scf.for {{.*}} to %c1000 step %c1 iter_args
func.func @large_column_sums(%a: memref<1000x128xf32>, %b: memref<128xf32>) {
  linalg.generic {indexing_maps = [#id, affine_map<(i, j) -> (j)>], iterator_types = ["reduction", "parallel"]} ins(%a : memref<1000x128xf32>) outs(%b : memref<128xf32>) {
  ^bb0(%x: f32, %o: f32):
    %y = arith.addf %o, %x : f32
    linalg.yield %y : f32
  }
  return
}

// Large operations run on several threads, in 64 blocks.
// CHECK-LABEL: func @large
// CHECK: scf.parallel (%{{.*}}) = (%c0) to (%c64)
// CHECK: scf.for {{.*}} to %c1024 step %c32
func.func @large(%a: memref<256x256xf32>, %b: memref<256x256xf32>) {
  linalg.copy ins(%a : memref<256x256xf32>) outs(%b : memref<256x256xf32>)
  return
}
