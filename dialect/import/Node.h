// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// One ONNX node in the hands of its operator's handler: checked access to attributes and inputs,
// ops checked before they are built, and errors that name the node.
#ifndef SALIENCY_IMPORT_NODE_H
#define SALIENCY_IMPORT_NODE_H

#include "dialect/SaliencyDialect.h"
#include "dialect/import/Values.h"

namespace saliency {

class Node {
public:
  Node(ImportState &state, const onnx::NodeProto &proto, size_t index, int64_t version)
      : state(state), proto(proto), index(index), version(version) {}

  /// The version of the operator that the model's opset selects: the latest one not above the
  /// opset.
  int64_t getVersion() const { return version; }
  mlir::Location getLoc() const { return state.reporter.namedLoc(nodeLabel(proto, index)); }
  mlir::OpBuilder &getBuilder() const { return state.builder; }

  // Errors. Each converts to failure.
  mlir::InFlightDiagnostic error(ImportStatus status) {
    return state.reporter.error(status, proto, index);
  }
  mlir::InFlightDiagnostic badInput() { return error(ImportStatus::BadInput); }
  mlir::InFlightDiagnostic unsupported() { return error(ImportStatus::Unsupported); }

  // Attributes. An absent one leaves the variable as it is; one of another type is an error.
  mlir::LogicalResult read(llvm::StringRef name, int64_t &value);
  mlir::LogicalResult read(llvm::StringRef name, bool &value);
  mlir::LogicalResult read(llvm::StringRef name, float &value);
  mlir::LogicalResult read(llvm::StringRef name, std::string &value);
  mlir::LogicalResult read(llvm::StringRef name, std::optional<llvm::SmallVector<int64_t>> &values);
  mlir::LogicalResult read(llvm::StringRef name, std::optional<llvm::SmallVector<float>> &values);
  mlir::LogicalResult read(llvm::StringRef name, std::optional<HostTensor> &value);
  /// A graph, which stays the node's; null where it is absent.
  mlir::LogicalResult read(llvm::StringRef name, const onnx::GraphProto *&graph);
  bool hasAttribute(llvm::StringRef name) const;
  /// Fails on an attribute that no handler has asked for: the operator has none of that name at
  /// this opset.
  mlir::LogicalResult checkAllAttributesRead();

  // Inputs.
  size_t getNumInputs() const { return proto.input_size(); }
  bool hasInput(size_t i) const { return i < getNumInputs() && !proto.input(i).empty(); }
  /// Input `i`, or null with an error where it is left out.
  Operand *getInput(size_t i);
  /// All inputs are constants of the importer.
  bool allConstant() const;
  /// Input `i` as an SSA value of float32; a constant becomes an op on its first use.
  mlir::FailureOr<mlir::Value> getValue(size_t i);
  /// Input `i`, which has to be constant; `what` names it in the error ("the weights").
  mlir::FailureOr<HostTensor> getConstant(size_t i, llvm::StringRef what);
  mlir::FailureOr<HostTensor> getFloatConstant(size_t i, llvm::StringRef what);
  /// Input `i`, which has to be a constant list of integers (or a single one).
  mlir::FailureOr<llvm::SmallVector<int64_t>> getInts(size_t i, llvm::StringRef what);
  /// A parameter that older versions give as an attribute and later ones as input `i`. Absent:
  /// none.
  mlir::FailureOr<std::optional<llvm::SmallVector<int64_t>>> getIntsFrom(bool attribute, size_t i,
                                                                         llvm::StringRef name);

  // Results.
  size_t getNumOutputs() const { return proto.output_size(); }
  bool isNamed(size_t i) const { return i < getNumOutputs() && !proto.output(i).empty(); }
  /// Output `i` is named, and something reads it.
  bool isUsed(size_t i) const;
  mlir::LogicalResult setResult(size_t i, const HostTensor &tensor);
  mlir::LogicalResult setResult(size_t i, mlir::Value value);

  /// Imports a graph of an attribute; its outputs become the node's results, under their names.
  mlir::LogicalResult replaceWith(const onnx::GraphProto &graph);

  // Ops. A shape that the op refuses is an error of the node, never an assertion.
  template <typename OpT>
  mlir::FailureOr<mlir::Value> build(mlir::ValueRange operands,
                                     llvm::ArrayRef<mlir::NamedAttribute> attributes = {}) {
    auto infer = [&](mlir::DictionaryAttr dictionary,
                     llvm::SmallVectorImpl<mlir::Type> &types) -> mlir::LogicalResult {
      mlir::MLIRContext *context = dictionary.getContext();
      if constexpr (requires { typename OpT::Properties; }) {
        typename OpT::Properties properties;
        if (mlir::failed(OpT::setPropertiesFromAttr(properties, dictionary,
                                                    [&] { return mlir::emitError(getLoc()); })))
          return mlir::failure();
        return OpT::inferReturnTypes(context, getLoc(), operands, dictionary, &properties, {},
                                     types);
      } else {
        return OpT::inferReturnTypes(context, getLoc(), operands, dictionary, nullptr, {}, types);
      }
    };
    return buildChecked(OpT::getOperationName(), operands, attributes, infer);
  }
  /// Builds the op that stands for output 0.
  template <typename OpT>
  mlir::LogicalResult replaceWith(mlir::ValueRange operands,
                                  llvm::ArrayRef<mlir::NamedAttribute> attributes = {}) {
    mlir::FailureOr<mlir::Value> value = build<OpT>(operands, attributes);
    return mlir::failed(value) ? mlir::failure() : setResult(0, *value);
  }
  /// A constant that is no ONNX value itself, made from one called `name`.
  mlir::Value buildConstant(const HostTensor &tensor, llvm::StringRef name);
  llvm::StringRef getInputName(size_t i) const { return proto.input(i); }
  mlir::NamedAttribute attr(llvm::StringRef name, mlir::Attribute value) const {
    return state.builder.getNamedAttr(name, value);
  }
  mlir::NamedAttribute attr(llvm::StringRef name, llvm::ArrayRef<int64_t> values) const {
    return attr(name, state.builder.getDenseI64ArrayAttr(values));
  }

  // Constant folding.
  /// Memory for a folded tensor, taken from the import's budget.
  mlir::FailureOr<HostTensor> allocate(ElementType type, llvm::ArrayRef<int64_t> shape);
  /// Checks a tensor of one repeated entry, which needs no memory, against the limit on sizes.
  mlir::LogicalResult checkSize(ElementType type, llvm::ArrayRef<int64_t> shape);

private:
  using InferFn = llvm::function_ref<mlir::LogicalResult(mlir::DictionaryAttr,
                                                         llvm::SmallVectorImpl<mlir::Type> &)>;

  const onnx::AttributeProto *find(llvm::StringRef name);
  mlir::LogicalResult wrongType(const onnx::AttributeProto &attribute, llvm::StringRef wanted);
  mlir::LogicalResult checkResultType(mlir::Type type);
  mlir::FailureOr<mlir::Value> buildChecked(llvm::StringRef opName, mlir::ValueRange operands,
                                            llvm::ArrayRef<mlir::NamedAttribute> attributes,
                                            InferFn infer);

  ImportState &state;
  const onnx::NodeProto &proto;
  size_t index;
  int64_t version;
  llvm::SmallPtrSet<const onnx::AttributeProto *, 8> attributesRead;
};

} // namespace saliency

#endif // SALIENCY_IMPORT_NODE_H
