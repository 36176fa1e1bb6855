// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A processor may be named or given in numbers, as the compiler does: nothing of the machine that compiles is left then.
// RUN: saliency-opt %s --saliency-select-schedule="triple=x86_64-linux-gnu cpu=x86-64-v2" > %t.named
// RUN: saliency-opt %s --saliency-select-schedule="vector-bits=128 vector-registers=16 l1-bytes=32768 l1-ways=8 l2-bytes=524288 fma=0" > %t.numbers
// RUN: diff %t.named %t.numbers
// RUN: FileCheck %s --check-prefix=SPLIT < %t.numbers
// RUN: saliency-opt %s --saliency-select-schedule="vector-bits=128 vector-registers=16 l1-bytes=32768 l1-ways=8 l2-bytes=524288 fma=1" | FileCheck %s --check-prefix=FUSED

// 12 accumulators either way. A product that waits for its sum holds a register, so that 3 rows by 4 vectors, with the fewest
// loads, fit beside fused instructions alone.
// SPLIT: lanes = array<i64: 1, 4, {{[26]}}>
// FUSED: lanes = array<i64: 1, 4, {{[34]}}>
func.func @product(%a: memref<12x64xf32>, %b: memref<64x48xf32>, %c: memref<12x48xf32>) {
  linalg.matmul ins(%a, %b : memref<12x64xf32>, memref<64x48xf32>) outs(%c : memref<12x48xf32>)
  return
}
