// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Named places of a network: where conditions hold, where relevance may start, what attention,
// class maps and patches are.
#include "passes/attribution/network/Network.h"

#include "dialect/ops/Builders.h"

using namespace mlir;
using namespace saliency;
using rules::Capability;
using rules::ConditionKind;

/// Whether a bilinear op takes `value`, perhaps after it was rearranged.
static bool feedsBilinear(Value value) {
  return llvm::any_of(value.getUsers(), [](Operation *user) {
    return isa<BilinearOpInterface>(user) ||
           (isa<StructuralOpInterface>(user) && feedsBilinear(user->getResult(0)));
  });
}

static bool isAttention(Operation *op) {
  return isa<SoftmaxOpInterface>(op) && feedsBilinear(op->getResult(0));
}

/// The layer that gives an op's data, past batch norm and what rearranges; the op itself where the
/// network's input is its data.
static LayerOpInterface giverOf(LayerOpInterface op) {
  Operation *giver = op;
  do {
    giver = giver->getOperand(cast<LayerOpInterface>(giver).getDataOperandNumbers().front())
                .getDefiningOp();
  } while (isa_and_nonnull<NormalisationOpInterface, StructuralOpInterface>(giver));
  return isa_and_nonnull<LayerOpInterface>(giver) ? cast<LayerOpInterface>(giver) : op;
}

bool Network::holds(const rules::Condition &condition, LayerOpInterface op) const {
  auto linear = dyn_cast<LinearMapOpInterface>(op.getOperation());
  switch (condition.kind) {
  case ConditionKind::FirstLayer:
    return isFirstLayer(op);
  case ConditionKind::LastLinear:
    return isLastLinear(op);
  case ConditionKind::KernelIs:
    return linear && linear.getKernelExtent() == condition.value;
  case ConditionKind::Depthwise:
    return linear && linear.isDepthwise();
  case ConditionKind::SamePadding:
    return linear && linear.hasSamePadding();
  case ConditionKind::Strided:
    return linear && linear.isStrided();
  case ConditionKind::FlattenedMap:
    return linear && flattenedMap(op);
  case ConditionKind::HasBias:
    return linear && linear.getLinearBias();
  case ConditionKind::ByConstant:
    return dataOperands(op).size() == 1;
  case ConditionKind::Attention:
    return isAttention(op);
  case ConditionKind::Follows:
    return capabilityOf(giverOf(op)) == Capability(condition.value);
  case ConditionKind::OptionIs:
  case ConditionKind::InStream:
  case ConditionKind::Enlarges:
  case ConditionKind::BeforeStep:
    break;
  }
  llvm_unreachable("all conditions on places are handled");
}

SmallVector<Value> Network::lastOfEachResolution(Value target) const {
  llvm::DenseSet<Value> above = {target}; // what the target is made of
  for (Operation &op : llvm::reverse(*target.getParentBlock()))
    if (op.getNumResults() == 1 && above.contains(op.getResult(0)))
      above.insert(op.operand_begin(), op.operand_end());
  auto positions = [](Value value) {
    return ShapedType::getNumElements(shapeOf(value).drop_front(2));
  };
  auto coarsens = [&](Operation *user,
                      Value value) { // a pool or a strided layer; not a global pool beside the way
    Value result = user->getNumResults() == 1 ? user->getResult(0) : Value();
    auto linear = dyn_cast<LinearMapOpInterface>(user);
    return result && above.contains(result) &&
           (isa<SelectionOpInterface, AvgPoolOp>(user) || (linear && linear.isStrided())) &&
           positions(result) < positions(value) && positions(result) > 1;
  };
  SmallVector<Value> last;
  for (Operation &op : *target.getParentBlock()) {
    Value value = op.getNumResults() == 1 ? op.getResult(0) : Value();
    if (!value || !carriesRelevance(value) || !above.contains(value) || value == target ||
        shapeOf(value).size() != shapeOf(input).size())
      continue;
    if (llvm::any_of(value.getUsers(), [&](Operation *user) { return coarsens(user, value); }))
      last.push_back(value);
  }
  last.push_back(target);
  return last;
}

SmallVector<Value> Network::recorded(const rules::MethodTable &step) const {
  SmallVector<Value> values;
  Value start = input;
  for (Operation &op : start.getParentBlock()->without_terminator()) {
    auto layer = dyn_cast<LayerOpInterface>(op);
    if (!layer || !carriesRelevance(op.getResult(0)))
      continue;
    auto holdsHere = [&](const rules::Condition &condition) { return holds(condition, layer); };
    bool found = llvm::any_of(step.recordings, [&](const rules::Recording &recording) {
      return rules::serves(recording.capability, capabilityOf(layer)) &&
             rules::applies(recording, holdsHere);
    });
    if (found && values.empty())
      values.push_back(op.getOperand(dataOperands(layer).front()));
    if (found)
      values.push_back(op.getResult(0));
  }
  return values;
}

Value Network::flattenedMap(Operation *dense) {
  for (Operation *op = dense->getOperand(0).getDefiningOp();
       isa_and_nonnull<ReshapeOp, DropoutOp, IdentityOp>(op);
       op = op->getOperand(0).getDefiningOp())
    if (isa<ReshapeOp>(op) && shapeOf(op->getOperand(0)).size() > 2 &&
        shapeOf(op->getResult(0)).size() == 2)
      return op->getOperand(0);
  return nullptr;
}

Value Network::findValue(StringRef name) const {
  for (Value value : dependent)
    if (valueName(value) == name)
      return value;
  return nullptr;
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
      bool skipped =
          isa<AvgPoolOp, SelectionOpInterface, ReshapeOp, PadOp, DropoutOp, IdentityOp>(op) ||
          llvm::all_of(shape.drop_front(2), [](int64_t extent) { return extent == 1; });
      if (!skipped)
        return value;
    }
    pastClassifier |= isa<BilinearOpInterface>(op) || isWeighted(op);
    value = op->getOperand(dataOperands(cast<LayerOpInterface>(op)).front());
  }
  return nullptr;
}

/// The maps with one channel a class that `pooled` puts side by side; none where it is made of
/// anything else.
static SmallVector<Value> classMapsOf(Value pooled, ArrayRef<int64_t> input, int64_t classes) {
  if (auto concat = pooled.getDefiningOp<ConcatOp>(); concat && concat.getAxis() > 1) {
    SmallVector<Value> maps;
    for (Value part : concat.getInputs()) {
      SmallVector<Value> found = classMapsOf(part, input, classes);
      if (found.empty())
        return {};
      maps.append(found);
    }
    return maps;
  }
  ArrayRef<int64_t> positions = shapeOf(pooled).drop_front(2);
  bool inARow = llvm::count_if(positions, [](int64_t extent) { return extent != 1; }) <= 1;
  auto reshape = pooled.getDefiningOp<ReshapeOp>();
  Value map = reshape && inARow ? reshape.getX() : pooled;
  bool isMap = shapeOf(map).size() == input.size() && shapeOf(map)[1] == classes;
  return isMap ? SmallVector<Value>{map} : SmallVector<Value>();
}

SmallVector<Value> Network::findClassMaps() const {
  Operation *pool = logits.getDefiningOp();
  while (isa_and_nonnull<ReshapeOp, IdentityOp, DropoutOp>(pool))
    pool = pool->getOperand(0).getDefiningOp();
  bool pools = isa_and_nonnull<MaxPoolOp, AvgPoolOp>(pool) &&
               ShapedType::getNumElements(shapeOf(pool->getResult(0)).drop_front(2)) == 1;
  if (!pools)
    return {};
  SmallVector<Value> maps = classMapsOf(pool->getOperand(0), shapeOf(input), shapeOf(logits)[1]);
  bool allDepend = llvm::all_of(maps, [&](Value map) { return carriesRelevance(map); });
  return allDepend ? maps : SmallVector<Value>();
}

SmallVector<Operation *> Network::findAttention() const {
  SmallVector<Operation *> found;
  for (Operation &op : *Value(logits).getParentBlock())
    if (isAttention(&op) && carriesRelevance(op.getResult(0)))
      found.push_back(&op);
  return found;
}

Value Network::findTokenLayer() const {
  SmallVector<Operation *> attention = findAttention();
  if (attention.empty())
    return nullptr;
  DenseSet<Value> behind = {attention.back()->getResult(0)}; // in the order of the network
  for (Operation *op = attention.back()->getNextNode(); op; op = op->getNextNode()) {
    auto isBehind = [&](Value operand) { return behind.contains(operand); };
    if (op->getNumResults() != 1 || llvm::none_of(op->getOperands(), isBehind))
      continue;
    behind.insert(op->getResult(0));
    if (!isa<AddOp>(op))
      continue;
    for (Value operand : op->getOperands())
      if (carriesRelevance(operand) && !isBehind(operand))
        return shapeOf(operand).size() == 3 ? operand : Value();
  }
  return nullptr;
}

std::optional<std::pair<int64_t, int64_t>> Network::findPatchGrid(int64_t count) const {
  SmallVector<Value> values = {input};
  for (Operation &op : *Value(logits).getParentBlock())
    if (op.getNumResults() == 1 && carriesRelevance(op.getResult(0)))
      values.push_back(op.getResult(0));
  for (Value value : values)
    if (ArrayRef<int64_t> shape = shapeOf(value); shape.size() == 4 && shape[2] * shape[3] == count)
      return std::pair(shape[2], shape[3]);
  return std::nullopt;
}
