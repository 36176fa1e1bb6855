// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/codegen/cpu/loops/Transpose.h"

#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;

namespace saliency {

SmallVector<Value> transposeSquare(OpBuilder &b, Location loc, ArrayRef<Value> rows) {
  SmallVector<Value> values(rows);
  int64_t n = rows.size();
  for (int64_t step = 1; step < n; step *= 2) {
    SmallVector<int64_t> upper, lower;
    for (int64_t lane = 0; lane < n; ++lane) {
      upper.push_back(lane & step ? n + lane - step : lane);
      lower.push_back(lane & step ? n + lane : lane + step);
    }
    for (int64_t i = 0; i < n; ++i) {
      if (i & step)
        continue;
      Value a = values[i], c = values[i + step];
      values[i] = vector::ShuffleOp::create(b, loc, a, c, upper);
      values[i + step] = vector::ShuffleOp::create(b, loc, a, c, lower);
    }
  }
  return values;
}

} // namespace saliency
