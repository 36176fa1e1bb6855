// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the canonizers share: batch norm as an affine map by channel, and the linear maps that can
// take such a map over from the value they read.
#ifndef SALIENCY_TRANSFORMS_CHANNELREADERS_H
#define SALIENCY_TRANSFORMS_CHANNELREADERS_H

#include "dialect/SaliencyDialect.h"
#include "mlir/IR/PatternMatch.h"

#include <optional>

namespace saliency {

/// The entries of a constant, a splat written out; nothing where `value` is no constant.
std::optional<llvm::SmallVector<float>> entriesOf(mlir::Value value);

/// A constant of new weights.
mlir::Value buildWeights(mlir::OpBuilder &builder, mlir::Location loc, mlir::RankedTensorType type,
                         llvm::ArrayRef<float> values);

/// scale x + shift, one entry per channel.
struct ChannelAffine {
  llvm::SmallVector<double> scale, shift;
};

/// What a batch norm computes: scale = gamma / sqrt(variance + epsilon), shift = beta - scale mean.
/// Nothing where a parameter is no constant, or an entry not finite in float32.
std::optional<ChannelAffine> affineOf(NormalisationOpInterface norm);

/// All readers of a value v, samples x channels x spatial: linear maps with constant weights,
/// directly or through layers that carry channels (LayerOpInterface::carryChannels: dropout,
/// reshapes, average pools, zeros around the data).
///
///   v -> dropout -> conv          readers: conv, gemm
///    \-> avg_pool -> reshape -> gemm   between: dropout, avg_pool, reshape
class ChannelReaders {
public:
  /// Nothing where something else reads the value, or nothing reads it.
  static std::optional<ChannelReaders> of(mlir::Value value);

  /// Makes the readers compute from a value u what they computed from v = affine(u): W' = W
  /// diag(scale), b' = b + W shift, the sum over the cells that hold data; so a zero-padded
  /// convolution's bias differs by position. The caller puts u in v's place afterwards. Fails, and
  /// changes nothing, where an entry would not be finite.
  mlir::LogicalResult absorb(mlir::RewriterBase &rewriter, const ChannelAffine &affine) const;

private:
  struct Reader {
    LinearMapOpInterface map;
    ChannelPlace place; ///< where v lies in the map's data
  };
  struct Folded {
    llvm::SmallVector<float> weight, bias;
    llvm::SmallVector<int64_t> biasShape;
  };

  bool collect(mlir::Value value, const ChannelPlace &place);
  static std::optional<Folded> fold(const Reader &reader, const ChannelAffine &affine);

  llvm::SmallVector<Reader> readers;
  llvm::SmallVector<mlir::Operation *> between;
};

} // namespace saliency

#endif // SALIENCY_TRANSFORMS_CHANNELREADERS_H
