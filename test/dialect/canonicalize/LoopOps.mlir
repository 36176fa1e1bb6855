// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: saliency-opt %s --loop-invariant-code-motion --cse --canonicalize | FileCheck %s

// Upstream's passes see through loops: what no run changes is computed once, before them.
// CHECK-LABEL: func @repeat
// CHECK-SAME: %[[X:.*]]: tensor<1x3xf32>
// CHECK: %[[RELU:.*]] = saliency.relu %[[X]]
// CHECK-NEXT: saliency.repeat %{{.*}} to %{{.*}} carrying(%[[A:.*]] = %[[X]])
// CHECK-NEXT: %[[NEXT:.*]] = arith.addf %[[A]], %[[RELU]]
// CHECK-NEXT: saliency.yield %[[NEXT]]
func.func @repeat(%x: tensor<1x3xf32>, %n: index) -> (tensor<1x3xf32>, tensor<1x3xf32>) {
  %sum = saliency.repeat %run to %n carrying(%a = %x) : tensor<1x3xf32> {
    %relu = saliency.relu %x : (tensor<1x3xf32>) -> tensor<1x3xf32>
    %next = arith.addf %a, %relu : tensor<1x3xf32>
    saliency.yield %next : tensor<1x3xf32>
  }
  %relu = saliency.relu %x : (tensor<1x3xf32>) -> tensor<1x3xf32>
  return %sum, %relu : tensor<1x3xf32>, tensor<1x3xf32>
}

// What depends on the class stays.
// CHECK-LABEL: func @classes
// CHECK: saliency.relu
// CHECK-NEXT: saliency.for_each_class %[[CLASS:.*]] in
// CHECK-NEXT: saliency.one_hot %[[CLASS]]
func.func @classes(%listed: tensor<?x1xi64>, %second: tensor<1xi64>, %x: tensor<1x3xf32>) -> tensor<1x3xf32> {
  %sum = saliency.for_each_class %class in %listed or %second except %second : tensor<?x1xi64> carrying(%a = %x) : tensor<1x3xf32> {
    %hot = saliency.one_hot %class {classes = 3 : i64} : (tensor<1xi64>) -> tensor<1x3xf32>
    %relu = saliency.relu %x : (tensor<1x3xf32>) -> tensor<1x3xf32>
    %term = arith.mulf %hot, %relu : tensor<1x3xf32>
    %next = arith.addf %a, %term : tensor<1x3xf32>
    saliency.yield %next : tensor<1x3xf32>
  }
  return %sum : tensor<1x3xf32>
}

// Only one side of a choice is computed: nothing leaves it, and a choice that nothing reads is gone.
// CHECK-LABEL: func @given
// CHECK: saliency.if_given
// CHECK-NEXT: saliency.relu
// CHECK-NOT: saliency.if_given
// CHECK: return
func.func @given(%images: tensor<?x3xf32>, %x: tensor<1x3xf32>) -> tensor<1x3xf32> {
  %0 = saliency.if_given %images : tensor<?x3xf32> -> tensor<1x3xf32> {
    %relu = saliency.relu %x : (tensor<1x3xf32>) -> tensor<1x3xf32>
    saliency.yield %relu : tensor<1x3xf32>
  } otherwise {
    saliency.yield %x : tensor<1x3xf32>
  }
  %1 = saliency.if_given %images : tensor<?x3xf32> -> tensor<1x3xf32> {
    saliency.yield %x : tensor<1x3xf32>
  } otherwise {
    saliency.yield %0 : tensor<1x3xf32>
  }
  return %0 : tensor<1x3xf32>
}
