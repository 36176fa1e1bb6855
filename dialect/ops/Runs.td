// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What one run of a repeated explanation draws or selects: functions of the run's number, the same for every sample of a batch.

#ifndef SALIENCY_OPS_RUNS_TD
#define SALIENCY_OPS_RUNS_TD

include "dialect/ops/Base.td"

class Saliency_RunOp<string mnemonic> : Saliency_InferredOp<mnemonic,
    [DeclareOpInterfaceMethods<Saliency_InferSignsOpInterface>]> {
  let assemblyFormat = "$run attr-dict `:` type($result)";
}

def Saliency_DrawOp : Saliency_RunOp<"draw"> {
  let summary = "Random numbers of run `run`: uniform in [0, 1), or normal with mean 0 and variance 1";
  let description = [{
    Entry e (row-major) is a function of (e, run, stream) and the seed alone: Philox4x32-10 with the seed as its key, see
    `passes/rules/language/Philox.h`. Threads, batches, schedules and layouts do not matter.
    ```mlir
    %noise = saliency.draw %run {distribution = #saliency.distribution<normal>, seed = 0 : i64, stream = 0 : i64,
                                 shape = array<i64: 1, 3, 8, 8>} : tensor<1x3x8x8xf32>
    ```
  }];
  let arguments = (ins Index:$run, Saliency_DistributionAttr:$distribution, I64Attr:$seed, I64Attr:$stream, DenseI64ArrayAttr:$shape);
}

def Saliency_WindowMaskOp : Saliency_RunOp<"window_mask"> {
  let summary = "1 inside window number `run` of the windows of `extent` cells at steps of `step` per spatial axis, else 0";
  let description = [{
    `shape` is 1 x 1 x spatial; windows are numbered row-major, the last of an axis is cut off at the border.
    ```mlir
    %window = saliency.window_mask %run {extent = 8 : i64, step = 8 : i64, shape = array<i64: 1, 1, 32, 32>} : tensor<1x1x32x32xf32>
    ```
  }];
  let arguments = (ins Index:$run, I64Attr:$extent, I64Attr:$step, DenseI64ArrayAttr:$shape);
  let extraClassDeclaration = [{
    /// How many windows there are along an axis of `size` cells.
    static int64_t countWindows(int64_t size, int64_t extent, int64_t step) {
      return size <= extent ? 1 : (size - extent + step - 1) / step + 1;
    }
  }];
}

def Saliency_GridMaskOp : Saliency_RunOp<"grid_mask"> {
  let summary = "A random mask in [0, 1]: a coarse binary grid, interpolated and shifted";
  let description = [{
    RISE (Petsiuk, Das, Saenko 2018, section 3.2): `cells` cells per spatial axis, each 1 with `probability`, resampled
    bilinearly (half-pixel) to cells + 1 cells' extent and cropped at an offset that is uniform in one cell. A cell has
    ceil(size / cells) positions, as in the released code. `shape` is 1 x 1 x spatial.
    ```mlir
    %mask = saliency.grid_mask %run {cells = 7 : i64, probability = 5.0e-1 : f64, seed = 0 : i64, shape = array<i64: 1, 1, 32, 32>}
            : tensor<1x1x32x32xf32>
    ```
  }];
  let arguments = (ins Index:$run, I64Attr:$cells, F64Attr:$probability, I64Attr:$seed, DenseI64ArrayAttr:$shape);
}

#endif // SALIENCY_OPS_RUNS_TD
