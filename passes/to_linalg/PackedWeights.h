// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Weights in the order in which the tuned contractions read them.
#ifndef SALIENCY_TO_LINALG_PACKEDWEIGHTS_H
#define SALIENCY_TO_LINALG_PACKEDWEIGHTS_H

#include "passes/to_linalg/Nest.h"

namespace saliency {

/// One axis of a packed kernel set: advancing by one moves the coordinates in the op's weights
/// (output, input, kernel cells; without a sample axis) by `step`.
struct PackedAxis {
  int64_t extent;
  llvm::SmallVector<int64_t> step;
};

/// Which cells of a kernel axis are read, and in which order: first, first + step, ... The whole
/// axis forwards is {0, 1, extent}, backwards {extent - 1, -1, extent}.
struct KernelTaps {
  int64_t first, step, count;
};

/// The weights of a convolution or of its adjoint as a map from `inputs` to `outputs` features per
/// group. The adjoint's inputs are the convolution's outputs.
class KernelSet {
public:
  /// All cells of the kernel, forwards. `weight` is the op's operand, `physical` its converted
  /// value.
  KernelSet(mlir::Value weight, mlir::Value physical, WindowAttr window, int64_t groups,
            bool adjoint);

  /// The same weights with only these cells of every kernel axis, in this order.
  KernelSet with(llvm::ArrayRef<KernelTaps> chosen) const;

  bool isDepthwise() const { return groups > 1 && outputs == 1 && inputs == 1; }

  PackedAxis groupAxis() const;
  PackedAxis outputAxis() const { return {outputs, unit(adjoint ? 1 : 0, 1)}; }
  /// Outputs in panels of `lanes`: the panels, and the lanes of one.
  PackedAxis panelAxis(int64_t lanes) const {
    return {outputs / lanes, unit(adjoint ? 1 : 0, lanes)};
  }
  PackedAxis laneAxis(int64_t lanes) const { return {lanes, unit(adjoint ? 1 : 0, 1)}; }
  PackedAxis inputAxis() const { return {inputs, unit(adjoint ? 0 : 1, 1)}; }
  PackedAxis kernelAxis(size_t axis) const {
    return {taps[axis].count, unit(2 + axis, taps[axis].step)};
  }

  /// The weights as a raw tensor with these axes, behind the sample axis where there is one. A
  /// constant is re-laid at compile time, another value by a copy. Fails with a diagnostic where a
  /// constant's data is missing.
  mlir::FailureOr<mlir::Value> pack(mlir::OpBuilder &builder, mlir::Location loc,
                                    const LoweringContext &context,
                                    llvm::ArrayRef<PackedAxis> axes) const;

  size_t rank() const { return taps.size(); }

  int64_t groups, outputs, inputs;
  bool perSample;

private:
  llvm::SmallVector<int64_t> unit(size_t coordinate, int64_t step) const;
  mlir::Value copied(mlir::OpBuilder &builder, mlir::Location loc, const LoweringContext &context,
                     llvm::ArrayRef<PackedAxis> axes, llvm::ArrayRef<int64_t> origin) const;

  mlir::Value weight, physical;
  bool adjoint;
  llvm::SmallVector<KernelTaps> taps;
};

/// Whether the tuned lowering of the use's owner re-lays a constant in this operand at compile
/// time, so that the constant itself is not needed.
bool isReadPacked(mlir::OpOperand &use);

} // namespace saliency

#endif // SALIENCY_TO_LINALG_PACKEDWEIGHTS_H
