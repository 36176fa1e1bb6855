// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A compiled explainer in this process.
#ifndef SALIENCY_CODEGEN_EMIT_JIT_H
#define SALIENCY_CODEGEN_EMIT_JIT_H

#include "passes/codegen/emit/CompiledModel.h"
#include "runtime/include/saliency/explainer.h"

namespace llvm::orc {
class LLJIT;
}

namespace saliency {

/// Owns the code and the weights; both live as long as it does.
class JitModel {
public:
  /// Takes the model's module; it must be compiled for this machine.
  static llvm::Expected<JitModel> load(CompiledModel model);
  /// The same of a model that may have failed to compile; reports what it fails at.
  static mlir::FailureOr<JitModel> load(mlir::MLIRContext &context,
                                        mlir::FailureOr<CompiledModel> model);
  JitModel(JitModel &&);
  ~JitModel();

  llvm::ArrayRef<char> weights() const { return bytes.bytes(); }

  saliency_status (*explain)(const saliency_args *) = nullptr;
  const saliency_interface *(*interface)() = nullptr;
  size_t (*workspaceSize)() = nullptr;
  const char *(*errorString)(saliency_status) = nullptr;
  int32_t (*abiVersion)() = nullptr;

private:
  JitModel(std::unique_ptr<llvm::orc::LLJIT> jit, WeightsFile bytes);

  std::unique_ptr<llvm::orc::LLJIT> jit;
  WeightsFile bytes;
};

} // namespace saliency

#endif // SALIENCY_CODEGEN_EMIT_JIT_H
