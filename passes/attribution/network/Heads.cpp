// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Where a network's classifier begins, and where a detector keeps its scores. No file says so; this
// is read off the way back from the class scores (the logits), for two forms:
//
//   a classifier:
//     ... -> map -> pool -> flatten -> linear -> logits
//
//   a detector of maps of class scores, here with two *heads*:
//     features -+-> linear -> map of scores -+-> concat -> max over positions -> logits
//               +-> linear -> map of scores -+
//
// The last linear maps are those behind which the logits come without another one: one in a
// classifier, one per head in a detector. The target layer of a class-activation map is the last
// map of the input's rank before them: in a classifier before its pool, in a detector before the
// heads part. Maps of class scores are what a pool over all positions reads, if each has one
// channel per class; positions may have been put in a row (samples x classes x positions x 1) and
// heads side by side first, as --class-maps does (ClassMaps.cpp).
#include "passes/attribution/network/Network.h"

#include "dialect/ops/Builders.h"
#include "llvm/Support/DebugLog.h"

#define DEBUG_TYPE "saliency-heads"

using namespace mlir;
using namespace saliency;

void Network::findLastLinear() {
  SmallVector<Value> pending = {logits};
  DenseSet<Value> seen;
  while (!pending.empty()) {
    Value value = pending.pop_back_val();
    auto layer = value.getDefiningOp<LayerOpInterface>();
    if (!layer || !seen.insert(value).second)
      continue;
    if (isWeighted(layer))
      lastLinear.insert(layer);
    else
      for (unsigned number : dataOperands(layer))
        pending.push_back(layer->getOperand(number));
  }
}

Value Network::findBottleneck(ArrayRef<Value> values) const {
  DenseSet<Value> open(values.begin(), values.end()); // all of them carry relevance
  for (Operation &op : llvm::reverse(*Value(logits).getParentBlock())) {
    if (open.size() == 1)
      return *open.begin();
    if (op.getNumResults() == 1 && open.erase(op.getResult(0)))
      for (unsigned number : dataOperands(cast<LayerOpInterface>(op)))
        open.insert(op.getOperand(number));
  }
  return input;
}

Value Network::findTargetLayer() const {
  size_t rank = shapeOf(input).size();
  bool pastClassifier = lastLinear.size() > 1;
  auto ends =
      llvm::map_to_vector(lastLinear, [](Operation *op) -> Value { return op->getResult(0); });
  for (Value value = pastClassifier ? findBottleneck(ends) : logits; value != input;) {
    Operation *op = value.getDefiningOp();
    ArrayRef<int64_t> shape = shapeOf(value);
    if (pastClassifier && shape.size() > 2) {
      if (shape.size() != rank)
        return nullptr;
      bool skipped = isPool(op) || keepsEntries(op) || addsEntries(op) ||
                     llvm::all_of(shape.drop_front(2), [](int64_t extent) { return extent == 1; });
      if (!skipped) {
        LDBG() << "target layer: '" << valueName(value) << "' at " << value.getLoc();
        return value;
      }
    }
    pastClassifier |= isa<BilinearOpInterface>(op) || isWeighted(op);
    value = op->getOperand(dataOperands(cast<LayerOpInterface>(op)).front());
  }
  return nullptr;
}

/// The maps with one channel a class that `pooled` puts side by side; none where it is made of
/// anything else.
static SmallVector<Value> classMapsOf(Value pooled, ArrayRef<int64_t> input, int64_t classes) {
  auto merge = pooled.getDefiningOp<MergeOpInterface>();
  if (merge && merge.getJoinedAxis().value_or(0) > 1) {
    SmallVector<Value> maps;
    for (Value part : merge->getOperands()) {
      SmallVector<Value> found = classMapsOf(part, input, classes);
      if (found.empty())
        return {};
      maps.append(found);
    }
    return maps;
  }
  ArrayRef<int64_t> positions = shapeOf(pooled).drop_front(2);
  bool inARow = llvm::count_if(positions, [](int64_t extent) { return extent != 1; }) <= 1;
  Operation *flattening = pooled.getDefiningOp();
  Value map = keepsEntries(flattening) && inARow ? flattening->getOperand(0) : pooled;
  bool isMap = shapeOf(map).size() == input.size() && shapeOf(map)[1] == classes;
  return isMap ? SmallVector<Value>{map} : SmallVector<Value>();
}

SmallVector<Value> Network::findClassMaps() const {
  Operation *pool = logits.getDefiningOp();
  while (keepsEntries(pool))
    pool = pool->getOperand(0).getDefiningOp();
  bool pools =
      isPool(pool) && ShapedType::getNumElements(shapeOf(pool->getResult(0)).drop_front(2)) == 1;
  if (!pools)
    return {};
  SmallVector<Value> maps = classMapsOf(pool->getOperand(0), shapeOf(input), shapeOf(logits)[1]);
  LDBG() << maps.size() << " maps of class scores in front of the pool at " << pool->getLoc();
  bool allDepend = llvm::all_of(maps, [&](Value map) { return carriesRelevance(map); });
  return allDepend ? maps : SmallVector<Value>();
}
