// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// ONNX models written with the protobuf classes, and what the importer makes of them.
#ifndef SALIENCY_TEST_IMPORT_TESTMODEL_H
#define SALIENCY_TEST_IMPORT_TESTMODEL_H

#include "dialect/SaliencyDialect.h"
#include "dialect/import/Import.h"
#include "mlir/IR/MLIRContext.h"
#include "onnx/onnx_pb.h"
#include <memory>
#include <string>
#include <vector>

namespace saliency::test {

/// One node under construction.
struct TestNode {
  onnx::NodeProto &proto;

  TestNode name(const std::string &text);
  TestNode i(const std::string &name, int64_t value);
  TestNode f(const std::string &name, float value);
  TestNode s(const std::string &name, const std::string &value);
  TestNode ints(const std::string &name, const std::vector<int64_t> &values);
  TestNode floats(const std::string &name, const std::vector<float> &values);
  TestNode t(const std::string &name, const onnx::TensorProto &value);
};

onnx::TensorProto floatTensor(const std::string &name, const std::vector<int64_t> &dims,
                              const std::vector<float> &values);
onnx::TensorProto intTensor(const std::string &name, const std::vector<int64_t> &dims,
                            const std::vector<int64_t> &values);

/// A model with one input "x" and, unless named otherwise, one output "y".
struct TestModel {
  explicit TestModel(const std::vector<int64_t> &inputDims = {1, 3, 8, 8}, int64_t opset = 13,
                     const std::vector<std::string> &outputs = {"y"});

  onnx::GraphProto &graph() { return *proto.mutable_graph(); }
  TestNode node(const std::string &op, const std::vector<std::string> &inputs,
                const std::vector<std::string> &outputs = {"y"});
  /// An initializer; all entries `value`.
  TestModel &weights(const std::string &name, const std::vector<int64_t> &dims, float value = 0.5f);
  /// An initializer with entries 0, 1, 2, ...
  TestModel &counting(const std::string &name, const std::vector<int64_t> &dims);
  TestModel &ints(const std::string &name, const std::vector<int64_t> &values);
  void addInput(const std::string &name, const std::vector<int64_t> &dims,
                int32_t type = onnx::TensorProto::FLOAT);

  onnx::ModelProto proto;
};

/// The outcome of an import, with the context that holds the module.
struct Imported {
  Imported() = default;
  Imported(Imported &&) = default;
  Imported &operator=(Imported &&other) {
    module = std::move(other.module); // the old module goes before its context
    context = std::move(other.context);
    status = other.status;
    messages = std::move(other.messages);
    return *this;
  }

  std::unique_ptr<mlir::MLIRContext> context;
  ImportStatus status = ImportStatus::Ok;
  mlir::OwningOpRef<mlir::ModuleOp> module;
  /// All diagnostics, one a line.
  std::string messages;

  /// Ops of the body but constants and the return, "conv relu".
  std::string ops() const;
  /// The only op of this kind.
  template <typename OpT> OpT only() const {
    OpT found;
    module.get()->walk([&](OpT op) { found = op; });
    return found;
  }
  /// The op that produces ONNX value `name`.
  mlir::Operation *producer(llvm::StringRef name) const;
  /// Shape of output `i`.
  std::vector<int64_t> outputShape(unsigned i = 0) const;
  /// Entries of output `i`, a constant, or of the constant operand `operand` of the op that
  /// produces it.
  std::vector<float> constantOutput(unsigned i = 0) const;
};

std::vector<float> entries(mlir::Value constant);

Imported importModel(const onnx::ModelProto &model, const ImportOptions &options = {});
inline Imported importModel(const TestModel &model, const ImportOptions &options = {}) {
  return importModel(model.proto, options);
}
/// The importer on bytes, or on a file.
Imported importBytes(const std::string &bytes, const ImportOptions &options = {});
Imported importFile(const std::string &path, const ImportOptions &options = {});

} // namespace saliency::test

#endif // SALIENCY_TEST_IMPORT_TESTMODEL_H
