// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: saliency-opt %s -split-input-file -verify-diagnostics=only-expected

func.func @arguments(%count: index, %x: tensor<1xf32>) {
  // expected-error @+1 {{has a body with an argument for the iteration and one for each of the values carried (1), found 1}}
  %0 = "saliency.repeat"(%count, %x) ({
  ^bb0(%run: index):
    saliency.yield %x : tensor<1xf32>
  }) : (index, tensor<1xf32>) -> tensor<1xf32>
  return
}

// -----

func.func @number(%count: index, %x: tensor<1xf32>) {
  // expected-error @+1 {{has a body whose first argument has the type 'index', found 'i64'}}
  %0 = "saliency.repeat"(%count, %x) ({
  ^bb0(%run: i64, %a: tensor<1xf32>):
    saliency.yield %a : tensor<1xf32>
  }) : (index, tensor<1xf32>) -> tensor<1xf32>
  return
}

// -----

func.func @rows(%listed: tensor<?x2x2xi64>, %second: tensor<2xi64>) {
  // expected-error @+1 {{classes are listed in rows of one for each sample, found 'tensor<?x2x2xi64>'}}
  saliency.for_each_class %class in %listed or %second except %second : tensor<?x2x2xi64> {
  }
  return
}

// -----

func.func @rows_of_op(%listed: tensor<2xi64>, %second: tensor<2xi64>) {
  // expected-error @+1 {{lists classes in rows of one for each sample, found 'tensor<2xi64>'}}
  "saliency.for_each_class"(%listed, %second, %second) ({
  ^bb0(%class: tensor<2xi64>):
    saliency.yield
  }) : (tensor<2xi64>, tensor<2xi64>, tensor<2xi64>) -> ()
  return
}

// -----

func.func @samples(%listed: tensor<?x2xi64>, %second: tensor<2xi64>, %target: tensor<3xi64>) {
  // expected-error @+1 {{has a target and a default for each sample ('tensor<2xi64>'), found 'tensor<3xi64>'}}
  "saliency.for_each_class"(%listed, %second, %target) ({
  ^bb0(%class: tensor<2xi64>):
    saliency.yield
  }) : (tensor<?x2xi64>, tensor<2xi64>, tensor<3xi64>) -> ()
  return
}

// -----

func.func @no_axis(%x: tensor<f32>) {
  // expected-error @+1 {{takes a tensor whose first axis counts its entries, found 'tensor<f32>'}}
  %0 = saliency.count_given %x : tensor<f32>
  return
}

// -----

func.func @no_axis_to_ask(%x: tensor<f32>, %y: tensor<1xf32>) {
  // expected-error @+1 {{takes a tensor whose first axis counts its entries, found 'tensor<f32>'}}
  %0 = saliency.if_given %x : tensor<f32> -> tensor<1xf32> {
    saliency.yield %y : tensor<1xf32>
  } otherwise {
    saliency.yield %y : tensor<1xf32>
  }
  return
}

// -----

func.func @entry(%x: tensor<?x?xf32>, %n: index) {
  // expected-error @+1 {{an entry has a static shape behind the axis that counts, found 'tensor<?x?xf32>'}}
  %0 = saliency.given_entry %x[%n] : tensor<?x?xf32> -> tensor<1x1xf32>
  return
}

// -----

func.func @table(%n: index) {
  // expected-error @+1 {{reads a table with a number for each run, found an empty one}}
  %0 = saliency.table_entry %n {table = array<f32>}
  return
}

// -----

func.func @fill(%n: i64) {
  // expected-error @+1 {{fills a tensor of its number's type 'i64', found 'f32'}}
  %0 = saliency.fill %n : i64 -> tensor<1xf32>
  return
}

// -----

func.func @weights(%w: tensor<3x4xf32>, %r: tensor<2x4xf32>, %index: tensor<2xi64>) {
  // expected-error @+1 {{the weights are outputs x inputs and r is samples x outputs, found 3x4 and 2x4}}
  %0 = saliency.gemm_adjoint_at %w, %r, %index : (tensor<3x4xf32>, tensor<2x4xf32>, tensor<2xi64>) -> tensor<2x4xf32>
  return
}

// -----

func.func @indices(%w: tensor<3x4xf32>, %r: tensor<2x3xf32>, %index: tensor<1xi64>) {
  // expected-error @+1 {{there is one output's number for each sample (2), found 1}}
  %0 = saliency.gemm_adjoint_at %w, %r, %index : (tensor<3x4xf32>, tensor<2x3xf32>, tensor<1xi64>) -> tensor<2x4xf32>
  return
}
