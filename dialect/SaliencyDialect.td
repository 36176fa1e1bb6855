// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef SALIENCY_DIALECT_TD
#define SALIENCY_DIALECT_TD

include "mlir/IR/OpBase.td"

def Saliency_Dialect : Dialect {
  let name = "saliency";
  let cppNamespace = "::saliency";
  let summary = "Trained networks and the attribution code derived from them";
  let description = [{
    Two kinds of ops live here. Forward ops transcribe the layers of a trained network (convolution, pooling,
    normalisation …). Attribution ops are what backward attribution code needs besides upstream arith and math:
    adjoint and correlation of the linear maps, pool routing, reductions that keep the sample axis, named divisions,
    seeds. All tensors are ranked and static, float32, in ONNX order: sample, channel, spatial axes.
  }];
  let useDefaultAttributePrinterParser = 1;
  let hasConstantMaterializer = 1;
}

class Saliency_Op<string mnemonic, list<Trait> traits = []> : Op<Saliency_Dialect, mnemonic, traits>;

#endif // SALIENCY_DIALECT_TD
