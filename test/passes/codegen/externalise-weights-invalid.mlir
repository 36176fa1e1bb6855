// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: saliency-opt %s --saliency-externalise-weights -split-input-file -verify-diagnostics

// expected-error @+1 {{code generation needs the module attribute 'saliency.interface', which --saliency-kernel-interface writes}}
module {
  func.func @explain(%weights: memref<?xi8>) {
    return
  }
}

// -----

module attributes {saliency.interface = {classes = 3 : i64, input = array<i64: 3>, layers = [], maps = [{plane = array<i64: 0, 0>, shape = array<i64: 3>}], tensors = []}} {
  func.func @explain(%weights: memref<?xi8>) -> tensor<64xf32> {
    // expected-error @+1 {{a weight must have its data in this process, this constant names a resource without data}}
    %a = arith.constant dense_resource<missing> : tensor<64xf32>
    return %a : tensor<64xf32>
  }
}

// -----

// expected-error @+1 {{the module attribute 'saliency.interface' has a field 'maps', found none}}
module attributes {saliency.interface = {classes = 3 : i64, input = array<i64: 3>, layers = [], tensors = []}} {
  func.func @explain() {
    return
  }
}
