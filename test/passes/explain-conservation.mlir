// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// REQUIRES: lrp-zplus, lrp-epsilon, lrp-composite, agf, input-x-gradient, eigen-cam, contrastive-excitation-backprop, smoothgrad
// RUN: rm -rf %t && split-file %s %t
// RUN: saliency-opt %t/net.mlir --emit-lrp-zplus --explain-conservation | FileCheck %s --check-prefix=BIAS --match-full-lines
// RUN: saliency-opt %t/net.mlir --emit-lrp-zplus --param bias=dropped --explain-conservation | FileCheck %s --check-prefix=DROPPED
// RUN: saliency-opt %t/net.mlir --emit-lrp-epsilon --param bias=dropped --param epsilon=0.25 --explain-conservation | FileCheck %s --check-prefix=EPSILON
// RUN: saliency-opt %t/net.mlir --emit-lrp-composite --composite=%t/mixed.yaml --explain-conservation | FileCheck %s --check-prefix=MIXED
// RUN: saliency-opt %t/net.mlir --emit-agf --explain-conservation | FileCheck %s --check-prefix=FORK
// RUN: saliency-opt %t/net.mlir --emit-input-x-gradient --explain-conservation | FileCheck %s --check-prefix=FINISH
// RUN: saliency-opt %t/net.mlir --emit-smoothgrad --explain-conservation | FileCheck %s --check-prefix=RUNS
// RUN: not saliency-opt %t/net.mlir --emit-eigen-cam --explain-conservation 2>&1 | FileCheck %s --check-prefix=NO-WALK
// RUN: not saliency-opt %t/net.mlir --emit=forward --explain-conservation 2>&1 | FileCheck %s --check-prefix=NO-METHOD
// RUN: saliency-opt %t/map.mlir --emit-contrastive-excitation-backprop --explain-conservation | FileCheck %s --check-prefix=MEETING
// RUN: saliency-opt %t/upsample.mlir --emit-lrp-zplus --explain-conservation | FileCheck %s --check-prefix=UPSAMPLE
// UPSAMPLE: Structural lrp-zplus exact from
//
// Each layer's class, with the parameters' values and what the layer is; then that of the whole way from the seed, by its weakest link,
// of equals the first.

//      BIAS: last Dense lrp-zplus exact where no sum of contributions is 0 from the seed: exact where no sum of contributions is 0 (last)
// BIAS-NEXT: sum Add lrp-zplus exact, shares unbounded where their sum is near 0 from the seed: exact where no sum of contributions is 0 (last)
// BIAS-NEXT: side Dense lrp-zplus exact where no sum of contributions is 0 from the seed: exact where no sum of contributions is 0 (last)
// BIAS-NEXT: relu Rectifier lrp-zplus passed on unchanged from the seed: exact where no sum of contributions is 0 (last)
// BIAS-NEXT: first Dense lrp-zplus loses the share of the bias from the seed: loses the share of the bias (first)
// BIAS-NEXT: padding Structural lrp-zplus exact but for relevance on padding from the seed: loses the share of the bias (first)
// BIAS-NEXT: verdict: the sum does not arrive: first, Dense, loses the share of the bias

// DROPPED: first {{.*}} exact where no sum of contributions is 0 from the seed: exact where no sum of contributions is 0 (last)
// DROPPED: verdict: the sum arrives, exact where no sum of contributions is 0 (last)

// EPSILON: last {{.*}} loses the share of the stabiliser 0.25
// EPSILON: verdict: the sum does not arrive: last, Dense, loses the share of the stabiliser 0.25

// The side branch takes the derivative: the layers below it have no law either.
//      MIXED: sum Add {{.*}}from the seed: exact where no sum of contributions is 0 (last)
// MIXED-NEXT: side Dense gradient no law from the seed: no law (side)
// MIXED-NEXT: relu {{.*}}from the seed: no law (side)
// MIXED-NEXT: first Dense flat exact where no sum of contributions is 0 from the seed: no law (side)
//      MIXED: verdict: the sum does not arrive: side, Dense, no law

// A method's own rule for values used twice is a link, too.
// FORK: relu Fork agf exact where no sum of contributions is 0

// FINISH: verdict: the sum does not arrive: last, Dense, no law
// FINISH-NEXT: the map is not what arrives, but map * input

// RUNS: this holds of each run; the map is made of all of them

// MEETING: Meeting contrastive-excitation-backprop no law

// NO-WALK: error: {{.*}}conservation is a property of relevance that is carried back, found 'eigen-cam', which carries none
// NO-METHOD: error: --explain-conservation follows the relevance of a method; found none

//--- upsample.mlir
func.func @forward(%x: tensor<1x2x2xf32>) -> tensor<1x8xf32> {
  %u = saliency.upsample %x {factors = array<i64: 2>} : (tensor<1x2x2xf32>) -> tensor<1x2x4xf32>
  %y = saliency.reshape %u {shape = array<i64: 1, 8>} : (tensor<1x2x4xf32>) -> tensor<1x8xf32>
  return %y : tensor<1x8xf32>
}

//--- mixed.yaml
parameters: {bias: dropped, low: 0, high: 1}
layers:
  - {name: side, rule: gradient}
  - {name: last, rule: zplus}
  - {place: first, rule: flat}

//--- net.mlir
func.func @forward(%x: tensor<1x2xf32>) -> tensor<1x3xf32> {
  %w = saliency.constant {value = dense<[[1.0, 2.0, 3.0], [-1.0, 0.5, 2.0], [4.0, 1.0, -2.0]]> : tensor<3x3xf32>} : tensor<3x3xf32>
  %b = saliency.constant {value = dense<1.0> : tensor<3xf32>} : tensor<3xf32>
  %0 = saliency.pad %x {low = array<i64: 0, 0>, high = array<i64: 0, 1>, interior = array<i64: 0, 0>} : (tensor<1x2xf32>) -> tensor<1x3xf32> loc("padding")
  %1 = saliency.gemm %0, %w, %b : (tensor<1x3xf32>, tensor<3x3xf32>, tensor<3xf32>) -> tensor<1x3xf32> loc("first")
  %2 = saliency.relu %1 : (tensor<1x3xf32>) -> tensor<1x3xf32> loc("relu")
  %3 = saliency.gemm %2, %w : (tensor<1x3xf32>, tensor<3x3xf32>) -> tensor<1x3xf32> loc("side")
  %4 = saliency.add %2, %3 : (tensor<1x3xf32>, tensor<1x3xf32>) -> tensor<1x3xf32> loc("sum")
  %5 = saliency.gemm %4, %w : (tensor<1x3xf32>, tensor<3x3xf32>) -> tensor<1x3xf32> loc("last")
  return %5 : tensor<1x3xf32>
}

//--- map.mlir
func.func @forward(%x: tensor<1x1x2x2xf32>) -> tensor<1x2xf32> {
  %k = saliency.constant {value = dense<0.5> : tensor<2x1x1x1xf32>} : tensor<2x1x1x1xf32>
  %w = saliency.constant {value = dense<0.25> : tensor<2x8xf32>} : tensor<2x8xf32>
  %0 = saliency.conv %x, %k {window = #saliency.window<kernel = [1, 1], strides = [1, 1], low = [0, 0], high = [0, 0], dilations = [1, 1]>, groups = 1 : i64} : (tensor<1x1x2x2xf32>, tensor<2x1x1x1xf32>) -> tensor<1x2x2x2xf32>
  %1 = saliency.relu %0 : (tensor<1x2x2x2xf32>) -> tensor<1x2x2x2xf32>
  %2 = saliency.reshape %1 {shape = array<i64: 1, 8>} : (tensor<1x2x2x2xf32>) -> tensor<1x8xf32>
  %3 = saliency.gemm %2, %w : (tensor<1x8xf32>, tensor<2x8xf32>) -> tensor<1x2xf32>
  return %3 : tensor<1x2xf32>
}
