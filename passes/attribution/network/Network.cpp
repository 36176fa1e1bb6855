// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/attribution/network/Network.h"

#include "dialect/ops/Builders.h"

using namespace mlir;
using namespace saliency;
using rules::Capability;

static LogicalResult checkType(Location loc, Type type) {
  auto tensor = dyn_cast<RankedTensorType>(type);
  if (!tensor || !tensor.hasStaticShape() || !tensor.getElementType().isF32())
    return emitError(loc, "a network's values are static float32 tensors, found ") << type;
  int64_t room = int64_t(1) << 31; // how many entries each entry so far may stand for
  for (int64_t extent : tensor.getShape()) {
    if (extent < 1 || extent > room)
      return emitError(loc, "a network's values have between 1 and 2^31 entries, found ") << type;
    room /= extent;
  }
  return success();
}

FailureOr<func::FuncOp> saliency::checkNetwork(ModuleOp module) {
  auto forward = module.lookupSymbol<func::FuncOp>(kForwardName);
  if (!forward || forward.isExternal() || !forward.getBody().hasOneBlock() ||
      !isa<func::ReturnOp>(forward.getBody().front().back()))
    return module.emitError("a network is a function 'forward' of one block, found none");
  for (Type type : forward.getArgumentTypes())
    if (failed(checkType(forward.getLoc(), type)))
      return failure();
  for (Operation &op : forward.getBody().front().without_terminator()) {
    if (!isa<LayerOpInterface, ConstantOp>(op))
      return op.emitError("a network consists of layers and constants, found '")
             << op.getName() << "'";
    for (Type type : op.getResultTypes())
      if (failed(checkType(op.getLoc(), type)))
        return failure();
  }
  return forward;
}

Capability saliency::capabilityOf(LayerOpInterface op) {
  switch (op.getCapability()) {
  case LayerCapability::Convolution:
    return Capability::Convolution;
  case LayerCapability::Dense:
    return Capability::Dense;
  case LayerCapability::AveragePool:
    return Capability::AveragePool;
  case LayerCapability::Bilinear:
    return Capability::Bilinear;
  case LayerCapability::Activation:
    return Capability::Activation;
  case LayerCapability::Rectifier:
    return Capability::Rectifier;
  case LayerCapability::Selection:
    return Capability::Selection;
  case LayerCapability::Structural:
    return Capability::Structural;
  case LayerCapability::Merge:
    return Capability::Merge;
  case LayerCapability::Add:
    return Capability::Add;
  case LayerCapability::Concat:
    return Capability::Concat;
  case LayerCapability::Product:
    return Capability::Product;
  case LayerCapability::Normalisation:
    return Capability::Normalisation;
  case LayerCapability::Softmax:
    return Capability::Softmax;
  case LayerCapability::LayerNorm:
    return Capability::LayerNorm;
  }
  llvm_unreachable("all capabilities of layers are handled");
}

StringRef saliency::valueName(Value value) {
  StringAttr name;
  if (auto argument = dyn_cast<BlockArgument>(value)) {
    if (auto function = dyn_cast<func::FuncOp>(argument.getOwner()->getParentOp()))
      name = function.getArgAttrOfType<StringAttr>(argument.getArgNumber(), kInputNameAttr);
  } else {
    name = value.getDefiningOp()->getAttrOfType<StringAttr>(kValueNameAttr);
  }
  return name ? name.getValue() : "";
}

LogicalResult saliency::exposeLogits(func::FuncOp forward) {
  auto terminator = cast<func::ReturnOp>(forward.getBody().front().getTerminator());
  if (terminator.getNumOperands() < 1)
    return forward.emitError("attribution needs a network with an output, found none");
  Value logits = terminator.getOperand(0);
  for (Operation *op = logits.getDefiningOp(); op; op = op->getOperand(0).getDefiningOp()) {
    if (isa<SoftmaxOpInterface>(op)) {
      logits = op->getOperand(0);
      op->emitRemark("class scores are read before this final softmax");
      break;
    }
    if (!keepsEntries(op))
      break;
  }
  ArrayRef<int64_t> shape = shapeOf(logits);
  if (shape.size() < 2 ||
      llvm::any_of(shape.drop_front(2), [](int64_t extent) { return extent != 1; }))
    return forward.emitError(
               "attribution explains a classifier: its output is samples x classes, found ")
           << shapeText(shape);
  if (shape.size() > 2) {
    OpBuilder builder(terminator);
    logits = ReshapeOp::create(builder, logits.getLoc(), logits,
                               builder.getDenseI64ArrayAttr(shape.take_front(2)));
  }
  terminator->setOperands(logits);
  SmallVector<DictionaryAttr> attributes;
  forward.getAllResultAttrs(attributes);
  forward.setFunctionType(
      FunctionType::get(forward.getContext(), forward.getArgumentTypes(), logits.getType()));
  if (!attributes.empty())
    forward.setAllResultAttrs(ArrayRef(attributes).take_front(1));
  return success();
}

FailureOr<Network> Network::ofCopy(func::FuncOp copy) {
  ScopedDiagnosticHandler quiet(copy.getContext(), [](Diagnostic &) { return success(); });
  if (failed(exposeLogits(copy)))
    return failure();
  return of(copy);
}

FailureOr<Network> Network::of(func::FuncOp forward) {
  if (forward.getNumArguments() != 1)
    return forward.emitError("attribution needs a network of one input, found ")
           << forward.getNumArguments();
  Network network;
  network.input = forward.getArgument(0);
  auto terminator = cast<func::ReturnOp>(forward.getBody().front().getTerminator());
  network.logits = terminator.getOperand(0);

  network.dependent.insert(network.input);
  DenseSet<Value> nearInput = {network.input};
  for (Operation &op : forward.getBody().front().without_terminator()) {
    auto layer = dyn_cast<LayerOpInterface>(op);
    if (!layer || network.dataOperands(layer).empty())
      continue;
    network.dependent.insert(op.getResult(0));
    bool near = llvm::all_of(network.dataOperands(layer), [&](unsigned number) {
      return nearInput.contains(op.getOperand(number));
    });
    if (isWeighted(&op)) {
      if (near)
        network.firstLayers.insert(&op);
    } else if (near && isa<ActivationOpInterface, MergeOpInterface, StructuralOpInterface,
                           NormalisationOpInterface, LayerNormOpInterface>(op)) {
      nearInput.insert(op.getResult(0));
    }
  }
  if (!network.carriesRelevance(network.logits))
    return forward.emitError("a network's output depends on its input, found a constant output");
  network.findLastLinear();
  ArrayRef<int64_t> input = shapeOf(network.input), logits = shapeOf(network.logits);
  if (input.size() < 2 || input.front() != logits.front())
    return forward.emitError("a network keeps samples and channels apart: its input is samples x "
                             "channels, its output samples x "
                             "classes, found ")
           << shapeText(input) << " and " << shapeText(logits);
  return network;
}

FailureOr<Network> Network::rerun(OpBuilder &builder, ArrayRef<std::pair<Value, Value>> replaced,
                                  IRMapping &values) const {
  Network network;
  for (auto [from, at] : replaced) {
    values.map(from, at);
    network.dependent.insert(at);
  }
  for (Operation &op : *getLogits().getParentBlock()) {
    if (op.getNumResults() != 1 || !dependent.contains(op.getResult(0)) ||
        values.contains(op.getResult(0)) ||
        llvm::none_of(op.getOperands(), [&](Value operand) { return values.contains(operand); }))
      continue;
    Operation *copy = builder.clone(op, values);
    copy->removeDiscardableAttr(kValueNameAttr);
    network.dependent.insert(copy->getResult(0));
    if (isFirstLayer(&op))
      network.firstLayers.insert(copy);
    if (isLastLinear(&op))
      network.lastLinear.insert(copy);
  }
  network.input = replaced.front().second;
  network.logits = values.lookupOrDefault(logits);
  if (!network.carriesRelevance(network.logits))
    return emitError(logits.getLoc(),
                     "the class scores depend on the target layer, found no path between them");
  return network;
}

SmallVector<unsigned> Network::dataOperands(LayerOpInterface op) const {
  return llvm::filter_to_vector(op.getDataOperandNumbers(), [&](unsigned number) {
    return carriesRelevance(op->getOperand(number));
  });
}
