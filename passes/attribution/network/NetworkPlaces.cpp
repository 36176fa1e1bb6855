// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Named places of a network: where conditions hold, what a step records, what the last map of each
// resolution is. Where detectors keep their scores is in Heads.cpp, where transformers keep their
// tokens in Tokens.cpp.
#include "passes/attribution/network/Network.h"

#include "dialect/ops/Builders.h"

using namespace mlir;
using namespace saliency;
using rules::Capability;
using rules::LayerCondition;

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
  switch (LayerCondition(condition.kind)) {
  case LayerCondition::FirstLayer:
    return isFirstLayer(op);
  case LayerCondition::LastLinear:
    return isLastLinear(op);
  case LayerCondition::KernelIs:
    return linear && linear.getKernelExtent() == condition.value;
  case LayerCondition::Depthwise:
    return linear && linear.isDepthwise();
  case LayerCondition::SamePadding:
    return linear && linear.hasSamePadding();
  case LayerCondition::Strided:
    return linear && linear.isStrided();
  case LayerCondition::FlattenedMap:
    return linear && flattenedMap(op);
  case LayerCondition::HasBias:
    return linear && linear.getLinearBias();
  case LayerCondition::ByConstant:
    return dataOperands(op).size() == 1;
  case LayerCondition::Attention:
    return isAttention(op);
  case LayerCondition::Follows:
    return capabilityOf(giverOf(op)) == Capability(condition.value);
  }
  llvm_unreachable("a network answers for its layers alone");
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
    return result && above.contains(result) && (isPool(user) || (linear && linear.isStrided())) &&
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
  for (Operation *op = dense->getOperand(0).getDefiningOp(); keepsEntries(op);
       op = op->getOperand(0).getDefiningOp())
    if (shapeOf(op->getOperand(0)).size() > 2 && shapeOf(op->getResult(0)).size() == 2)
      return op->getOperand(0);
  return nullptr;
}

Value Network::findValue(StringRef name) const {
  for (Value value : dependent)
    if (valueName(value) == name)
      return value;
  return nullptr;
}
