// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: saliency-opt %s --saliency-annotate-signs | FileCheck %s
//
// One function a family; %plus, %minus and %zero have one sign, %some may be positive or zero, %any is unknown.

// CHECK-LABEL: func @constants(
// CHECK: saliency.constant {saliency.sign = "0+"
// CHECK: saliency.constant {saliency.sign = "+"
// CHECK: saliency.constant {saliency.sign = "-+"
// CHECK: saliency.constant {saliency.sign = "-0+"
// CHECK: saliency.constant {saliency.sign = "0"
// CHECK: saliency.constant {saliency.sign = "+", value = dense_resource
// CHECK: saliency.constant {saliency.sign = "-0+", value = dense_resource
// CHECK: arith.constant {saliency.sign = "-0"}
func.func @constants() {
  %c0 = saliency.constant {value = dense<[[0.0, 1.0, 2.0, 0.0]]> : tensor<1x4xf32>} : tensor<1x4xf32>
  %c1 = saliency.constant {value = dense<[[1.0, 2.0, 3.0, 4.0]]> : tensor<1x4xf32>} : tensor<1x4xf32>
  %c2 = saliency.constant {value = dense<[[-1.0, 2.0, 3.0, 4.0]]> : tensor<1x4xf32>} : tensor<1x4xf32>
  %c3 = saliency.constant {value = dense<0x7FC00000> : tensor<1x4xf32>} : tensor<1x4xf32>
  %c4 = saliency.constant {value = dense<-0.0> : tensor<1x4xf32>} : tensor<1x4xf32>
  %resource = saliency.constant {value = dense_resource<weights> : tensor<2xf32>} : tensor<2xf32>
  %unknown = saliency.constant {value = dense_resource<absent> : tensor<2xf32>} : tensor<2xf32>
  %a = arith.constant dense<[-1.0, 0.0]> : tensor<2xf32>
  return
}

// CHECK-LABEL: func @activations(
// CHECK: saliency.relu {{.*}}saliency.sign = "0+"
// CHECK: saliency.relu {{.*}}saliency.sign = "+"
// CHECK: saliency.relu {{.*}}saliency.sign = "0"
// CHECK: saliency.sigmoid {{.*}}saliency.sign = "0+"
// CHECK: saliency.tanh {{.*}}saliency.sign = "-"
// CHECK: saliency.tanh {{.*}}saliency.sign = "-0+"
// CHECK: saliency.leaky_relu {{.*}}saliency.sign = "+"
// CHECK: saliency.leaky_relu {{.*}}saliency.sign = "-0"
// CHECK: saliency.leaky_relu {{.*}}saliency.sign = "0+"
// CHECK: saliency.leaky_relu {{.*}}saliency.sign = "-0+"
// CHECK: saliency.leaky_relu {{.*}}saliency.sign = "0+"
// CHECK: saliency.clip {{.*}}saliency.sign = "0+"
// CHECK: saliency.clip {{.*}}saliency.sign = "0"
// CHECK: saliency.clip {{.*}}saliency.sign = "+"
// CHECK: saliency.clip {{.*}}saliency.sign = "0"
// CHECK: saliency.clip {{.*}}saliency.sign = "+"
// CHECK: saliency.clip {{.*}}saliency.sign = "-0+"
// CHECK: saliency.clip {{.*}}saliency.sign = "-0"
// CHECK: saliency.clip {{.*}}saliency.sign = "-"
// CHECK: saliency.softmax {{.*}}saliency.sign = "0+"
// CHECK: saliency.identity {{.*}}saliency.sign = "-"
// CHECK: saliency.dropout {{.*}}saliency.sign = "+"
func.func @activations(%any: tensor<1x4xf32>) {
  %plus = saliency.constant {value = dense<2.0> : tensor<1x4xf32>} : tensor<1x4xf32>
  %minus = saliency.constant {value = dense<-2.0> : tensor<1x4xf32>} : tensor<1x4xf32>
  %zero = saliency.constant {value = dense<0.0> : tensor<1x4xf32>} : tensor<1x4xf32>
  %r0 = saliency.relu %any : (tensor<1x4xf32>) -> tensor<1x4xf32>
  %r1 = saliency.relu %plus : (tensor<1x4xf32>) -> tensor<1x4xf32>
  %r2 = saliency.relu %minus : (tensor<1x4xf32>) -> tensor<1x4xf32>
  %r3 = saliency.sigmoid %any : (tensor<1x4xf32>) -> tensor<1x4xf32>
  %r4 = saliency.tanh %minus : (tensor<1x4xf32>) -> tensor<1x4xf32>
  %r5 = saliency.tanh %any : (tensor<1x4xf32>) -> tensor<1x4xf32>
  %r6 = saliency.leaky_relu %plus {alpha = 0.1 : f32} : (tensor<1x4xf32>) -> tensor<1x4xf32>
  %r7 = saliency.leaky_relu %minus {alpha = 0.1 : f32} : (tensor<1x4xf32>) -> tensor<1x4xf32>
  %r8 = saliency.leaky_relu %minus {alpha = -0.1 : f32} : (tensor<1x4xf32>) -> tensor<1x4xf32>
  %r9 = saliency.leaky_relu %any {alpha = 0.1 : f32} : (tensor<1x4xf32>) -> tensor<1x4xf32>
  %r10 = saliency.leaky_relu %any {alpha = -1.0 : f32} : (tensor<1x4xf32>) -> tensor<1x4xf32>
  %r11 = saliency.clip %any {min = 0.0 : f32, max = 6.0 : f32} : (tensor<1x4xf32>) -> tensor<1x4xf32>
  %r12 = saliency.clip %minus {min = 0.0 : f32, max = 6.0 : f32} : (tensor<1x4xf32>) -> tensor<1x4xf32>
  %r13 = saliency.clip %any {min = 1.0 : f32, max = 6.0 : f32} : (tensor<1x4xf32>) -> tensor<1x4xf32>
  %r14 = saliency.clip %plus {min = -1.0 : f32, max = 0.0 : f32} : (tensor<1x4xf32>) -> tensor<1x4xf32>
  %r15 = saliency.clip %plus {min = -1.0 : f32, max = 1.0 : f32} : (tensor<1x4xf32>) -> tensor<1x4xf32>
  %r16 = saliency.clip %any {min = -1.0 : f32, max = 1.0 : f32} : (tensor<1x4xf32>) -> tensor<1x4xf32>
  %r17 = saliency.clip %any {min = -1.0 : f32, max = 0.0 : f32} : (tensor<1x4xf32>) -> tensor<1x4xf32>
  %r18 = saliency.clip %any {min = 1.0 : f32, max = -1.0 : f32} : (tensor<1x4xf32>) -> tensor<1x4xf32>
  %r19 = saliency.softmax %minus {axis = 1 : i64} : (tensor<1x4xf32>) -> tensor<1x4xf32>
  %r20 = saliency.identity %minus : (tensor<1x4xf32>) -> tensor<1x4xf32>
  %r21 = saliency.dropout %plus : (tensor<1x4xf32>) -> tensor<1x4xf32>
  return
}

// CHECK-LABEL: func @merges(
// CHECK: saliency.relu {{.*}}saliency.sign = "0+"
// CHECK: saliency.add {{.*}}saliency.sign = "+"
// CHECK: saliency.add {{.*}}saliency.sign = "+"
// CHECK: saliency.add {{.*}}saliency.sign = "0+"
// CHECK: saliency.add {{.*}}saliency.sign = "-0+"
// CHECK: saliency.add {{.*}}saliency.sign = "-"
// CHECK: saliency.sub {{.*}}saliency.sign = "+"
// CHECK: saliency.sub {{.*}}saliency.sign = "-0+"
// CHECK: saliency.sub {{.*}}saliency.sign = "-0"
// CHECK: saliency.mul {{.*}}saliency.sign = "0+"
// CHECK: saliency.mul {{.*}}saliency.sign = "-0"
// CHECK: saliency.mul {{.*}}saliency.sign = "0"
// CHECK: saliency.mul {{.*}}saliency.sign = "0+"
// CHECK: saliency.div {{.*}}saliency.sign = "-0"
// CHECK: saliency.div {{.*}}saliency.sign = "-0+"
// CHECK: saliency.div {{.*}}saliency.sign = "0"
// CHECK: saliency.concat {{.*}}saliency.sign = "0+"
func.func @merges(%any: tensor<1x4xf32>) {
  %plus = saliency.constant {value = dense<2.0> : tensor<1x4xf32>} : tensor<1x4xf32>
  %minus = saliency.constant {value = dense<-2.0> : tensor<1x4xf32>} : tensor<1x4xf32>
  %zero = saliency.constant {value = dense<0.0> : tensor<1x4xf32>} : tensor<1x4xf32>
  %some = saliency.relu %any : (tensor<1x4xf32>) -> tensor<1x4xf32>
  %r1 = saliency.add %plus, %plus : (tensor<1x4xf32>, tensor<1x4xf32>) -> tensor<1x4xf32>
  %r2 = saliency.add %some, %plus : (tensor<1x4xf32>, tensor<1x4xf32>) -> tensor<1x4xf32>
  %r3 = saliency.add %some, %some : (tensor<1x4xf32>, tensor<1x4xf32>) -> tensor<1x4xf32>
  %r4 = saliency.add %plus, %minus : (tensor<1x4xf32>, tensor<1x4xf32>) -> tensor<1x4xf32>
  %r5 = saliency.add %zero, %minus : (tensor<1x4xf32>, tensor<1x4xf32>) -> tensor<1x4xf32>
  %r6 = saliency.sub %plus, %minus : (tensor<1x4xf32>, tensor<1x4xf32>) -> tensor<1x4xf32>
  %r7 = saliency.sub %some, %plus : (tensor<1x4xf32>, tensor<1x4xf32>) -> tensor<1x4xf32>
  %r8 = saliency.sub %zero, %some : (tensor<1x4xf32>, tensor<1x4xf32>) -> tensor<1x4xf32>
  %r9 = saliency.mul %plus, %plus : (tensor<1x4xf32>, tensor<1x4xf32>) -> tensor<1x4xf32>
  %r10 = saliency.mul %minus, %some : (tensor<1x4xf32>, tensor<1x4xf32>) -> tensor<1x4xf32>
  %r11 = saliency.mul %any, %zero : (tensor<1x4xf32>, tensor<1x4xf32>) -> tensor<1x4xf32>
  %r12 = saliency.mul %minus, %minus : (tensor<1x4xf32>, tensor<1x4xf32>) -> tensor<1x4xf32>
  %r13 = saliency.div %some, %minus : (tensor<1x4xf32>, tensor<1x4xf32>) -> tensor<1x4xf32>
  %r14 = saliency.div %plus, %some : (tensor<1x4xf32>, tensor<1x4xf32>) -> tensor<1x4xf32>
  %r15 = saliency.div %zero, %some : (tensor<1x4xf32>, tensor<1x4xf32>) -> tensor<1x4xf32>
  %concat = saliency.concat %plus, %zero {axis = 1 : i64} : (tensor<1x4xf32>, tensor<1x4xf32>) -> tensor<1x8xf32>
  return
}

#window = #saliency.window<kernel = [2], strides = [2], low = [0], high = [0], dilations = [1]>

// CHECK-LABEL: func @linear_maps(
// CHECK: saliency.conv {{.*}}saliency.sign = "-0"
// CHECK: saliency.conv {{.*}}saliency.sign = "-"
// CHECK: saliency.conv {{.*}}saliency.sign = "-0+"
// CHECK: saliency.conv_adjoint {{.*}}saliency.sign = "-0"
// CHECK: saliency.conv_correlate {{.*}}saliency.sign = "0+"
// CHECK: saliency.gemm {{.*}}saliency.sign = "-0"
// CHECK: saliency.gemm {{.*}}saliency.sign = "-"
// CHECK: saliency.gemm_adjoint {{.*}}saliency.sign = "-0"
// CHECK: saliency.gemm_correlate {{.*}}saliency.sign = "0+"
// CHECK: saliency.matmul {{.*}}saliency.sign = "-0"
// CHECK: saliency.batch_norm {{.*}}saliency.sign = "-0+"
func.func @linear_maps(%any: tensor<1x1x4xf32>) {
  %w = saliency.constant {value = dense<-1.0> : tensor<1x1x2xf32>} : tensor<1x1x2xf32>
  %b = saliency.constant {value = dense<-1.0> : tensor<1xf32>} : tensor<1xf32>
  %plus = saliency.constant {value = dense<2.0> : tensor<1x1x4xf32>} : tensor<1x1x4xf32>
  %r = saliency.constant {value = dense<2.0> : tensor<1x1x2xf32>} : tensor<1x1x2xf32>
  %x2 = saliency.constant {value = dense<2.0> : tensor<1x2xf32>} : tensor<1x2xf32>
  %m = saliency.constant {value = dense<-1.0> : tensor<3x2xf32>} : tensor<3x2xf32>
  %b3 = saliency.constant {value = dense<-1.0> : tensor<3xf32>} : tensor<3xf32>
  %r1x3 = saliency.constant {value = dense<2.0> : tensor<1x3xf32>} : tensor<1x3xf32>
  %r0 = saliency.conv %plus, %w {window = #window} : (tensor<1x1x4xf32>, tensor<1x1x2xf32>) -> tensor<1x1x2xf32>
  %r1 = saliency.conv %plus, %w, %b {window = #window} : (tensor<1x1x4xf32>, tensor<1x1x2xf32>, tensor<1xf32>) -> tensor<1x1x2xf32>
  %r2 = saliency.conv %any, %w {window = #window} : (tensor<1x1x4xf32>, tensor<1x1x2xf32>) -> tensor<1x1x2xf32>
  %r3 = saliency.conv_adjoint %w, %r {window = #window, spatial = array<i64: 4>} : (tensor<1x1x2xf32>, tensor<1x1x2xf32>) -> tensor<1x1x4xf32>
  %r4 = saliency.conv_correlate %plus, %r {window = #window} : (tensor<1x1x4xf32>, tensor<1x1x2xf32>) -> tensor<1x1x1x2xf32>
  %r5 = saliency.gemm %x2, %m : (tensor<1x2xf32>, tensor<3x2xf32>) -> tensor<1x3xf32>
  %r6 = saliency.gemm %x2, %m, %b3 : (tensor<1x2xf32>, tensor<3x2xf32>, tensor<3xf32>) -> tensor<1x3xf32>
  %r7 = saliency.gemm_adjoint %m, %r1x3 : (tensor<3x2xf32>, tensor<1x3xf32>) -> tensor<1x2xf32>
  %r8 = saliency.gemm_correlate %x2, %r1x3 : (tensor<1x2xf32>, tensor<1x3xf32>) -> tensor<1x3x2xf32>
  %r9 = saliency.matmul %r1x3, %m : (tensor<1x3xf32>, tensor<3x2xf32>) -> tensor<1x2xf32>
  %r10 = saliency.batch_norm %plus, %b, %b, %b, %b {epsilon = 1.0e-5 : f32} : (tensor<1x1x4xf32>, tensor<1xf32>, tensor<1xf32>, tensor<1xf32>, tensor<1xf32>) -> tensor<1x1x4xf32>
  return
}

// CHECK-LABEL: func @pools(
// CHECK: saliency.max_pool {{.*}}saliency.sign = "-"
// CHECK: saliency.max_pool {{.*}}saliency.sign = "-0+"
// CHECK: saliency.avg_pool {{.*}}saliency.sign = "0+"
// CHECK: saliency.max_pool_adjoint {{.*}}saliency.sign = "0+"
// CHECK: saliency.avg_pool_adjoint {{.*}}saliency.sign = "0+"
func.func @pools(%any: tensor<1x1x4xf32>) {
  %plus = saliency.constant {value = dense<2.0> : tensor<1x1x4xf32>} : tensor<1x1x4xf32>
  %minus = saliency.constant {value = dense<-2.0> : tensor<1x1x4xf32>} : tensor<1x1x4xf32>
  %r = saliency.constant {value = dense<2.0> : tensor<1x1x2xf32>} : tensor<1x1x2xf32>
  %r0 = saliency.max_pool %minus {window = #window} : (tensor<1x1x4xf32>) -> tensor<1x1x2xf32>
  %r1 = saliency.max_pool %any {window = #window} : (tensor<1x1x4xf32>) -> tensor<1x1x2xf32>
  %r2 = saliency.avg_pool %plus {window = #window} : (tensor<1x1x4xf32>) -> tensor<1x1x2xf32>
  %r3 = saliency.max_pool_adjoint %any, %r {window = #window} : (tensor<1x1x4xf32>, tensor<1x1x2xf32>) -> tensor<1x1x4xf32>
  %r4 = saliency.avg_pool_adjoint %r {window = #window, spatial = array<i64: 4>} : (tensor<1x1x2xf32>) -> tensor<1x1x4xf32>
  return
}

// CHECK-LABEL: func @structure(
// CHECK: saliency.reshape {{.*}}saliency.sign = "-"
// CHECK: saliency.transpose {{.*}}saliency.sign = "-"
// CHECK: saliency.slice {{.*}}saliency.sign = "+"
// CHECK: saliency.pad {{.*}}saliency.sign = "0+"
// CHECK: saliency.pad {{.*}}saliency.sign = "-+"
func.func @structure() {
  %plus = saliency.constant {value = dense<2.0> : tensor<1x4xf32>} : tensor<1x4xf32>
  %minus = saliency.constant {value = dense<-2.0> : tensor<1x4xf32>} : tensor<1x4xf32>
  %r0 = saliency.reshape %minus {shape = array<i64: 4>} : (tensor<1x4xf32>) -> tensor<4xf32>
  %r1 = saliency.transpose %minus {permutation = array<i64: 1, 0>} : (tensor<1x4xf32>) -> tensor<4x1xf32>
  %r2 = saliency.slice %plus {starts = array<i64: 0, 0>, sizes = array<i64: 1, 2>, strides = array<i64: 1, 1>} : (tensor<1x4xf32>) -> tensor<1x2xf32>
  %r3 = saliency.pad %plus {low = array<i64: 0, 1>, high = array<i64: 0, 0>, interior = array<i64: 0, 0>} : (tensor<1x4xf32>) -> tensor<1x5xf32>
  %r4 = saliency.pad %plus {low = array<i64: 0, 1>, high = array<i64: 0, 0>, interior = array<i64: 0, 0>, value = -1.0 : f32} : (tensor<1x4xf32>) -> tensor<1x5xf32>
  return
}

// CHECK-LABEL: func @attribution(
// CHECK: saliency.reduce {{.*}}saliency.sign = "+"
// CHECK: saliency.reduce {{.*}}saliency.sign = "-"
// CHECK: saliency.reduce {{.*}}saliency.sign = "-0+"
// CHECK: saliency.reduce {{.*}}saliency.sign = "+"
// CHECK: saliency.reduce {{.*}}saliency.sign = "0+"
// CHECK: saliency.reduce {{.*}}saliency.sign = "0"
// CHECK: saliency.broadcast {{.*}}saliency.sign = "-"
// CHECK: saliency.percentile {{.*}}saliency.sign = "-"
// CHECK: saliency.one_hot {{.*}}saliency.sign = "0+"
// CHECK: saliency.resize {{.*}}saliency.sign = "-"
// CHECK: saliency.resize {{.*}}saliency.sign = "-0"
// CHECK: saliency.resize {{.*}}saliency.sign = "-0+"
func.func @attribution(%any: tensor<1x4xf32>, %index: tensor<1xi64>, %map: tensor<1x1x4xf32>) {
  %plus = saliency.constant {value = dense<2.0> : tensor<1x4xf32>} : tensor<1x4xf32>
  %minus = saliency.constant {value = dense<-2.0> : tensor<1x4xf32>} : tensor<1x4xf32>
  %zero = saliency.constant {value = dense<0.0> : tensor<1x4xf32>} : tensor<1x4xf32>
  %image = saliency.constant {value = dense<-2.0> : tensor<1x1x4xf32>} : tensor<1x1x4xf32>
  %r0 = saliency.reduce %plus {kind = #saliency.reduction<sum>, axes = array<i64: 1>} : (tensor<1x4xf32>) -> tensor<1x1xf32>
  %r1 = saliency.reduce %minus {kind = #saliency.reduction<mean>, axes = array<i64: 1>} : (tensor<1x4xf32>) -> tensor<1x1xf32>
  %r2 = saliency.reduce %any {kind = #saliency.reduction<max>, axes = array<i64: 1>} : (tensor<1x4xf32>) -> tensor<1x1xf32>
  %r3 = saliency.reduce %plus {kind = #saliency.reduction<min>, axes = array<i64: 1>} : (tensor<1x4xf32>) -> tensor<1x1xf32>
  %r4 = saliency.reduce %any {kind = #saliency.reduction<count_nonzero>, axes = array<i64: 1>} : (tensor<1x4xf32>) -> tensor<1x1xf32>
  %r5 = saliency.reduce %zero {kind = #saliency.reduction<count_nonzero>, axes = array<i64: 1>} : (tensor<1x4xf32>) -> tensor<1x1xf32>
  %r6 = saliency.broadcast %minus {shape = array<i64: 1, 4>} : (tensor<1x4xf32>) -> tensor<1x4xf32>
  %r7 = saliency.percentile %minus {q = 50.0 : f64} : (tensor<1x4xf32>) -> tensor<1x1xf32>
  %r8 = saliency.one_hot %index {classes = 4 : i64} : (tensor<1xi64>) -> tensor<1x4xf32>
  %r9 = saliency.resize %image {mode = #saliency.resize_mode<nearest>, spatial = array<i64: 8>} : (tensor<1x1x4xf32>) -> tensor<1x1x8xf32>
  %r10 = saliency.resize %image {mode = #saliency.resize_mode<half_pixel>, spatial = array<i64: 8>} : (tensor<1x1x4xf32>) -> tensor<1x1x8xf32>
  %r11 = saliency.resize %map {mode = #saliency.resize_mode<align_corners>, spatial = array<i64: 8>} : (tensor<1x1x4xf32>) -> tensor<1x1x8xf32>
  return
}

// CHECK-LABEL: func @divisions(
// CHECK: saliency.divide {{.*}}saliency.sign = "-0"
// CHECK: saliency.divide {{.*}}saliency.sign = "-0+"
// CHECK: saliency.divide {{.*}}saliency.sign = "0"
// CHECK: saliency.divide {{.*}}saliency.sign = "0+"
// CHECK: saliency.divide {{.*}}saliency.sign = "0"
// CHECK: saliency.divide {{.*}}saliency.sign = "-0+"
// CHECK: saliency.divide {{.*}}saliency.sign = "0+"
// CHECK: saliency.divide {{.*}}saliency.sign = "0+"
// CHECK: saliency.divide {{.*}}saliency.sign = "-0"
// CHECK: saliency.divide {{.*}}saliency.sign = "-0"
// CHECK: saliency.divide {{.*}}saliency.sign = "0+"
// CHECK: saliency.divide {{.*}}saliency.sign = "-0"
// CHECK: saliency.divide {{.*}}saliency.sign = "0+"
// CHECK: saliency.divide {{.*}}saliency.sign = "-0+"
// CHECK: saliency.divide {{.*}}saliency.sign = "-0"
// CHECK: saliency.divide {{.*}}saliency.sign = "0"
func.func @divisions(%any: tensor<1x4xf32>) {
  %plus = saliency.constant {value = dense<2.0> : tensor<1x4xf32>} : tensor<1x4xf32>
  %minus = saliency.constant {value = dense<-2.0> : tensor<1x4xf32>} : tensor<1x4xf32>
  %zero = saliency.constant {value = dense<0.0> : tensor<1x4xf32>} : tensor<1x4xf32>
  %some = saliency.relu %any : (tensor<1x4xf32>) -> tensor<1x4xf32>
  %r0 = saliency.divide %plus, %minus {division = #saliency.division<plain>, epsilon = 1.0e-6 : f32} : (tensor<1x4xf32>, tensor<1x4xf32>) -> tensor<1x4xf32>
  %r1 = saliency.divide %plus, %some {division = #saliency.division<plain>, epsilon = 1.0e-6 : f32} : (tensor<1x4xf32>, tensor<1x4xf32>) -> tensor<1x4xf32>
  %r2 = saliency.divide %zero, %any {division = #saliency.division<plain>, epsilon = 1.0e-6 : f32} : (tensor<1x4xf32>, tensor<1x4xf32>) -> tensor<1x4xf32>
  %r3 = saliency.divide %plus, %some {division = #saliency.division<zero_safe>, epsilon = 1.0e-6 : f32} : (tensor<1x4xf32>, tensor<1x4xf32>) -> tensor<1x4xf32>
  %r4 = saliency.divide %minus, %zero {division = #saliency.division<zero_safe>, epsilon = 1.0e-6 : f32} : (tensor<1x4xf32>, tensor<1x4xf32>) -> tensor<1x4xf32>
  %r5 = saliency.divide %plus, %any {division = #saliency.division<zero_safe>, epsilon = 1.0e-6 : f32} : (tensor<1x4xf32>, tensor<1x4xf32>) -> tensor<1x4xf32>
  %r6 = saliency.divide %plus, %some {division = #saliency.division<stab>, epsilon = 1.0e-6 : f32} : (tensor<1x4xf32>, tensor<1x4xf32>) -> tensor<1x4xf32>
  %r7 = saliency.divide %plus, %zero {division = #saliency.division<stab>, epsilon = 1.0e-6 : f32} : (tensor<1x4xf32>, tensor<1x4xf32>) -> tensor<1x4xf32>
  %r8 = saliency.divide %plus, %minus {division = #saliency.division<stab_clip>, epsilon = 1.0e-6 : f32} : (tensor<1x4xf32>, tensor<1x4xf32>) -> tensor<1x4xf32>
  %r9 = saliency.divide %minus, %some {division = #saliency.division<stab_rms>, epsilon = 1.0e-6 : f32} : (tensor<1x4xf32>, tensor<1x4xf32>) -> tensor<1x4xf32>
  %r10 = saliency.divide %plus, %zero {division = #saliency.division<zero_bump>, epsilon = 1.0e-6 : f32} : (tensor<1x4xf32>, tensor<1x4xf32>) -> tensor<1x4xf32>
  %r11 = saliency.divide %plus, %minus {division = #saliency.division<zero_bump>, epsilon = 1.0e-6 : f32} : (tensor<1x4xf32>, tensor<1x4xf32>) -> tensor<1x4xf32>
  %r12 = saliency.divide %plus, %some {division = #saliency.division<plus>, epsilon = 1.0e-6 : f32} : (tensor<1x4xf32>, tensor<1x4xf32>) -> tensor<1x4xf32>
  %r13 = saliency.divide %plus, %minus {division = #saliency.division<plus>, epsilon = 1.0e-6 : f32} : (tensor<1x4xf32>, tensor<1x4xf32>) -> tensor<1x4xf32>
  %r14 = saliency.divide %minus, %some {division = #saliency.division<plus_masked>, epsilon = 1.0e-6 : f32} : (tensor<1x4xf32>, tensor<1x4xf32>) -> tensor<1x4xf32>
  %r15 = saliency.divide %zero, %any {division = #saliency.division<plus_masked>, epsilon = 1.0e-6 : f32} : (tensor<1x4xf32>, tensor<1x4xf32>) -> tensor<1x4xf32>
  return
}

// CHECK-LABEL: func @arithmetic(
// CHECK: arith.addf {{.*}}saliency.sign = "+"
// CHECK: arith.subf {{.*}}saliency.sign = "-"
// CHECK: arith.mulf {{.*}}saliency.sign = "-0"
// CHECK: arith.mulf {{.*}}saliency.sign = "0+"
// CHECK: arith.divf {{.*}}saliency.sign = "-0"
// CHECK: arith.divf {{.*}}saliency.sign = "-0+"
// CHECK: arith.negf {{.*}}saliency.sign = "-"
// CHECK: arith.uitofp {{.*}}saliency.sign = "0+"
// CHECK: math.absf {{.*}}saliency.sign = "0+"
// CHECK: math.absf {{.*}}saliency.sign = "+"
// CHECK: math.sqrt {{.*}}saliency.sign = "+"
// CHECK: math.exp {{.*}}saliency.sign = "0+"
// CHECK: arith.select {{.*}}saliency.sign = "0+"
// CHECK: math.sin {{.*}}saliency.sign = "-0+"
func.func @arithmetic(%any: tensor<1x4xf32>, %bit: tensor<1x4xi1>) {
  %plus = saliency.constant {value = dense<2.0> : tensor<1x4xf32>} : tensor<1x4xf32>
  %minus = saliency.constant {value = dense<-2.0> : tensor<1x4xf32>} : tensor<1x4xf32>
  %zero = saliency.constant {value = dense<0.0> : tensor<1x4xf32>} : tensor<1x4xf32>
  %r0 = arith.addf %plus, %plus : tensor<1x4xf32>
  %r1 = arith.subf %minus, %plus : tensor<1x4xf32>
  %r2 = arith.mulf %minus, %plus : tensor<1x4xf32>
  %r3 = arith.mulf %any, %any : tensor<1x4xf32>
  %r4 = arith.divf %plus, %minus : tensor<1x4xf32>
  %r5 = arith.divf %plus, %zero : tensor<1x4xf32>
  %r6 = arith.negf %plus : tensor<1x4xf32>
  %r7 = arith.uitofp %bit : tensor<1x4xi1> to tensor<1x4xf32>
  %r8 = math.absf %any : tensor<1x4xf32>
  %r9 = math.absf %minus : tensor<1x4xf32>
  %r10 = math.sqrt %plus : tensor<1x4xf32>
  %r11 = math.exp %any : tensor<1x4xf32>
  %r12 = arith.select %bit, %plus, %zero : tensor<1x4xi1>, tensor<1x4xf32>
  %r13 = math.sin %plus : tensor<1x4xf32>
  return
}

// Positive and negative part, as methods write them.
// CHECK-LABEL: func @parts(
// CHECK: arith.select {{.*}}saliency.sign = "0+"
// CHECK: arith.select {{.*}}saliency.sign = "0+"
// CHECK: arith.select {{.*}}saliency.sign = "-0"
// CHECK: arith.select {{.*}}saliency.sign = "-0"
func.func @parts(%x: tensor<1x4xf32>) {
  %zero = saliency.constant {value = dense<0.0> : tensor<1x4xf32>} : tensor<1x4xf32>
  %less = arith.cmpf olt, %x, %zero : tensor<1x4xf32>
  %greater = arith.cmpf ogt, %x, %zero : tensor<1x4xf32>
  %r0 = arith.select %less, %zero, %x : tensor<1x4xi1>, tensor<1x4xf32>
  %r1 = arith.select %greater, %x, %zero : tensor<1x4xi1>, tensor<1x4xf32>
  %r2 = arith.select %greater, %zero, %x : tensor<1x4xi1>, tensor<1x4xf32>
  %r3 = arith.select %less, %x, %zero : tensor<1x4xi1>, tensor<1x4xf32>
  return
}

// A value carried by a loop has the sign of its start and of every turn.
// CHECK-LABEL: func @loop(
// CHECK: scf.for {{.*}}iter_args
// CHECK: arith.addf {{.*}}saliency.sign = "0+"
// CHECK: arith.addf {{.*}}saliency.sign = "-0+"
func.func @loop(%x: tensor<4xf32>, %n: index) -> (tensor<4xf32>, tensor<4xf32>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %zero = arith.constant dense<0.0> : tensor<4xf32>
  %some = saliency.relu %x : (tensor<4xf32>) -> tensor<4xf32>
  %sums:2 = scf.for %i = %c0 to %n step %c1 iter_args(%a = %zero, %b = %zero) -> (tensor<4xf32>, tensor<4xf32>) {
    %p = arith.addf %a, %some : tensor<4xf32>
    %q = arith.addf %b, %x : tensor<4xf32>
    scf.yield %p, %q : tensor<4xf32>, tensor<4xf32>
  }
  return %sums#0, %sums#1 : tensor<4xf32>, tensor<4xf32>
}

// So has one that our own loops carry, and a choice has the sign of both its sides.
// CHECK-LABEL: func @own_loops(
// CHECK: saliency.repeat
// CHECK: arith.addf {{.*}}saliency.sign = "0+"
// CHECK: arith.addf {{.*}}saliency.sign = "-0+"
// CHECK: saliency.for_each_class
// CHECK: saliency.one_hot {{.*}}saliency.sign = "0+"
// CHECK: arith.addf {{.*}}saliency.sign = "0+"
// CHECK: saliency.if_given
// CHECK: math.absf {{.*}}saliency.sign = "0+"
// CHECK: arith.negf {{.*}}saliency.sign = "-0"
func.func @own_loops(%x: tensor<1x4xf32>, %n: index, %listed: tensor<?x1xi64>, %class: tensor<1xi64>, %target: tensor<1xi64>, %images: tensor<?x4xf32>) -> (tensor<1x4xf32>, tensor<1x4xf32>, tensor<1x4xf32>, tensor<1x4xf32>) {
  %zero = arith.constant dense<0.0> : tensor<1x4xf32>
  %some = saliency.relu %x : (tensor<1x4xf32>) -> tensor<1x4xf32>
  %sums:2 = saliency.repeat %run to %n carrying(%a = %zero, %b = %zero) : tensor<1x4xf32>, tensor<1x4xf32> {
    %p = arith.addf %a, %some : tensor<1x4xf32>
    %q = arith.addf %b, %x : tensor<1x4xf32>
    saliency.yield %p, %q : tensor<1x4xf32>, tensor<1x4xf32>
  }
  %classes = saliency.for_each_class %c in %listed or %class except %target : tensor<?x1xi64> carrying(%a = %zero) : tensor<1x4xf32> {
    %hot = saliency.one_hot %c {classes = 4 : i64} : (tensor<1xi64>) -> tensor<1x4xf32>
    %p = arith.addf %a, %hot : tensor<1x4xf32>
    saliency.yield %p : tensor<1x4xf32>
  }
  %choice = saliency.if_given %images : tensor<?x4xf32> -> tensor<1x4xf32> {
    %p = math.absf %x : tensor<1x4xf32>
    saliency.yield %p : tensor<1x4xf32>
  } otherwise {
    saliency.yield %some : tensor<1x4xf32>
  }
  %negative = arith.negf %choice : tensor<1x4xf32>
  return %sums#0, %sums#1, %classes, %negative : tensor<1x4xf32>, tensor<1x4xf32>, tensor<1x4xf32>, tensor<1x4xf32>
}

{-#
  dialect_resources: {
    builtin: {
      weights: "0x040000000000803F00000040"
    }
  }
#-}

// CHECK-LABEL: func @functions(
// CHECK: saliency.abs {{.*}}saliency.sign = "0+"
// CHECK: saliency.abs {{.*}}saliency.sign = "+"
// CHECK: saliency.neg {{.*}}saliency.sign = "-"
// CHECK: saliency.exp {{.*}}saliency.sign = "0+"
// CHECK: saliency.log {{.*}}saliency.sign = "-0+"
// CHECK: saliency.sqrt {{.*}}saliency.sign = "+"
// CHECK: saliency.reciprocal {{.*}}saliency.sign = "0+"
// CHECK: saliency.reciprocal {{.*}}saliency.sign = "-0+"
// CHECK: saliency.erf {{.*}}saliency.sign = "-0"
// CHECK: saliency.softplus {{.*}}saliency.sign = "0+"
// CHECK: saliency.silu {{.*}}saliency.sign = "0+"
// CHECK: saliency.mish {{.*}}saliency.sign = "-0"
// CHECK: saliency.gelu {{.*}}saliency.sign = "-0"
// CHECK: saliency.hard_swish {{.*}}saliency.sign = "-0"
// CHECK: saliency.hard_sigmoid {{.*}}saliency.sign = "0+"
// CHECK: saliency.elu {{.*}}saliency.sign = "-0"
// CHECK: saliency.elu {{.*}}saliency.sign = "-0+"
// CHECK: saliency.pow {{.*}}saliency.sign = "0+"
// CHECK: saliency.pow {{.*}}saliency.sign = "-0+"
// CHECK: saliency.prelu {{.*}}saliency.sign = "-0"
// CHECK: saliency.layer_norm {{.*}}saliency.sign = "-0+"
// CHECK: saliency.threshold {{.*}}saliency.sign = "+"
// CHECK: saliency.threshold {{.*}}saliency.sign = "-"
// CHECK: saliency.threshold {{.*}}saliency.sign = "0+"
// CHECK: saliency.threshold {{.*}}saliency.sign = "-0"
// CHECK: saliency.threshold {{.*}}saliency.sign = "-+"
// CHECK: saliency.threshold {{.*}}saliency.sign = "-0+"
func.func @functions(%any: tensor<1x4xf32>) {
  %plus = saliency.constant {value = dense<2.0> : tensor<1x4xf32>} : tensor<1x4xf32>
  %minus = saliency.constant {value = dense<-2.0> : tensor<1x4xf32>} : tensor<1x4xf32>
  %row = saliency.constant {value = dense<1.0> : tensor<4xf32>} : tensor<4xf32>
  %f0 = saliency.abs %any : (tensor<1x4xf32>) -> tensor<1x4xf32>
  %f1 = saliency.abs %minus : (tensor<1x4xf32>) -> tensor<1x4xf32>
  %f2 = saliency.neg %plus : (tensor<1x4xf32>) -> tensor<1x4xf32>
  %f3 = saliency.exp %any : (tensor<1x4xf32>) -> tensor<1x4xf32>
  %f4 = saliency.log %plus : (tensor<1x4xf32>) -> tensor<1x4xf32>
  %f5 = saliency.sqrt %plus : (tensor<1x4xf32>) -> tensor<1x4xf32>
  %f6 = saliency.reciprocal %plus : (tensor<1x4xf32>) -> tensor<1x4xf32>
  %f7 = saliency.reciprocal %any : (tensor<1x4xf32>) -> tensor<1x4xf32>
  %f8 = saliency.erf %minus : (tensor<1x4xf32>) -> tensor<1x4xf32>
  %f9 = saliency.softplus %minus : (tensor<1x4xf32>) -> tensor<1x4xf32>
  %f10 = saliency.silu %plus : (tensor<1x4xf32>) -> tensor<1x4xf32>
  %f11 = saliency.mish %minus : (tensor<1x4xf32>) -> tensor<1x4xf32>
  %f12 = saliency.gelu %minus : (tensor<1x4xf32>) -> tensor<1x4xf32>
  %f13 = saliency.hard_swish %minus : (tensor<1x4xf32>) -> tensor<1x4xf32>
  %f14 = saliency.hard_sigmoid %any {alpha = 0.2 : f32, beta = 0.5 : f32} : (tensor<1x4xf32>) -> tensor<1x4xf32>
  %f15 = saliency.elu %minus {alpha = 1.0 : f32, scale = 1.000000e+00 : f32} : (tensor<1x4xf32>) -> tensor<1x4xf32>
  %f16 = saliency.elu %minus {alpha = -1.0 : f32, scale = 1.000000e+00 : f32} : (tensor<1x4xf32>) -> tensor<1x4xf32>
  %f17 = saliency.pow %minus {exponent = 2.0 : f32} : (tensor<1x4xf32>) -> tensor<1x4xf32>
  %f18 = saliency.pow %minus {exponent = 3.0 : f32} : (tensor<1x4xf32>) -> tensor<1x4xf32>
  %f19 = saliency.prelu %minus, %plus : (tensor<1x4xf32>, tensor<1x4xf32>) -> tensor<1x4xf32>
  %below = saliency.constant {value = dense<-1.0> : tensor<4xf32>} : tensor<4xf32>
  %mixed = saliency.constant {value = dense<[-1.0, 1.0, -2.0, 2.0]> : tensor<4xf32>} : tensor<4xf32>
  %none = saliency.constant {value = dense<0.0> : tensor<4xf32>} : tensor<4xf32>
  %infinite = saliency.constant {value = dense<[0x7F800000, 0x7F800000, 1.0, 1.0]> : tensor<4xf32>} : tensor<4xf32>
  %f20 = saliency.layer_norm %any, %row, %row {axis = 1 : i64, epsilon = 1.0e-5 : f32} : (tensor<1x4xf32>, tensor<4xf32>, tensor<4xf32>) -> tensor<1x4xf32>
  %t0 = saliency.threshold %any, %row, %infinite : (tensor<1x4xf32>, tensor<4xf32>, tensor<4xf32>) -> tensor<1x4xf32>
  %t1 = saliency.threshold %any, %below, %below : (tensor<1x4xf32>, tensor<4xf32>, tensor<4xf32>) -> tensor<1x4xf32>
  %t2 = saliency.threshold %any, %none, %infinite : (tensor<1x4xf32>, tensor<4xf32>, tensor<4xf32>) -> tensor<1x4xf32>
  %t3 = saliency.threshold %any, %below, %none : (tensor<1x4xf32>, tensor<4xf32>, tensor<4xf32>) -> tensor<1x4xf32>
  %t4 = saliency.threshold %minus, %mixed, %infinite : (tensor<1x4xf32>, tensor<4xf32>, tensor<4xf32>) -> tensor<1x4xf32>
  %t5 = saliency.threshold %any, %below, %row : (tensor<1x4xf32>, tensor<4xf32>, tensor<4xf32>) -> tensor<1x4xf32>
  return
}
