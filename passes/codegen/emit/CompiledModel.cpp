// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/codegen/emit/CompiledModel.h"

#include "passes/codegen/emit/Parts.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Target/LLVMIR/Export.h"
#include "llvm/IR/Verifier.h"

using namespace llvm;

namespace saliency {
mlir::FailureOr<CompiledModel> CompiledModel::compile(mlir::ModuleOp from,
                                                      const EmitOptions &options) {
  auto fail = [&](Error error) {
    return from.emitError("code generation: ") << toString(std::move(error));
  };
  assert(options.target && "the target whose pipelines the module went through");
  auto interface = Interface::of(from);
  auto weights = WeightsFile::of(from);
  auto workspace = from->getAttrOfType<mlir::IntegerAttr>(kWorkspaceSizeAttr);
  if (failed(interface) || failed(weights))
    return mlir::failure();
  if (!workspace)
    return from.emitError("code generation needs the module attribute '")
           << kWorkspaceSizeAttr << "', which --saliency-plan-memory writes";
  auto machine = options.target->getMachine().createMachine();
  if (!machine)
    return fail(machine.takeError());

  CompiledModel result{.options = options,
                       .interface = *interface,
                       .workspaceBytes = workspace.getInt(),
                       .weights = std::move(*weights),
                       .machine = std::move(*machine),
                       .context = std::make_unique<LLVMContext>(),
                       .module = nullptr};
  result.module = mlir::translateModuleToLLVMIR(from, *result.context, options.prefix);
  if (!result.module)
    return mlir::failure();
  Module &module = *result.module;
  setMachine(module, *result.machine);
  addBridge(module, result.interface);
  options.target->defineHooks(module);
  addDescription(module, result);
  if (Error error = linkEntry(module, options))
    return fail(std::move(error));
  std::string problem;
  raw_string_ostream os(problem);
  if (verifyModule(module, &os))
    return fail(createStringError("invalid LLVM IR: " + problem));
  return result;
}

} // namespace saliency
