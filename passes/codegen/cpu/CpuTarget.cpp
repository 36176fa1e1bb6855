// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/codegen/cpu/CpuTarget.h"

#include "passes/codegen/cpu/Pipelines.h"
#include "passes/codegen/cpu/parallel/ParallelHook.h"
#include "runtime/cpu/Embed.h"

namespace saliency {
namespace {

class CpuTarget final : public TargetSupport {
public:
  CpuTarget(const Target &machine, const CpuOptions &options)
      : TargetSupport(machine), options(options) {}

  TargetFacts facts() const override { return cpuFacts(options); }

  /// Vectors run over channels where these are neighbours in memory.
  LowerToLinalgOptions lowering() const override {
    bool vector = options.schedule == Schedule::Vector;
    LowerToLinalgOptions lowering;
    lowering.layout = vector ? LayoutKind::ChannelsLast : LayoutKind::ChannelsFirst;
    lowering.contractions = vector ? Contractions::Tuned : Contractions::Plain;
    // The usual panels (Panels, to_linalg/ToLinalg.h): whole vectors of 512 bits are whole ones of
    // 256 and 128 bits, too.
    return lowering;
  }

  void buildSchedule(mlir::OpPassManager &pm) const override {
    buildCpuSchedulePipeline(pm, options);
  }
  void buildLLVM(mlir::OpPassManager &pm) const override { buildCpuLLVMPipeline(pm, options); }

  llvm::ArrayRef<unsigned char> entry() const override {
    return {saliency_entry_bitcode, size_t(saliency_entry_bitcode_size)};
  }
  void defineHooks(llvm::Module &module) const override { defineParallelHook(module); }

private:
  CpuOptions options;
};

} // namespace

std::shared_ptr<const TargetSupport> createCpuTarget(const Target &machine,
                                                     const CpuOptions &options) {
  return std::make_shared<CpuTarget>(machine, options);
}

std::shared_ptr<const TargetSupport> createCpuTarget(const TargetRequest &request) {
  const auto &[triple, cpu, features] = request.machine;
  CpuOptions options;
  options.schedule = request.schedule;
  options.machine = Machine::of(triple, cpu, features);
  return createCpuTarget(request.machine, options);
}

} // namespace saliency
