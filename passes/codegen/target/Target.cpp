// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/codegen/target/Target.h"

#include "llvm/MC/MCSubtargetInfo.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/TargetParser/Host.h"

using namespace llvm;

namespace saliency {

Target Target::host() {
  Target target;
  target.triple = sys::getDefaultTargetTriple();
  target.cpu = sys::getHostCPUName().str();
  // In a fixed order: the features are written into the program.
  std::map<StringRef, bool> features;
  StringMap<bool> found = sys::getHostCPUFeatures();
  for (const auto &feature : found)
    features[feature.getKey()] = feature.getValue();
  for (auto [name, present] : features)
    target.features +=
        (target.features.empty() ? "" : ",") + std::string(present ? "+" : "-") + name.str();
  return target;
}

Target Target::of(StringRef triple, StringRef cpu) {
  if (triple.empty() && (cpu.empty() || cpu == "native"))
    return host();
  Target target;
  target.triple = triple.empty() ? sys::getDefaultTargetTriple() : Triple::normalize(triple);
  target.cpu = cpu.str();
  if (target.cpu.empty())
    target.cpu = Triple(target.triple).getArch() == Triple::x86_64 ? "x86-64" : "generic";
  return target;
}

Expected<std::unique_ptr<TargetMachine>> Target::createMachine() const {
  static bool initialised = [] {
    InitializeAllTargetInfos();
    InitializeAllTargets();
    InitializeAllTargetMCs();
    InitializeAllAsmPrinters();
    return true;
  }();
  (void)initialised;

  auto unusable = [&](const Twine &why) {
    return createStringError("machine '" + Twine(triple) + "', CPU '" + cpu + "': " + why);
  };
  Triple parsed(triple);
  if (!parsed.isArch64Bit() || !parsed.isLittleEndian())
    return unusable("code is generated for 64-bit little-endian processors only");
  std::string error;
  const llvm::Target *target = TargetRegistry::lookupTarget(parsed, error);
  if (!target)
    return unusable(error);
  std::unique_ptr<MCSubtargetInfo> subtarget(target->createMCSubtargetInfo(parsed, "", ""));
  if (!subtarget || (cpu != "generic" && !subtarget->isCPUStringValid(cpu)))
    return unusable("LLVM knows no such CPU");

  TargetOptions options;
  // The contractions' vector.fma become llvm.fmuladd: one instruction where the machine has it, a
  // product and a sum elsewhere. Nothing else is fused: no other multiplication may contract.
  options.AllowFPOpFusion = FPOpFusion::Standard;
  options.FunctionSections = true;
  options.DataSections = true;
  std::unique_ptr<TargetMachine> machine(target->createTargetMachine(
      parsed, cpu, features, options, Reloc::PIC_, std::nullopt, CodeGenOptLevel::Aggressive));
  if (!machine)
    return unusable("LLVM cannot generate code for it");
  return machine;
}

} // namespace saliency
