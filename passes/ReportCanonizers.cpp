// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/Compiler.h"

#include "passes/Counter.h"
#include "passes/codegen/emit/Jit.h"
#include "passes/request/ExplainerWorkspace.h"
#include "passes/rules/language/Philox.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/FormatVariadic.h"

#include <cmath>
#include <numeric>

using namespace mlir;
using namespace saliency;

/// How many inputs the network is run on, drawn from the standard normal distribution.
static constexpr uint32_t kInputs = 4;

namespace {

size_t product(const int64_t *dims, int64_t count) {
  return std::accumulate(dims, dims + count, size_t(1), std::multiplies<>());
}

/// The network's outputs on all inputs, one after the other; reports a run that fails.
LogicalResult evaluate(MLIRContext &context, const JitModel &model, std::vector<float> &all) {
  const saliency_interface &info = *model.interface();
  std::vector<float> input(product(info.input_dims, info.input_rank)),
      map(product(info.maps[0].dims, info.maps[0].rank));
  std::vector<float> logits(info.batch * info.classes);
  std::vector<int64_t> targets(info.batch, SALIENCY_ARG_MAX);
  ExplainerWorkspace workspace(model.workspaceSize());
  if (!workspace)
    return emitError(UnknownLoc::get(&context))
           << "the network needs " << workspace.size()
           << " bytes of workspace, there is not so much memory";
  saliency_args args = workspace.arguments(model.weights().data(), model.weights().size());
  args.batch = info.batch;
  args.input = input.data();
  args.targets_per_image = 1;
  args.targets = targets.data();
  args.maps = map.data();
  args.logits = logits.data();
  for (uint32_t run = 0; run != kInputs; ++run) {
    for (auto [entry, value] : llvm::enumerate(input))
      value = static_cast<float>(rules::drawNormal({uint32_t(entry), run, 0}, /*seed=*/0));
    if (saliency_status status = model.explain(&args); status != SALIENCY_OK)
      return emitError(UnknownLoc::get(&context), model.errorString(status));
    llvm::append_range(all, logits);
  }
  return success();
}

/// The larger one; a NaN wins.
double larger(double a, double b) { return std::isnan(a) || a > b ? a : b; }

void print(llvm::raw_ostream &out, rules::CanonizerKind kind, const ScopedCounters &counters,
           ArrayRef<float> before, ArrayRef<float> after) {
  std::string_view text = rules::nameOf(kind);
  StringRef name(text.data(), text.size());
  double change = 0, largest = 0;
  for (auto [a, b] : llvm::zip_equal(before, after)) {
    change = larger(std::abs(double(b) - double(a)), change);
    largest = larger(std::abs(double(a)), largest);
  }
  out << name << ": " << counters.get(name, "batch norms folded") << " batch norms folded, "
      << counters.get(name, "batch norms left") << " left; on " << kInputs
      << " random inputs the outputs change by at most "
      << llvm::format("%.3g, %.3g of the largest (%.4g)\n", change,
                      largest == 0 ? change : change / largest, largest);
}

} // namespace

/// How the methods' names begin the lines where there are several.
static std::string prefixOf(ArrayRef<MethodChoice> choices, const MethodChoice &choice) {
  return choices.size() > 1 ? choice.name + ", " : "";
}

Outcome Compiler::reportCanonizers(llvm::raw_ostream &out) {
  std::vector<SmallVector<rules::CanonizerKind>>
      reported; // methods that ask for the same share their lines
  for (const auto &[choice, pipeline] : llvm::zip_equal(choices, pipelines)) {
    SmallVector<rules::CanonizerKind> wanted = wantedCanonizers(pipeline);
    if (llvm::is_contained(reported, wanted))
      continue;
    reported.push_back(wanted);
    if (Outcome outcome = reportCanonizers(wanted, prefixOf(choices, choice), out);
        outcome != Outcome::Ok)
      return outcome;
  }
  return Outcome::Ok;
}

Outcome Compiler::reportCanonizers(ArrayRef<rules::CanonizerKind> wanted, StringRef prefix,
                                   llvm::raw_ostream &out) {
  if (wanted.empty())
    out << prefix
        << "no canonizer runs: neither the method's conventions nor the command line ask for one\n";
  ScopedDiagnosticHandler quiet(&context, [](Diagnostic &diagnostic) {
    return success(diagnostic.getSeverity() !=
                   DiagnosticSeverity::Error); // the compilation itself gives the others
  });
  PipelineOptions forward;
  forward.target = findTarget({.schedule = request.schedule});
  for (unsigned kind = 0; kind != unsigned(rules::CanonizerKind::Count); ++kind)
    forward.request.canonizers[std::string(rules::nameOf(rules::CanonizerKind(kind)))] = false;
  std::vector<float> before;
  for (size_t count = 0; !wanted.empty() && count <= wanted.size(); ++count) {
    if (count != 0)
      forward.request.canonizers[std::string(rules::nameOf(wanted[count - 1]))] = true;
    ScopedCounters counters;
    OwningOpRef<ModuleOp> copy(module->clone());
    if (Outcome outcome = run(*copy, forward, Stage::LLVM); outcome != Outcome::Ok)
      return outcome;
    FailureOr<JitModel> model =
        JitModel::load(context, CompiledModel::compile(*copy, {.target = forward.target}));
    std::vector<float> after;
    if (failed(model) || failed(evaluate(context, *model, after)))
      return Outcome::Unsupported;
    if (count != 0)
      print(out << prefix, wanted[count - 1], counters, before, after);
    before = std::move(after);
  }
  return Outcome::Ok;
}
