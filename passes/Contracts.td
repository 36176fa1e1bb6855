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
  let summary = "Contract 3: no op of the saliency dialect is left, only linalg, tensor, arith, math, scf";
}

#endif // SALIENCY_CONTRACTS_TD
