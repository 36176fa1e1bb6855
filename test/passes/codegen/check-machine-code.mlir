// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: saliency-opt %s --saliency-check-machine-code=hooks=saliency_parallel -split-input-file -verify-diagnostics

llvm.func @saliency_parallel(!llvm.ptr, !llvm.ptr, !llvm.ptr, i64) -> i32
llvm.func @fine(%p: !llvm.ptr, %n: i64) {
  %r = llvm.call @saliency_parallel(%p, %p, %p, %n) : (!llvm.ptr, !llvm.ptr, !llvm.ptr, i64) -> i32
  llvm.return
}

// -----

llvm.func @malloc(i64) -> !llvm.ptr
llvm.func @allocates(%n: i64) {
  // expected-error @+1 {{generated code calls nothing outside itself, this calls @malloc}}
  %p = llvm.call @malloc(%n) : (i64) -> !llvm.ptr
  llvm.return
}

// -----

llvm.func @halfway(%n: i64) {
  // expected-error @+1 {{every value must have a machine type, this one was converted only halfway}}
  %i = builtin.unrealized_conversion_cast %n : i64 to index
  llvm.return
}

// -----

llvm.func @left(%n: i64) {
  // expected-error @+1 {{every operation must have become LLVM, 'arith.addi' is left}}
  %m = arith.addi %n, %n : i64
  llvm.return
}
