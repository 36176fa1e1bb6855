// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The weights of a module as the bytes of a weights file (saliency/weights.h).
#ifndef SALIENCY_CODEGEN_BUFFERS_WEIGHTSFILE_H
#define SALIENCY_CODEGEN_BUFFERS_WEIGHTSFILE_H

#include "mlir/IR/BuiltinOps.h"
#include "llvm/Support/Error.h"

#include <cstdint>
#include <memory>

namespace saliency {

/// An immutable copy in memory: header and payload, 64-byte aligned.
class WeightsFile {
public:
  /// Gathers what --saliency-externalise-weights recorded; an empty payload if
  /// the module has no weights.
  static mlir::FailureOr<WeightsFile> of(mlir::ModuleOp module);

  /// Bytes of the file, header included.
  llvm::ArrayRef<char> bytes() const { return {data.get(), size}; }
  uint64_t id() const;

private:
  struct Free {
    void operator()(char *pointer) const;
  };
  explicit WeightsFile(uint64_t payload);
  char *payload() const;
  void seal();

  std::unique_ptr<char[], Free> data;
  size_t size = 0;
};

} // namespace saliency

#endif // SALIENCY_CODEGEN_BUFFERS_WEIGHTSFILE_H
