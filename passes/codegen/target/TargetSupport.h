// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The seam between the compiler and the kinds of machines that it generates code for. A kind of
// machine (processors, or a GPU) is one implementation of TargetSupport. Everything before stage
// `scheduled` is common to all kinds and asks it questions only; from there on it builds the
// pipelines itself.
//
//     stage       specialised   linalg       buffers       scheduled        llvm        code
//     asks            -         lowering()   facts()    buildSchedule()  buildLLVM()   entry(),
//                                                                                      defineHooks()
#ifndef SALIENCY_CODEGEN_TARGET_TARGETSUPPORT_H
#define SALIENCY_CODEGEN_TARGET_TARGETSUPPORT_H

#include "mlir/Pass/PassManager.h"
#include "passes/codegen/Schedule.h"
#include "passes/codegen/target/Target.h"
#include "passes/to_linalg/Passes.h"
#include "runtime/include/saliency/explainer.h"
#include "llvm/IR/Module.h"

#include <functional>
#include <memory>

namespace saliency {

/// What the neutral passes need to know of a machine.
struct TargetFacts {
  /// Of every buffer in workspace and weights, in bytes; a power of two, and a multiple of
  /// SALIENCY_ALIGNMENT.
  int64_t alignment = SALIENCY_ALIGNMENT;
  /// An operation with fewer executions of its body than this is not worth a function of its own.
  int64_t worthCall = 16;
  /// A product is added in one instruction.
  bool fusedMultiplyAdd = true;
  /// Let buffers that are not needed at the same time share workspace; off for comparison.
  bool reuseMemory = true;
};

class TargetSupport {
public:
  explicit TargetSupport(Target machine) : machine(std::move(machine)) {}
  virtual ~TargetSupport() = default;

  /// The processor that runs the generated code, or the host's part of it.
  const Target &getMachine() const { return machine; }

  virtual TargetFacts facts() const = 0;

  /// The order of axes in memory and the forms of linear maps that its schedule wants.
  virtual LowerToLinalgOptions lowering() const = 0;

  /// Adds the passes from linalg on buffers to stage `scheduled`: functions are outlined, loops
  /// made, and no allocation is left.
  virtual void buildSchedule(mlir::OpPassManager &pm) const = 0;

  /// Adds the passes from there to the LLVM dialect, with a check that nothing foreign is called.
  virtual void buildLLVM(mlir::OpPassManager &pm) const = 0;

  /// LLVM bitcode of the C entry: it defines the public functions under the prefix
  /// `saliency_model_` and calls `saliency_model_kernel` (runtime/entry/kernel_abi.h).
  virtual llvm::ArrayRef<unsigned char> entry() const = 0;

  /// Defines, in LLVM IR, the functions that generated code calls beside its own. A function that
  /// is left undefined must be in the program that loads the explainer.
  virtual void defineHooks(llvm::Module &module) const = 0;

private:
  Target machine;
};

/// What the user asks for.
struct TargetRequest {
  Target machine = Target::host();
  Schedule schedule = Schedule::Vector;
};

/// Makes the description of the machine that is asked for, or null if it is none of its kind.
using TargetFactory =
    std::function<std::shared_ptr<const TargetSupport>(const TargetRequest &request)>;

/// Adds a kind of machine; it is asked before those added earlier.
void registerTarget(TargetFactory factory);

/// The first description that a registered kind makes, or null.
std::shared_ptr<const TargetSupport> findRegisteredTarget(const TargetRequest &request);

} // namespace saliency

#endif // SALIENCY_CODEGEN_TARGET_TARGETSUPPORT_H
