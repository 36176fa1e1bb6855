// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef SALIENCY_CONTRACTS_TD
#define SALIENCY_CONTRACTS_TD

include "mlir/Pass/PassBase.td"

def CheckNetworkPass : Pass<"saliency-check-network", "::mlir::ModuleOp"> {
  let summary = "Contract 1: `forward` is a network that attribution can read";
  let description = [{Every op is a layer or a constant, every value a static float32 tensor of at most 2^31 entries.}];
}

def CheckAttributionPass : Pass<"saliency-check-attribution", "::mlir::ModuleOp"> {
  let summary = "Contract 2: `explain` is one explanation, complete";
  let description = [{
    Arguments and results say their roles, logits are there, a map has the type of the input and a layer's relevance that of
    the layer.
  }];
}

def CheckLinalgPass : Pass<"saliency-check-linalg", "::mlir::ModuleOp"> {
  let summary = "Contract 3: no op of the saliency dialect is left, only linalg, tensor, arith, math, scf, bufferization and func";
}

def CheckSpecialisedPass : Pass<"saliency-check-specialised", "::mlir::ModuleOp"> {
  let summary = "Contract 4: stage `specialised` is made of saliency, arith and math";
  let description = [{
    The explanation, whether made faster or not (`--no-specialise`), is one function of saliency, arith and math ops. This is what
    every back end reads: the lowering to linalg, and any that writes explanations in another form. A pass before this point
    that needs a loop, a slice or a choice has ops of our own for it (`dialect/ops/Loops.td`, `Calls.td`, `Runs.td`).
  }];
}

#endif // SALIENCY_CONTRACTS_TD
