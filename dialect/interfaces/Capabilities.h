// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the capability interfaces are declared with, and questions about ops that need not implement
// one. The interfaces themselves are written, with their sentences, in Capabilities.td.
#ifndef SALIENCY_INTERFACES_CAPABILITIES_H
#define SALIENCY_INTERFACES_CAPABILITIES_H

#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/OpDefinition.h"

namespace saliency {

/// Where a value v of samples x channels x spatial axes lies in another one that ops make of it:
/// entry i of the other's axis 1 belongs to channel i / repeat of v; along each spatial axis the
/// cells from `begin` up to `end` hold data, the others are zeros that were added.
struct ChannelPlace {
  int64_t repeat = 1;
  llvm::SmallVector<int64_t> begin, end;

  /// All cells of `value` hold data.
  static ChannelPlace whole(mlir::Value value, int64_t repeat);
  bool isWhole(mlir::Value value) const;
};

/// The trait of ops that multiply data with the weights of a linear map (see Capabilities.td).
template <typename ConcreteOp>
class LinearProduct : public mlir::OpTrait::TraitBase<ConcreteOp, LinearProduct> {};

enum class LayerCapability : uint32_t;
class LinearMapOpInterface;

/// `op` as a linear map with weights that can be read and replaced; null where it is none.
LinearMapOpInterface weightedMap(mlir::Operation *op);
/// Whether `op` makes one entry of each window of its operand: a selection or an average pool.
bool isPool(mlir::Operation *op);
/// Whether `op` is a layer whose result has its operand's entries, in row-major order, and no
/// others.
bool keepsEntries(mlir::Operation *op);
/// Whether `op` is a layer whose result has entries that no input made.
bool addsEntries(mlir::Operation *op);

namespace detail {
/// What the capability interface of a layer says of it.
LayerCapability capabilityByInterface(mlir::Operation *op);
/// A layer implements one capability interface and agrees with it; operands and axes exist.
mlir::LogicalResult verifyLayer(mlir::Operation *op);
/// A linear map is a convolution, dense layer or average pool and has weights unless implied.
mlir::LogicalResult verifyLinearMap(mlir::Operation *op);
/// What keeps entries adds none, and has as many as its operand.
mlir::LogicalResult verifyStructural(mlir::Operation *op);
/// Parameters of a normalisation have one entry per channel.
mlir::LogicalResult verifyNormalisation(mlir::Operation *op);
} // namespace detail

} // namespace saliency

#endif // SALIENCY_INTERFACES_CAPABILITIES_H
