// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "test/codegen/reference/ReferenceTarget.h"

#include "passes/codegen/buffers/Pipeline.h"
#include "passes/codegen/llvm/Pipeline.h"
#include "passes/codegen/plan/Passes.h"
#include "runtime/cpu/Embed.h"
#include "test/codegen/reference/Launches.h"

#include "mlir/Conversion/Passes.h"
#include "mlir/Dialect/Linalg/Passes.h"
#include "mlir/Transforms/Passes.h"
#include "llvm/TargetParser/Host.h"

using namespace mlir;

namespace saliency::test {
namespace {

constexpr llvm::StringLiteral kVendor = "reference", kVendorFirst = "reference.first";

class ReferenceTarget final : public TargetSupport {
public:
  ReferenceTarget(const Target &machine, LayoutKind layout)
      : TargetSupport(machine), layout(layout) {}

  TargetFacts facts() const override {
    TargetFacts facts;
    facts.alignment = kReferenceAlignment;
    facts.worthCall = 1;
    facts.fusedMultiplyAdd = !llvm::Triple(getMachine().triple).isX86();
    return facts;
  }

  LowerToLinalgOptions lowering() const override {
    LowerToLinalgOptions lowering;
    lowering.layout = layout;
    lowering.contractions = Contractions::Plain;
    return lowering;
  }

  void buildSchedule(OpPassManager &pm) const override {
    OutlineOperationsPassOptions outline;
    outline.worthCall = facts().worthCall;
    pm.addPass(createOutlineOperationsPass(outline));
    pm.addPass(createCheckRecordablePass());
    pm.addNestedPass<func::FuncOp>(createConvertLinalgToLoopsPass());
    addFunctionCleanup(pm);
    PlanMemoryPassOptions plan;
    plan.alignment = facts().alignment;
    pm.addPass(createPlanMemoryPass(plan));
    addFunctionCleanup(pm);
  }

  void buildLLVM(OpPassManager &pm) const override {
    addLLVMConversion(pm, facts());
    pm.addPass(createLowerLaunchesPass());
    addMachineCodeCheck(pm, {kLaunchHook.str(), kReplayHook.str()});
  }

  /// Its memory is the host's, so the host's entry places and delivers.
  llvm::ArrayRef<unsigned char> entry() const override {
    return {saliency_entry_bitcode, size_t(saliency_entry_bitcode_size)};
  }

  /// They are in the program that runs the test (Replay.cpp).
  void defineHooks(llvm::Module &) const override {}

private:
  LayoutKind layout;
};

} // namespace

void registerReferenceTarget() {
  registerTarget([](const TargetRequest &request) -> std::shared_ptr<const TargetSupport> {
    llvm::Triple triple(request.machine.triple);
    if (triple.getVendorName() == kVendor)
      return std::make_shared<ReferenceTarget>(request.machine, LayoutKind::ChannelsLast);
    if (triple.getVendorName() == kVendorFirst)
      return std::make_shared<ReferenceTarget>(request.machine, LayoutKind::ChannelsFirst);
    return nullptr;
  });
}

Target baselineMachine() { return Target::of(llvm::sys::getDefaultTargetTriple(), ""); }

Target referenceMachine(LayoutKind layout) {
  Target machine = baselineMachine();
  llvm::Triple triple(machine.triple);
  triple.setVendorName(layout == LayoutKind::ChannelsLast ? kVendor : kVendorFirst);
  machine.triple = triple.str();
  return machine;
}

} // namespace saliency::test
