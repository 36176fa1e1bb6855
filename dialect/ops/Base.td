// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef SALIENCY_OPS_BASE_TD
#define SALIENCY_OPS_BASE_TD

include "dialect/SaliencyDialect.td"
include "dialect/SaliencyAttributes.td"
include "dialect/interfaces/Capabilities.td"
include "mlir/Interfaces/InferTypeOpInterface.td"
include "mlir/Interfaces/SideEffectInterfaces.td"

def StaticF32Tensor : StaticShapeTensorOf<[F32]>;
def RankedI64Tensor : RankedTensorOf<[I64]>;

/// One result whose type follows from operands and attributes. Traits are verified in order: shapes first, so that
/// what an interface checks (verifyWithRegions, as the shapes are) meets shapes that fit.
class Saliency_InferredOp<string mnemonic, list<Trait> traits = []>
    : Saliency_Op<mnemonic, !listconcat([Pure, InferTypeOpAdaptor], traits)> {
  let results = (outs StaticF32Tensor:$result);
}

/// A layer of a network. `implements` lists the capability interfaces with the methods it defines itself.
class Saliency_LayerOp<string mnemonic, list<Trait> implements, list<string> layerMethods = ["buildVjp"]>
    : Saliency_InferredOp<mnemonic, !listconcat(
          [DeclareOpInterfaceMethods<Saliency_LayerOpInterface, layerMethods>,
           DeclareOpInterfaceMethods<Saliency_InferSignsOpInterface>], implements)>;

/// An elementwise function of one operand. `activationMethods`: those of the interface that the op defines itself.
class Saliency_ActivationOp<string mnemonic, list<string> activationMethods = [], list<Trait> traits = []>
    : Saliency_LayerOp<mnemonic, !listconcat(
          [DeclareOpInterfaceMethods<Saliency_ActivationOpInterface, activationMethods>], traits)> {
  let arguments = (ins StaticF32Tensor:$x);
  let assemblyFormat = "$x attr-dict `:` functional-type(operands, results)";
}

#endif // SALIENCY_OPS_BASE_TD
