// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// REQUIRES: lrp-composite
// RUN: rm -rf %t && split-file %s %t
// RUN: saliency-opt %t/net.mlir --saliency-attribute="method=lrp-composite composite=%t/mixed.yaml" | FileCheck %s
// RUN: saliency-opt %t/net.mlir --emit-lrp-composite --composite=%t/mixed.yaml --explain-composite | FileCheck %s --check-prefix=EXPLAIN
// RUN: saliency-opt %t/net.mlir --emit-lrp-composite --composite=epsilon-plus --explain-composite | FileCheck %s --check-prefix=NAMED
// RUN: saliency-opt %t/net.mlir --emit-lrp-composite --composite=%t/mixed.yaml --param until=1 --explain-composite | FileCheck %s --check-prefix=UNTIL
// RUN: saliency-opt %t/net.mlir --emit-lrp-composite --composite=%t/followed.yaml --explain-composite | FileCheck %s --check-prefix=FOLLOWED
//
// The first entry that matches a layer gives it its rule and its numbers; a layer without one keeps the method's own row.

// The last layer: epsilon 0.5. The middle one: the derivative. The first: equal shares of the three inputs.
// CHECK: saliency.divide {{.*}} #saliency.division<stab>{{.*}} 5.000000e-01
// CHECK-NOT: 5.000000e-01
// CHECK: dense<1.000000e+00> : tensor<3x3xf32>

// EXPLAIN: first {{ *}}Dense {{ *}}flat {{ *}}{{.*}}mixed.yaml:6 {{ *}}sum: exact where no sum of contributions is 0{{$}}
// EXPLAIN-NEXT: relu {{ *}}Rectifier {{ *}}the method's own {{ *}}no entry matches {{ *}}sum: passed on unchanged
// EXPLAIN-NEXT: middle {{ *}}Dense {{ *}}gradient {{ *}}{{.*}}mixed.yaml:7 {{ *}}sum: no law
// EXPLAIN-NEXT: last {{ *}}Dense {{ *}}epsilon epsilon=0.5 {{ *}}{{.*}}mixed.yaml:8 {{ *}}sum: loses the share of the stabiliser 0.5
// EXPLAIN-NEXT: warning: {{.*}}mixed.yaml:4: no layer of this network takes this entry
// EXPLAIN-NEXT: warning: {{.*}}mixed.yaml:5: no layer of this network takes this entry

// NAMED: first {{ *}}Dense {{ *}}epsilon {{ *}}epsilon-plus.yaml:6
// NAMED: warning: epsilon-plus.yaml:5: no layer of this network takes this entry

// UNTIL: first {{ *}}Dense {{ *}}flat
// UNTIL: middle {{ *}}Dense {{ *}}flat
// UNTIL: last {{ *}}Dense {{ *}}epsilon

// FOLLOWED: first {{ *}}Dense {{ *}}zplus
// FOLLOWED: middle {{ *}}Dense {{ *}}the method's own {{ *}}no entry matches
// FOLLOWED: last {{ *}}Dense {{ *}}the method's own epsilon=0.25 {{ *}}{{.*}}followed.yaml:3

//--- mixed.yaml
title: one of each
parameters: {until: 0}
layers:
  - {type: Convolution, rule: zplus}
  - {name: no-such-*, rule: zplus}
  - {index: 0..until, rule: flat}
  - {name: mid*, rule: gradient}
  - {place: last, rule: epsilon, set: {epsilon: 0.5}}

//--- followed.yaml
layers:
  - {followed-by: Activation, rule: zplus}
  - {index: -1, set: {epsilon: 0.25}}

//--- net.mlir
func.func @forward(%x: tensor<1x3xf32>) -> tensor<1x3xf32> {
  %w = saliency.constant {value = dense<[[1.0, 2.0, 3.0], [-1.0, 0.5, 2.0], [4.0, 1.0, -2.0]]> : tensor<3x3xf32>} : tensor<3x3xf32>
  %1 = saliency.gemm %x, %w : (tensor<1x3xf32>, tensor<3x3xf32>) -> tensor<1x3xf32> loc("first")
  %2 = saliency.relu %1 : (tensor<1x3xf32>) -> tensor<1x3xf32> loc("relu")
  %3 = saliency.gemm %2, %w : (tensor<1x3xf32>, tensor<3x3xf32>) -> tensor<1x3xf32> loc("middle")
  %4 = saliency.gemm %3, %w : (tensor<1x3xf32>, tensor<3x3xf32>) -> tensor<1x3xf32> loc("last")
  return %4 : tensor<1x3xf32>
}
