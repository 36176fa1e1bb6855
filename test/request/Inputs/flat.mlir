// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A classifier of vectors: no map with spatial axes anywhere.
func.func @forward(%x: tensor<1x3xf32>) -> tensor<1x3xf32> {
  %0 = saliency.relu %x : (tensor<1x3xf32>) -> tensor<1x3xf32>
  return %0 : tensor<1x3xf32>
}
