// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// REQUIRES: integrated-gradients, smoothgrad, rise, ablation-cam
// RUN: saliency-opt %s --saliency-attribute="method=integrated-gradients params=steps=3" | FileCheck %s
// RUN: saliency-opt %s --saliency-attribute="method=integrated-gradients params=steps=300" | FileCheck %s --check-prefix=SIZE
// RUN: saliency-opt %s --saliency-attribute="method=smoothgrad params=combine=variance" | FileCheck %s --check-prefix=GIVEN
// RUN: saliency-opt %s --saliency-attribute="method=rise" | FileCheck %s --check-prefix=FORWARD
// RUN: saliency-opt %s --saliency-attribute="method=ablation-cam" | FileCheck %s --check-prefix=LAYER
// RUN: not saliency-opt %s --saliency-attribute="method=smoothgrad dump-relevance" 2>&1 | FileCheck %s --check-prefix=DUMP

#one = #saliency.window<kernel = [1, 1], strides = [1, 1], low = [0, 0], high = [0, 0], dilations = [1, 1]>

// The network once for the logits, then one loop: point, network, way back, sum. The table holds the nodes of the rule.
// CHECK: %[[X0:.*]] = saliency.conv %arg0
// CHECK: %[[LOGITS:.*]] = saliency.gemm
// CHECK: %[[TARGET:.*]] = arith.select
// CHECK: %[[ZERO:.*]] = arith.constant dense<0.000000e+00> : tensor<1x1x2x2xf32>
// CHECK: %[[SUM:.*]] = saliency.repeat %[[NUMBER:.*]] to %{{.*}} carrying(%[[SOFAR:.*]] = %[[ZERO]]) : tensor<1x1x2x2xf32> {
// CHECK: saliency.table_entry %[[NUMBER]] {table = array<f32: 0.333333343, 0.666666686, 1.000000e+00>}
// CHECK: %[[Y:.*]] = saliency.conv
// CHECK-NOT: onnx.value
// CHECK: saliency.gemm
// CHECK: saliency.gemm_adjoint
// CHECK: %[[MAP:.*]] = saliency.conv_adjoint
// CHECK: %[[WEIGHTED:.*]] = arith.mulf %{{.*}}, %[[MAP]]
// CHECK: %[[NEXT:.*]] = arith.addf %[[SOFAR]], %[[WEIGHTED]]
// CHECK: saliency.yield %[[NEXT]]
// CHECK: arith.mulf %{{.*}}, %[[SUM]]
// CHECK: return %{{.*}}, %{{.*}}, %[[LOGITS]], %[[TARGET]]

// A hundred times the runs, the same code.
// SIZE-COUNT-2: saliency.conv %
// SIZE-NOT: saliency.conv %

// A call's images replace the draws and their number; the variance carries a mean and a sum of squares.
// GIVEN: func.func @explain({{.*}}, %[[NOISE:.*]]: tensor<?x1x2x2xf32> {saliency.role = "tensor:noise"})
// GIVEN: %[[COUNT:.*]] = saliency.count_given %[[NOISE]]
// GIVEN: %[[NONE:.*]] = arith.cmpi eq, %[[COUNT]]
// GIVEN: %[[RUNS:.*]] = arith.select %[[NONE]], %{{.*}}, %[[COUNT]]
// GIVEN: saliency.repeat %[[TURN:.*]] to %[[RUNS]] carrying(%{{.*}} = %{{.*}}, %{{.*}} = %{{.*}})
// GIVEN: saliency.if_given %[[NOISE]]
// GIVEN: %[[NUMBER:.*]] = arith.remui %[[TURN]]
// GIVEN: saliency.given_entry %[[NOISE]][%[[NUMBER]]]
// GIVEN: otherwise
// GIVEN: saliency.draw

// No way back where only the score is read.
// FORWARD: saliency.repeat
// FORWARD: saliency.grid_mask
// FORWARD: saliency.conv
// FORWARD-NOT: adjoint

// From a layer on: nothing below it is evaluated again.
// LAYER: saliency.conv %
// LAYER: saliency.repeat
// LAYER-NOT: saliency.conv %
// LAYER: saliency.avg_pool

// DUMP: error: the relevance of layers belongs to one run of a method, found 'smoothgrad', which adds up several
func.func @forward(%x: tensor<1x1x2x2xf32>) -> tensor<1x2xf32> {
  %w = saliency.constant {value = dense<2.0> : tensor<3x1x1x1xf32>} : tensor<3x1x1x1xf32>
  %fc = saliency.constant {value = dense<2.0> : tensor<2x3xf32>} : tensor<2x3xf32>
  %conv = saliency.conv %x, %w {window = #one, onnx.value = "conv"} : (tensor<1x1x2x2xf32>, tensor<3x1x1x1xf32>) -> tensor<1x3x2x2xf32>
  %relu = saliency.relu %conv : (tensor<1x3x2x2xf32>) -> tensor<1x3x2x2xf32>
  %mean = saliency.avg_pool %relu {window = #saliency.window<kernel = [2, 2], strides = [1, 1], low = [0, 0], high = [0, 0], dilations = [1, 1]>} : (tensor<1x3x2x2xf32>) -> tensor<1x3x1x1xf32>
  %flat = saliency.reshape %mean {shape = array<i64: 1, 3>} : (tensor<1x3x1x1xf32>) -> tensor<1x3xf32>
  %logits = saliency.gemm %flat, %fc : (tensor<1x3xf32>, tensor<2x3xf32>) -> tensor<1x2xf32>
  return %logits : tensor<1x2xf32>
}
