// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The compiler as a library: what every program does with a model file.
#ifndef SALIENCY_PASSES_COMPILER_H
#define SALIENCY_PASSES_COMPILER_H

#include "passes/MethodChoice.h"
#include "passes/Pipelines.h"
#include "passes/Targets.h"
#include "passes/codegen/emit/CompiledModel.h"

#include <functional>
#include <string>

namespace saliency {

/// How a run of the compiler ends; also the programs' exit codes.
enum class Outcome { Ok = 0, BadInput = 1, Unsupported = 2 };

/// One run: the model is read once, then taken from stage to stage. Messages go to the context's
/// diagnostic handlers.
class Compiler {
public:
  Compiler(mlir::MLIRContext &context, CompileRequest request)
      : context(context), request(std::move(request)),
        target(Target::of(this->request.triple, this->request.cpu)) {}

  /// Is called with every pass manager before passes are added to it: for a program's own switches
  /// of printing and timing.
  using PassManagerSetUp = std::function<llvm::LogicalResult(mlir::PassManager &)>;
  void setPassManagerSetUp(PassManagerSetUp setUp) { this->setUp = std::move(setUp); }

  /// Reads the model and binds the methods.
  Outcome load();
  /// Takes the module to `stage`.
  Outcome advanceTo(Stage stage);
  /// Prints which rule each layer gets from the composite, and why; after load().
  Outcome explainComposite(llvm::raw_ostream &out);
  /// Prints what becomes of the sum of relevance at each layer and on the way from the seed; after
  /// load().
  Outcome explainConservation(llvm::raw_ostream &out);
  /// Runs the network on a few random inputs before and after each canonizer that the options ask
  /// for, and prints what it folded and the largest change of an output; after load().
  Outcome reportCanonizers(llvm::raw_ostream &out);
  /// The optimised explainer; after advanceTo(Stage::LLVM).
  mlir::FailureOr<CompiledModel> compile();

  mlir::ModuleOp getModule() { return module.get(); }
  /// The network's output that is explained, by its ONNX name; empty: it has none. After load().
  llvm::StringRef getOutput() const { return output; }

private:
  Outcome readModel();
  Outcome checkBatch();
  Outcome bindMethods();
  Outcome bindMethod(const MethodChoice &choice, PipelineOptions &pipeline);
  Outcome bindSteps(PipelineOptions &pipeline);
  Outcome attributeSeveral();
  Outcome reportCanonizers(llvm::ArrayRef<rules::CanonizerKind> wanted, llvm::StringRef prefix,
                           llvm::raw_ostream &out);
  /// Prints of each method that is meant, under its name where there are several.
  Outcome
  explainEach(llvm::raw_ostream &out, llvm::function_ref<bool(const BoundMethod &)> meant,
              llvm::function_ref<mlir::LogicalResult(mlir::func::FuncOp, const BoundMethod &,
                                                     llvm::raw_ostream &)>
                  print);
  /// Takes `on`, which has reached the module's stage, to stage `to`.
  Outcome run(mlir::ModuleOp on, const PipelineOptions &pipeline, Stage to);
  Outcome runStages(mlir::ModuleOp on, const PipelineOptions &pipeline, Stage from, Stage to);

  mlir::MLIRContext &context;
  CompileRequest request;
  Target target;
  PassManagerSetUp setUp;
  std::vector<MethodChoice> choices;
  std::vector<PipelineOptions> pipelines; // one for each choice; behind attribution the first one's
  mlir::OwningOpRef<mlir::ModuleOp> module;
  std::string output;
  Stage reached = Stage::Import;
};

/// A registry with everything that a Compiler's context needs.
mlir::DialectRegistry compilerDialects();

} // namespace saliency

#endif // SALIENCY_PASSES_COMPILER_H
