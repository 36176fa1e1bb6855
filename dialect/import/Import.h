// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// ONNX models, opset 7 to 28, transcribed into the saliency dialect: one node becomes one op, a
// constant, or as few ops as it takes. Errors go to the context's diagnostic engine; each names the
// file, the node, the operator and the opset.
#ifndef SALIENCY_IMPORT_IMPORT_H
#define SALIENCY_IMPORT_IMPORT_H

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"

#include <string>
#include <vector>

namespace saliency {

struct ImportOptions {
  /// Extent of the network input's first axis where the model leaves it open.
  int64_t batch = 1;
  /// Largest constant tensor in bytes, and the bytes that constant folding may produce in all.
  int64_t maxConstantBytes = int64_t(1) << 31;
  /// The output that the network returns; empty: the first that can be class scores, and a remark
  /// that lists the others. Nodes, inputs, initializers and functions that it does not need may be
  /// of any kind.
  std::string output;
  /// Values to return in place of the model's outputs.
  std::vector<std::string> outputs;
};

enum class ImportStatus {
  Ok,
  BadInput,    ///< Not a valid model.
  Unsupported, ///< A valid model, or one that may be valid, beyond what the importer covers.
};

struct ImportResult {
  ImportStatus status = ImportStatus::BadInput;
  /// Null unless `status` is Ok.
  mlir::OwningOpRef<mlir::ModuleOp> module;
};

/// Reads the model at `path`. Its external data is read only below the model's own folder.
///
/// The module holds `func.func @forward(%input {saliency.name}) -> (output {saliency.name}, ...)`
/// and the attributes `saliency.model` (the file's stem) and `saliency.opset`. Every op's location
/// is a NameLoc of its node, its attribute `onnx.value` the name of the ONNX value that it
/// produces. Large weights are dense resources that live as long as the context.
ImportResult importOnnx(llvm::StringRef path, mlir::MLIRContext &context,
                        const ImportOptions &options = {});

/// The same for a model in memory; `name` stands for the file in messages. External data is
/// refused.
ImportResult importOnnxBuffer(llvm::StringRef bytes, llvm::StringRef name,
                              mlir::MLIRContext &context, const ImportOptions &options = {});

} // namespace saliency

#endif // SALIENCY_IMPORT_IMPORT_H
