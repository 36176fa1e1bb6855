// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// REQUIRES: gradient, lrp-epsilon, lrp-zbox, rsp
//
// What a user may ask wrongly of a network that is right.
// RUN: not saliency-opt %s --saliency-attribute=method=lrp 2>&1 | FileCheck %s --check-prefix=METHOD
// RUN: not saliency-opt %s --saliency-attribute="method=lrp-epsilon params=epsilon=-1" 2>&1 | FileCheck %s --check-prefix=NUMBER
// RUN: not saliency-opt %s --saliency-attribute="method=lrp-epsilon params=eps=1" 2>&1 | FileCheck %s --check-prefix=NAME
// RUN: not saliency-opt %s --saliency-attribute="method=lrp-epsilon conventions=caffe" 2>&1 | FileCheck %s --check-prefix=CONVENTIONS
// RUN: not saliency-opt %s --saliency-attribute="method=gradient params=epsilon=1" 2>&1 | FileCheck %s --check-prefix=NONE
// RUN: not saliency-opt %s --saliency-attribute="method=rsp params=variant=mine" 2>&1 | FileCheck %s --check-prefix=CHOICE
// RUN: not saliency-opt %s --saliency-attribute="method=gradient target=2" 2>&1 | FileCheck %s --check-prefix=TARGET
// RUN: not saliency-opt %s --saliency-attribute="method=rsp params=layer=absent" 2>&1 | FileCheck %s --check-prefix=ABSENT
// RUN: not saliency-opt %s --saliency-attribute="method=rsp params=layer=flat" 2>&1 | FileCheck %s --check-prefix=FLAT
// RUN: not saliency-opt %s --saliency-attribute="method=rsp params=layer=side" 2>&1 | FileCheck %s --check-prefix=SIDE
// RUN: not saliency-opt %s --emit-lrp-zbox --param low=0 --param high=1,2 2>&1 | FileCheck %s --check-prefix=CHANNELS

// METHOD: error: a method is one of those compiled in; found 'lrp'
// NUMBER: error: parameter 'epsilon' of method 'lrp-epsilon' takes a number of at least 0; found '-1'
// NAME: error: method 'lrp-epsilon' has the parameters epsilon, bias, {{.*}}; found 'eps'
// CONVENTIONS: error: method 'lrp-epsilon' knows the conventions paper, zennit, zennit-canon, captum; found 'caffe'
// NONE: error: method 'gradient' has no parameters; found 'epsilon'
// CHOICE: error: parameter 'variant' of method 'rsp' takes reference or paper; found 'mine'
// TARGET: [[@LINE+6]]:{{[0-9]+}}: error: a target is a class number from 0 to 1, found 2
// ABSENT: error: a target layer is the name of a value between input and output, found 'absent'
// FLAT: error: a target layer has spatial axes, found 'flat' of 1x4
// SIDE: error: the class scores depend on the target layer, found no path between them
// CHANNELS: error: {{.*}}parameter 'high' is one number or one per channel of the input (1), found 2
#window = #saliency.window<kernel = [1, 1], strides = [1, 1], low = [0, 0], high = [0, 0], dilations = [1, 1]>
func.func @forward(%x: tensor<1x1x2x2xf32>) -> (tensor<1x2xf32>, tensor<1x1x2x2xf32>) {
  %w = saliency.constant {value = dense<2.0> : tensor<1x1x1x1xf32>} : tensor<1x1x1x1xf32>
  %fc = saliency.constant {value = dense<2.0> : tensor<2x4xf32>} : tensor<2x4xf32>
  %conv = saliency.conv %x, %w {window = #window, onnx.value = "conv"} : (tensor<1x1x2x2xf32>, tensor<1x1x1x1xf32>) -> tensor<1x1x2x2xf32>
  %side = saliency.relu %conv {onnx.value = "side"} : (tensor<1x1x2x2xf32>) -> tensor<1x1x2x2xf32>
  %flat = saliency.reshape %conv {shape = array<i64: 1, 4>, onnx.value = "flat"} : (tensor<1x1x2x2xf32>) -> tensor<1x4xf32>
  %logits = saliency.gemm %flat, %fc : (tensor<1x4xf32>, tensor<2x4xf32>) -> tensor<1x2xf32>
  return %logits, %side : tensor<1x2xf32>, tensor<1x1x2x2xf32>
}
