// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: saliency-opt %s -split-input-file -verify-diagnostics=only-expected

// expected-error @+1 {{a window has one kernel extent, stride, low and high padding and dilation per spatial axis, found 2, 2, 2, 2 and 1}}
#window = #saliency.window<kernel = [3, 3], strides = [1, 1], low = [0, 0], high = [0, 0], dilations = [1]>

// -----

// expected-error @+1 {{a window's kernel extent lies in [1, 2^30], found 0}}
#window = #saliency.window<kernel = [0], strides = [1], low = [0], high = [0], dilations = [1]>

// -----

// expected-error @+1 {{a window's stride lies in [1, 2^30], found 0}}
#window = #saliency.window<kernel = [3], strides = [0], low = [0], high = [0], dilations = [1]>

// -----

// expected-error @+1 {{a window's low padding lies in [0, 2^30], found -1}}
#window = #saliency.window<kernel = [3], strides = [1], low = [-1], high = [0], dilations = [1]>

// -----

// expected-error @+1 {{a window's high padding lies in [0, 2^30], found 1073741825}}
#window = #saliency.window<kernel = [3], strides = [1], low = [0], high = [1073741825], dilations = [1]>

// -----

// expected-error @+1 {{a window's dilation lies in [1, 2^30], found -9223372036854775807}}
#window = #saliency.window<kernel = [3], strides = [1], low = [0], high = [0], dilations = [-9223372036854775807]>
