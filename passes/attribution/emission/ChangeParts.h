// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The parts of a value's change from a reference input: what adds to it (the *rise*) and what takes
// from it (the *fall*), as DeepLIFT's RevealCancel rule needs them. A value that changes by +1 in
// all may be made of terms that rose by 3 and terms that fell by 2; the parts are then 3 and -2,
// not 1 and 0:
//
//     input, an activation       by the sign of its change: one part is 0
//     linear map                 W+ and W- apart: rise = W+ rise(x) + W- fall(x), fall likewise
//     add, average, rearrange    the parts of the operands, added or rearranged
//     batch norm                 scaled; a channel with a negative scale swaps them
#ifndef SALIENCY_ATTRIBUTION_EMISSION_CHANGEPARTS_H
#define SALIENCY_ATTRIBUTION_EMISSION_CHANGEPARTS_H

#include "passes/attribution/network/Network.h"

namespace saliency {

class ChangeParts {
public:
  /// `reference` tells what each value of `network` is at the reference input; what it does not
  /// know does not change.
  ChangeParts(const Network &network, const mlir::IRMapping &reference)
      : network(network), reference(reference) {}

  struct Parts {
    mlir::Value rise, fall; // rise >= 0 >= fall, rise + fall = the change
  };
  /// The parts of `value`, by what makes it: see OpWithInput in rules/language/Ops.h. They are made
  /// once.
  Parts of(mlir::OpBuilder &builder, mlir::Value value);

private:
  Parts make(mlir::OpBuilder &builder, mlir::Value value);
  Parts bySign(mlir::OpBuilder &builder, mlir::Value value) const;
  Parts ofLinear(mlir::OpBuilder &builder, LinearMapOpInterface layer) const;
  Parts ofScaled(mlir::OpBuilder &builder, LayerOpInterface norm);
  /// Both parts through the layer, which adds up or rearranges what its operands give.
  Parts ofAdding(mlir::OpBuilder &builder, LayerOpInterface layer);
  mlir::Value change(mlir::OpBuilder &builder, mlir::Value value) const;

  const Network &network;
  const mlir::IRMapping &reference;
  llvm::DenseMap<mlir::Value, Parts> known;
};

} // namespace saliency

#endif // SALIENCY_ATTRIBUTION_EMISSION_CHANGEPARTS_H
