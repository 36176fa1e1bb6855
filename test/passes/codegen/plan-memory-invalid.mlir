// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: saliency-opt %s --saliency-plan-memory -split-input-file -verify-diagnostics

func.func @explain(%weights: memref<?xi8>, %workspace: memref<?xi8>, %n: index) {
  // expected-error @+1 {{memory is planned at compile time, this buffer has no static size: 'memref<?xf32>'}}
  %a = memref.alloc(%n) : memref<?xf32>
  return
}

// -----

func.func @explain(%weights: memref<?xi8>, %workspace: memref<?xi8>) {
  return
}
func.func @other() {
  // expected-error @+1 {{memory is allocated in @explain only, this is another function}}
  %a = memref.alloc() : memref<4xf32>
  return
}

// -----

func.func @explain(%weights: memref<?xi8>, %workspace: memref<?xi8>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c4 = arith.constant 4 : index
  %a = memref.alloc() : memref<4xf32>
  %last = scf.for %i = %c0 to %c4 step %c1 iter_args(%old = %a) -> memref<4xf32> {
    // expected-error @+1 {{a buffer allocated in a loop must not leave its iteration}}
    %b = memref.alloc() : memref<4xf32>
    linalg.copy ins(%old : memref<4xf32>) outs(%b : memref<4xf32>)
    scf.yield %b : memref<4xf32>
  }
  return
}

// -----

func.func @explain(%weights: memref<?xi8>, %workspace: memref<?xi8>, %n: index) {
  %zero = arith.constant 0.0 : f32
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  // expected-error @+1 {{a parallel loop that allocates must count from 0 to a constant, as --saliency-chunk-parallel makes it}}
  scf.parallel (%i) = (%c0) to (%n) step (%c1) {
    %a = memref.alloc() : memref<16xf32>
    linalg.fill ins(%zero : f32) outs(%a : memref<16xf32>)
  }
  return
}
