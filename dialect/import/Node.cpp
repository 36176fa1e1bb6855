// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "dialect/import/Node.h"

#include "mlir/IR/Verifier.h"

using namespace mlir;

namespace saliency {

//===------------------------------------------------------------------------------------------===//
// Attributes
//===------------------------------------------------------------------------------------------===//

const onnx::AttributeProto *Node::find(StringRef name) {
  for (const onnx::AttributeProto &attribute : proto.attribute())
    if (attribute.name() == name) {
      attributesRead.insert(&attribute);
      return &attribute;
    }
  return nullptr;
}

bool Node::hasAttribute(StringRef name) const {
  return llvm::any_of(proto.attribute(), [&](const onnx::AttributeProto &attribute) {
    return attribute.name() == name;
  });
}

LogicalResult Node::wrongType(const onnx::AttributeProto &attribute, StringRef wanted) {
  return badInput() << "attribute '" << attribute.name() << "' is " << wanted << ", found type "
                    << onnx::AttributeProto::AttributeType_Name(attribute.type());
}

LogicalResult Node::read(StringRef name, int64_t &value) {
  const onnx::AttributeProto *attribute = find(name);
  if (!attribute)
    return success();
  if (attribute->type() != onnx::AttributeProto::INT)
    return wrongType(*attribute, "an integer");
  value = attribute->i();
  return success();
}

LogicalResult Node::read(StringRef name, bool &value) {
  int64_t number = value;
  if (failed(read(name, number)))
    return failure();
  if (number != 0 && number != 1)
    return badInput() << "attribute '" << name << "' is 0 or 1, found " << number;
  value = number;
  return success();
}

LogicalResult Node::read(StringRef name, float &value) {
  const onnx::AttributeProto *attribute = find(name);
  if (!attribute)
    return success();
  if (attribute->type() != onnx::AttributeProto::FLOAT)
    return wrongType(*attribute, "a float");
  value = attribute->f();
  return success();
}

LogicalResult Node::read(StringRef name, std::string &value) {
  const onnx::AttributeProto *attribute = find(name);
  if (!attribute)
    return success();
  if (attribute->type() != onnx::AttributeProto::STRING)
    return wrongType(*attribute, "a string");
  value = attribute->s();
  return success();
}

LogicalResult Node::read(StringRef name, std::optional<SmallVector<int64_t>> &values) {
  const onnx::AttributeProto *attribute = find(name);
  if (!attribute)
    return success();
  if (attribute->type() != onnx::AttributeProto::INTS)
    return wrongType(*attribute, "a list of integers");
  values.emplace(attribute->ints().begin(), attribute->ints().end());
  return success();
}

LogicalResult Node::read(StringRef name, std::optional<SmallVector<float>> &values) {
  const onnx::AttributeProto *attribute = find(name);
  if (!attribute)
    return success();
  if (attribute->type() != onnx::AttributeProto::FLOATS)
    return wrongType(*attribute, "a list of floats");
  values.emplace(attribute->floats().begin(), attribute->floats().end());
  return success();
}

LogicalResult Node::read(StringRef name, std::optional<HostTensor> &value) {
  const onnx::AttributeProto *attribute = find(name);
  if (!attribute)
    return success();
  if (attribute->type() != onnx::AttributeProto::TENSOR || !attribute->has_t())
    return wrongType(*attribute, "a tensor");
  FailureOr<HostTensor> tensor =
      readTensor(attribute->t(), state.source, [&](ImportStatus status) { return error(status); });
  if (failed(tensor))
    return failure();
  value = *tensor;
  return success();
}

LogicalResult Node::read(StringRef name, const onnx::GraphProto *&graph) {
  const onnx::AttributeProto *attribute = find(name);
  if (!attribute)
    return success();
  if (attribute->type() != onnx::AttributeProto::GRAPH || !attribute->has_g())
    return wrongType(*attribute, "a graph");
  graph = &attribute->g();
  return success();
}

LogicalResult Node::checkAllAttributesRead() {
  for (const onnx::AttributeProto &attribute : proto.attribute())
    if (!attributesRead.contains(&attribute) &&
        !StringRef(attribute.name()).starts_with("__")) // "__": private to tools
      return badInput() << "attributes are those of " << proto.op_type() << "-" << version
                        << ", found '" << printable(attribute.name()) << "'";
  return success();
}

//===------------------------------------------------------------------------------------------===//
// Inputs
//===------------------------------------------------------------------------------------------===//

Operand *Node::getInput(size_t i) {
  if (hasInput(i))
    return &state.values[proto.input(i)];
  badInput() << "input " << i << " is required, found none";
  return nullptr;
}

bool Node::allConstant() const {
  return llvm::all_of(proto.input(), [&](const std::string &name) {
    return name.empty() || state.values.find(name)->second.isConstant();
  });
}

FailureOr<Value> Node::getValue(size_t i) {
  Operand *operand = getInput(i);
  if (!operand)
    return failure();
  if (operand->value)
    return operand->value;
  const HostTensor &tensor = *operand->constant;
  StringRef name = proto.input(i);
  if (tensor.getType() != ElementType::F32)
    return unsupported() << "networks compute in float32, found constant '" << printable(name)
                         << "' of " << nameOf(tensor.getType());
  if (tensor.size() == 0)
    return unsupported() << "operands have entries, found constant '" << printable(name)
                         << "' with extents " << listText(tensor.getShape());
  operand->value = saliency::buildConstant(state.builder, state.reporter.namedLoc(name), tensor,
                                           name, /*isOnnxValue=*/true);
  return operand->value;
}

FailureOr<HostTensor> Node::getConstant(size_t i, StringRef what) {
  Operand *operand = getInput(i);
  if (!operand)
    return failure();
  if (!operand->isConstant())
    return unsupported() << what << " must be constant, found computed value '"
                         << printable(proto.input(i)) << "'";
  return *operand->constant;
}

FailureOr<HostTensor> Node::getFloatConstant(size_t i, StringRef what) {
  FailureOr<HostTensor> tensor = getConstant(i, what);
  if (succeeded(tensor) && tensor->getType() != ElementType::F32)
    return unsupported() << what << " must be float32, found " << nameOf(tensor->getType());
  return tensor;
}

FailureOr<SmallVector<int64_t>> Node::getInts(size_t i, StringRef what) {
  FailureOr<HostTensor> tensor = getConstant(i, what);
  if (failed(tensor))
    return failure();
  constexpr int64_t kLongest = 4096;
  if (!tensor->isInteger() || tensor->getRank() > 1 || tensor->size() > kLongest)
    return badInput() << what << " must be a list of integers, found " << nameOf(tensor->getType())
                      << " with extents " << listText(tensor->getShape());
  SmallVector<int64_t> values;
  for (int64_t entry = 0; entry < tensor->size(); ++entry)
    values.push_back(tensor->asInt(entry));
  return values;
}

FailureOr<std::optional<SmallVector<int64_t>>> Node::getIntsFrom(bool attribute, size_t i,
                                                                 StringRef name) {
  std::optional<SmallVector<int64_t>> values;
  if (attribute) {
    if (failed(read(name, values)))
      return failure();
  } else if (hasInput(i)) {
    FailureOr<SmallVector<int64_t>> list = getInts(i, name);
    if (failed(list))
      return failure();
    values = *list;
  }
  return values;
}

//===------------------------------------------------------------------------------------------===//
// Results
//===------------------------------------------------------------------------------------------===//

bool Node::isUsed(size_t i) const {
  return isNamed(i) && state.graph.used.contains(proto.output(i));
}

LogicalResult Node::setResult(size_t i, const HostTensor &tensor) {
  if (i < getNumOutputs() && !proto.output(i).empty())
    state.values[proto.output(i)].constant = tensor;
  return success();
}

LogicalResult Node::setResult(size_t i, Value value) {
  if (i >= getNumOutputs() || proto.output(i).empty())
    return success();
  state.values[proto.output(i)].value = value;
  value.getDefiningOp()->setAttr(kValueNameAttr, state.builder.getStringAttr(proto.output(i)));
  return success();
}

LogicalResult Node::replaceWith(const onnx::GraphProto &graph) {
  if (graph.output_size() != static_cast<int>(getNumOutputs()))
    return badInput() << "a branch has the node's " << getNumOutputs() << " outputs, found "
                      << graph.output_size();
  if (failed(state.importSubgraph(graph)))
    return failure();
  for (auto [i, output] : llvm::enumerate(graph.output())) {
    const Operand &result = state.values[output.name()];
    if (result.isConstant()) {
      (void)setResult(i, *result.constant);
      continue;
    }
    // The value keeps its own name, too; and it may lie before the branch.
    FailureOr<Value> handedOn = build<IdentityOp>({result.value});
    if (failed(handedOn) || failed(setResult(i, *handedOn)))
      return failure();
  }
  return success();
}

//===------------------------------------------------------------------------------------------===//
// Ops and constants
//===------------------------------------------------------------------------------------------===//

LogicalResult Node::checkResultType(Type type) {
  constexpr int64_t kMostEntries = int64_t(1) << 40;
  auto tensor = dyn_cast<RankedTensorType>(type);
  if (!tensor || !tensor.hasStaticShape())
    return unsupported() << "results have static shapes, found another";
  std::optional<int64_t> count = elementCount(tensor.getShape());
  if (!count || *count > kMostEntries)
    return badInput() << "a result has at most " << kMostEntries << " entries, found extents "
                      << listText(tensor.getShape());
  if (*count == 0)
    return unsupported() << "results have entries, found extents " << listText(tensor.getShape());
  return success();
}

/// Runs `action`; the first error that it emits comes back as text instead of going to the user.
static std::string collectError(MLIRContext *context, llvm::function_ref<void()> action) {
  std::string message;
  ScopedDiagnosticHandler handler(context, [&](Diagnostic &diagnostic) {
    if (diagnostic.getSeverity() == DiagnosticSeverity::Error && message.empty())
      message = diagnostic.str();
    return success();
  });
  action();
  return message;
}

FailureOr<Value> Node::buildChecked(StringRef opName, ValueRange operands,
                                    ArrayRef<NamedAttribute> attributes, InferFn infer) {
  MLIRContext *context = state.builder.getContext();
  SmallVector<Type, 1> types;
  bool inferred = false;
  std::string finding = collectError(context, [&] {
    inferred = succeeded(infer(state.builder.getDictionaryAttr(attributes), types));
  });
  if (!inferred)
    return badInput() << finding;
  if (failed(checkResultType(types.front())))
    return failure();

  OperationState opState(getLoc(), opName, operands, types, attributes);
  Operation *op = state.builder.create(opState);
  bool verified = false;
  finding =
      collectError(context, [&] { verified = succeeded(verify(op, /*verifyRecursively=*/false)); });
  if (verified)
    return op->getResult(0);
  op->erase();
  return badInput() << finding;
}

Value Node::buildConstant(const HostTensor &tensor, StringRef name) {
  return saliency::buildConstant(state.builder, getLoc(), tensor, name, /*isOnnxValue=*/false);
}

//===------------------------------------------------------------------------------------------===//
// Constant folding
//===------------------------------------------------------------------------------------------===//

LogicalResult Node::checkSize(ElementType type, ArrayRef<int64_t> shape) {
  return checkedByteSize(type, shape, state.source.maxBytes,
                         [&](ImportStatus status) { return error(status); });
}

FailureOr<HostTensor> Node::allocate(ElementType type, ArrayRef<int64_t> shape) {
  auto emit = [&](ImportStatus status) { return error(status); };
  FailureOr<int64_t> bytes = checkedByteSize(type, shape, state.source.maxBytes, emit);
  if (failed(bytes))
    return failure();
  if (*bytes > state.foldingBudget)
    return unsupported() << "constant folding produces at most " << state.source.maxBytes
                         << " bytes in all, found " << *bytes << " more than "
                         << state.foldingBudget << " left";
  state.foldingBudget -= *bytes;
  return HostTensor::allocate(type, shape, emit);
}

} // namespace saliency
