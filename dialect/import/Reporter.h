// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// How the importer's messages begin, where they are located, and which status they lead to.
#ifndef SALIENCY_IMPORT_REPORTER_H
#define SALIENCY_IMPORT_REPORTER_H

#include "dialect/import/Import.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/Location.h"
#include "onnx/onnx_pb.h"

namespace saliency {

/// Text of a hostile file made safe to print: control characters escaped, long text cut.
std::string printable(llvm::StringRef text);

/// The name of a node, or of its first output, or `<OpType>#<index>`.
std::string nodeLabel(const onnx::NodeProto &node, size_t index);

class Reporter {
public:
  Reporter(mlir::MLIRContext &context, llvm::StringRef file) : context(context), file(file) {}

  /// "FILE: "; the first error decides the status of the import.
  mlir::InFlightDiagnostic error(ImportStatus status) { return begin(status, fileLoc(), ""); }
  mlir::InFlightDiagnostic badInput() { return error(ImportStatus::BadInput); }
  mlir::InFlightDiagnostic unsupported() { return error(ImportStatus::Unsupported); }

  /// "FILE: initializer 'NAME': ", `what` being "initializer".
  mlir::InFlightDiagnostic error(ImportStatus status, llvm::StringRef what, llvm::StringRef name);

  /// "FILE: node 'NAME' (OPERATOR, opset N): ".
  mlir::InFlightDiagnostic error(ImportStatus status, const onnx::NodeProto &node, size_t index);

  /// "FILE: ", for what the importer decided by itself.
  mlir::InFlightDiagnostic remark() { return mlir::emitRemark(fileLoc()) << file << ": "; }

  mlir::Location fileLoc() const;
  mlir::Location namedLoc(llvm::StringRef name) const;

  void setOpset(int64_t version) { opset = version; }
  ImportStatus getStatus() const { return status; }
  mlir::MLIRContext &getContext() const { return context; }
  llvm::StringRef getFile() const { return file; }

private:
  mlir::InFlightDiagnostic begin(ImportStatus status, mlir::Location loc,
                                 const llvm::Twine &subject);

  mlir::MLIRContext &context;
  std::string file;
  ImportStatus status = ImportStatus::Ok;
  int64_t opset = 0;
};

} // namespace saliency

#endif // SALIENCY_IMPORT_REPORTER_H
