// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// An explainer as LLVM IR with its weights, ready to be written in any form or
// to be run.
#ifndef SALIENCY_CODEGEN_EMIT_COMPILEDMODEL_H
#define SALIENCY_CODEGEN_EMIT_COMPILEDMODEL_H

#include "passes/codegen/buffers/WeightsFile.h"
#include "passes/codegen/emit/ObjectCode.h"
#include "passes/codegen/interface/Interface.h"
#include "passes/codegen/target/TargetSupport.h"

#include "llvm/IR/Module.h"

namespace saliency {

struct EmitOptions {
  /// Of the exported C functions: `<prefix>_explain` and so on.
  std::string prefix = "saliency_model";
  /// Of the stages that the module went through.
  std::shared_ptr<const TargetSupport> target;
  unsigned optimisation = kUsualOptimisation;
  /// Also export `saliency_explainer_*`, as every shared library does.
  bool commonNames = false;

  /// What the explainer says about itself; of the methods, in the order of the maps.
  struct Method {
    std::string name, parameters;
  };
  std::string model;
  std::string output; ///< of the network, whose class scores are explained; empty: not known
  llvm::SmallVector<Method> methods;
  /// The class it was compiled for, or -1.
  int64_t fixedTarget = -1;
};

struct CompiledModel {
  /// Translates a module that went through the target's LLVM pipeline and links
  /// its C entry. Diagnostics go to the module's context.
  static mlir::FailureOr<CompiledModel> compile(mlir::ModuleOp module, const EmitOptions &options);

  EmitOptions options;
  Interface interface;
  int64_t workspaceBytes = 0;
  WeightsFile weights;
  std::unique_ptr<llvm::TargetMachine> machine;
  std::unique_ptr<llvm::LLVMContext> context;
  std::unique_ptr<llvm::Module> module;

  /// Optimised object code. In several files, which belong together, it is made
  /// on several threads.
  enum class Files { One, Several };
  llvm::Expected<std::vector<ObjectCode>> objects(Files files) const;
  /// Optimised LLVM IR as text.
  void printLLVM(llvm::raw_ostream &os) const;
  /// The C header; `stem` names it in its comment.
  void printHeader(llvm::raw_ostream &os, llvm::StringRef stem) const;
};

} // namespace saliency

#endif // SALIENCY_CODEGEN_EMIT_COMPILEDMODEL_H
