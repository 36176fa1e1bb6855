// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: saliency-opt %s --saliency-check-attribution -split-input-file -verify-diagnostics

func.func @explain(%x: tensor<1x3xf32> {saliency.role = "input"}, %target: tensor<1xi64> {saliency.role = "target"})
    -> (tensor<1x3xf32> {saliency.role = "map"}, tensor<1x3xf32> {saliency.role = "logits"}, tensor<1x3xf32> {saliency.role = "layer:y"}) {
  %y = saliency.relu %x {onnx.value = "y"} : (tensor<1x3xf32>) -> tensor<1x3xf32>
  return %x, %y, %x : tensor<1x3xf32>, tensor<1x3xf32>, tensor<1x3xf32>
}

// -----

// expected-error @+1 {{an explanation is a function 'explain' of one block, found none}}
module {
}

// -----

// expected-error @+1 {{an explanation is a function 'explain' of one block, found none}}
module {
  func.func private @explain(tensor<1x3xf32>)
}

// -----

// expected-error @+1 {{every argument of 'explain' has a role, found none on argument 1}}
func.func @explain(%x: tensor<1x3xf32> {saliency.role = "input"}, %target: tensor<1xi64>) {
  return
}

// -----

// expected-error @+1 {{every argument of 'explain' has a role, found 'picture' on argument 0}}
func.func @explain(%x: tensor<1x3xf32> {saliency.role = "picture"}) {
  return
}

// -----

// expected-error @+1 {{'explain' takes the network's input, a tensor of samples, found no such argument}}
func.func @explain(%target: tensor<1xi64> {saliency.role = "target"}) {
  return
}

// -----

// expected-error @+1 {{'explain' takes the network's input, a tensor of samples, found no such argument}}
func.func @explain(%x: tensor<f32> {saliency.role = "input"}) {
  return
}

// -----

// expected-error @+1 {{every result of 'explain' has a role, found none on result 0}}
func.func @explain(%x: tensor<1x3xf32> {saliency.role = "input"}) -> tensor<1x3xf32> {
  return %x : tensor<1x3xf32>
}

// -----

// expected-error @+1 {{the map of 'explain' has the samples of its input 'tensor<1x3xf32>', found 'tensor<3x1xf32>'}}
func.func @explain(%x: tensor<1x3xf32> {saliency.role = "input"}) -> (tensor<3x1xf32> {saliency.role = "map"}) {
  %0 = saliency.reshape %x {shape = array<i64: 3, 1>} : (tensor<1x3xf32>) -> tensor<3x1xf32>
  return %0 : tensor<3x1xf32>
}

// -----

// expected-error @+1 {{relevance belongs to a value of the network, found none called 'z'}}
func.func @explain(%x: tensor<1x3xf32> {saliency.role = "input"}) -> (tensor<1x3xf32> {saliency.role = "layer:z"}) {
  %y = saliency.relu %x {onnx.value = "y"} : (tensor<1x3xf32>) -> tensor<1x3xf32>
  return %x : tensor<1x3xf32>
}

// -----

// expected-error @+1 {{relevance of 'y' has its type 'tensor<3x1xf32>', found 'tensor<1x3xf32>'}}
func.func @explain(%x: tensor<1x3xf32> {saliency.role = "input"}) -> (tensor<1x3xf32> {saliency.role = "layer:y"}) {
  %y = saliency.reshape %x {shape = array<i64: 3, 1>, onnx.value = "y"} : (tensor<1x3xf32>) -> tensor<3x1xf32>
  return %x : tensor<1x3xf32>
}

// -----

// expected-error @+1 {{'explain' returns the logits, found no result of that role}}
func.func @explain(%x: tensor<1x3xf32> {saliency.role = "input"}) -> (tensor<1x3xf32> {saliency.role = "map"}) {
  return %x : tensor<1x3xf32>
}
