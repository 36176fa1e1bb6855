// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// REQUIRES: gradient, fem, crp, smoothgrad
// RUN: saliency-opt %s --saliency-attribute="method=gradient conditions={{inner:0,2}}" | FileCheck %s
// RUN: saliency-opt %s --saliency-attribute="method=smoothgrad params=samples=3 conditions={{inner:0,2}}" | FileCheck %s --check-prefix=RUNS
// RUN: saliency-opt %s --emit-crp --condition inner:1 --condition flat:3,0 --stage=attribution | FileCheck %s --check-prefix=TWO
// RUN: not saliency-opt %s --emit-gradient --condition inner:3 2>&1 | FileCheck %s --check-prefix=RANGE
// RUN: not saliency-opt %s --emit-gradient --condition inner:-1 2>&1 | FileCheck %s --check-prefix=NEGATIVE
// RUN: not saliency-opt %s --emit-gradient --condition inner:1,1 2>&1 | FileCheck %s --check-prefix=AGAIN
// RUN: not saliency-opt %s --emit-gradient --condition inner 2>&1 | FileCheck %s --check-prefix=FORM
// RUN: not saliency-opt %s --emit-gradient --condition inner:one 2>&1 | FileCheck %s --check-prefix=NUMBERS
// RUN: not saliency-opt %s --emit-gradient --condition absent:1 2>&1 | FileCheck %s --check-prefix=ABSENT
// RUN: not saliency-opt %s --emit-gradient --condition inner:1 --condition inner:2 2>&1 | FileCheck %s --check-prefix=TWICE
// RUN: not saliency-opt %s --emit-gradient --condition branch:0 --condition inner:0 2>&1 | FileCheck %s --check-prefix=PARALLEL
// RUN: not saliency-opt %s --emit-fem --condition inner:1 2>&1 | FileCheck %s --check-prefix=FORWARD
// RUN: not saliency-opt %s --emit-crp 2>&1 | FileCheck %s --check-prefix=NEEDS

// The mask is on the value's channels; what went past the value, over the shortcut, is dropped: nothing adds the two.
// CHECK: %[[MASK:.*]] = saliency.constant {value = dense<{{\[\[\[\[}}1.000000e+00]], {{\[\[}}0.000000e+00]], {{\[\[}}1.000000e+00]]]]> : tensor<1x3x1x1xf32>}
// CHECK: %[[WIDE:.*]] = saliency.broadcast %[[MASK]]
// CHECK: %[[KEPT:.*]] = arith.mulf %{{.*}}, %[[WIDE]]
// CHECK-NOT: arith.addf
// CHECK: %[[MAP:.*]] = saliency.conv_adjoint %{{.*}}, %[[KEPT]]
// CHECK-NOT: arith.addf
// CHECK: return %[[MAP]]

// Inside the runs of a method that repeats.
// RUNS: saliency.repeat
// RUNS: saliency.constant {value = dense<{{.*}}> : tensor<1x3x1x1xf32>}
// RUNS: saliency.yield

// TWO: saliency.constant {value = dense<{{\[\[}}1.000000e+00, 0.000000e+00, 0.000000e+00, 1.000000e+00, {{.*}}> : tensor<1x12xf32>}
// TWO: saliency.constant {value = dense<{{.*}}> : tensor<1x3x1x1xf32>}

// RANGE: error: {{.*}}a condition on 'inner' lists channels from 0 to 2, found 3
// NEGATIVE: error: {{.*}}a condition on 'inner' lists channels from 0 to 2, found -1
// AGAIN: error: {{.*}}a condition on 'inner' lists each channel once, found 1 again
// FORM: error: --condition takes VALUE:CHANNEL,CHANNEL,... with the name of a value and numbers; found 'inner'
// NUMBERS: error: --condition takes VALUE:CHANNEL,CHANNEL,... with the name of a value and numbers; found 'inner:one'
// ABSENT: error: {{.*}}a condition is on the name of a value between input and output, found 'absent'
// TWICE: error: {{.*}}a value has one condition, found two for 'inner'
// PARALLEL: error: {{.*}}a condition is on a value that relevance reaches, found '{{branch|inner}}'
// FORWARD: error: {{.*}}a condition is for methods that carry relevance back, found 'fem'
// NEEDS: error: {{.*}}method 'crp' needs conditions, --condition=VALUE:CHANNEL,..., found none
#one = #saliency.window<kernel = [1, 1], strides = [1, 1], low = [0, 0], high = [0, 0], dilations = [1, 1]>
func.func @forward(%x: tensor<1x3x2x2xf32>) -> tensor<1x2xf32> {
  %w = saliency.constant {value = dense<2.0> : tensor<3x3x1x1xf32>} : tensor<3x3x1x1xf32>
  %fc = saliency.constant {value = dense<2.0> : tensor<2x12xf32>} : tensor<2x12xf32>
  %inner = saliency.conv %x, %w {window = #one, onnx.value = "inner"} : (tensor<1x3x2x2xf32>, tensor<3x3x1x1xf32>) -> tensor<1x3x2x2xf32>
  %branch = saliency.relu %x {onnx.value = "branch"} : (tensor<1x3x2x2xf32>) -> tensor<1x3x2x2xf32>
  %sum = saliency.add %inner, %branch : (tensor<1x3x2x2xf32>, tensor<1x3x2x2xf32>) -> tensor<1x3x2x2xf32>
  %flat = saliency.reshape %sum {shape = array<i64: 1, 12>, onnx.value = "flat"} : (tensor<1x3x2x2xf32>) -> tensor<1x12xf32>
  %logits = saliency.gemm %flat, %fc : (tensor<1x12xf32>, tensor<2x12xf32>) -> tensor<1x2xf32>
  return %logits : tensor<1x2xf32>
}
