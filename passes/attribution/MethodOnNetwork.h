// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// One method on one network: emits what `explain` gives besides the network itself.
//
//   seed ──► way back (RelevanceWalk) ──► what arrived ──┐
//                      └─► maps collected on the way ────┼──► finish: map, 2-D map ──► steps
//   target layer, class scores, reference input ─────────┘
//
// A method that *repeats* (SmoothGrad, Integrated Gradients) evaluates the network at several
// inputs: MethodOnNetworkRuns.cpp puts everything but the finish into one loop around one copy of
// the network, a *run* for each input, and the finish reads what the runs add up to.
#ifndef SALIENCY_ATTRIBUTION_METHODONNETWORK_H
#define SALIENCY_ATTRIBUTION_METHODONNETWORK_H

#include "passes/attribution/Request.h"
#include "passes/attribution/emission/CallClasses.h"
#include "passes/attribution/emission/ChangeParts.h"
#include "passes/attribution/emission/Collect.h"
#include "passes/attribution/emission/ExplainFunction.h"
#include "passes/attribution/emission/Repetition.h"
#include "passes/attribution/reports/RelevanceReport.h"

namespace saliency {

class MethodOnNetwork final : public ExpressionSources {
public:
  /// `layer` may be null where the method reads none, `report` where none is asked for.
  MethodOnNetwork(const Network &network, const BoundMethod &method, mlir::Value layer,
                  mlir::Value target, llvm::ArrayRef<mlir::Value> callTensors,
                  const AttributionOptions &options, RelevanceReport *report = nullptr)
      : network(network), method(method), layer(layer), target(target), callTensors(callTensors),
        options(options), report(report) {}

  mlir::LogicalResult run(mlir::OpBuilder &builder, Outputs &outputs);

  mlir::FailureOr<mlir::Value> gradient(mlir::OpBuilder &builder, mlir::Value weights,
                                        bool atLayer) override;
  mlir::FailureOr<mlir::Value> layerAt(mlir::OpBuilder &builder, mlir::Value input) override;
  mlir::FailureOr<mlir::Value> sumOverClasses(
      mlir::OpBuilder &builder, mlir::Location loc, unsigned tensor, mlir::RankedTensorType type,
      llvm::function_ref<mlir::FailureOr<mlir::Value>(mlir::OpBuilder &, mlir::Value)> body)
      override {
    return classes(tensor).sum(builder, loc, type, body);
  }
  mlir::FailureOr<mlir::Value> countClasses(mlir::OpBuilder &builder, mlir::Location loc,
                                            unsigned tensor) override {
    return classes(tensor).count(builder, loc);
  }
  llvm::SmallVector<AtOp, 0> attention() override;
  mlir::Value layerAtInput() override { return ownLayer ? ownLayer : layer; }
  std::optional<std::pair<int64_t, int64_t>> patchGrid(int64_t count) override {
    return named->findPatchGrid(count);
  }
  std::pair<mlir::Value, mlir::Value> changeParts(mlir::OpBuilder &builder,
                                                  mlir::Value value) override;
  mlir::Value callTensor(unsigned tensor) override { return callTensors[tensor]; }

private:
  /// What expressions on the whole network read; their x is the network's input.
  WholePlace whole(mlir::OpBuilder &builder) const;
  /// What the way back gave.
  struct Arrived {
    Streams map;             // by stream, where the way back ends
    mlir::Value image0 = {}; // the reference input; null where the method compares with none
  };
  /// Seeds every stream and walks them down to where the method reads the map. `run` is the run at
  /// hand; null outside one.
  mlir::FailureOr<Arrived> relevance(mlir::OpBuilder &builder, const WholePlace &whole,
                                     RelevanceWalk &walk, const Run *run = nullptr);
  /// Evaluates the network at the reference input, which is returned.
  mlir::FailureOr<mlir::Value> compare(mlir::OpBuilder &builder, const AtPoint &place,
                                       RelevanceWalk &walk);
  /// Puts the seed of every stream on its place.
  mlir::LogicalResult plantSeeds(mlir::OpBuilder &builder, const AtSeed &place,
                                 RelevanceWalk &walk);
  /// Keeps what the conditions say; their values.
  mlir::FailureOr<llvm::SmallVector<mlir::Value>> condition(mlir::Location loc,
                                                            RelevanceWalk &walk);
  /// A step over the 2-D map of any method: refined at each recorded activation, from the last to
  /// the first.
  mlir::FailureOr<mlir::Value> refine(mlir::OpBuilder &builder, const BoundMethod &step,
                                      const AtFinish &finish, mlir::Value map2d);
  /// Appends a place's map to `maps`, unless the place has no positions.
  mlir::LogicalResult collect(mlir::OpBuilder &builder, const CollectedPlace &place,
                              const RunPlace &runs, llvm::SmallVectorImpl<mlir::Value> &maps);
  /// The map and the 2-D map, with every step.
  mlir::FailureOr<std::pair<mlir::Value, mlir::Value>> finish(mlir::OpBuilder &builder,
                                                              const AtFinish &place);

  /// What the runs of a method that repeats leave behind: their number, what each node adds up to,
  /// what was collected.
  struct Repeated {
    Run run;
    llvm::DenseMap<unsigned, mlir::Value> sums;
    llvm::SmallVector<mlir::Value, 0> collected;
  };
  mlir::LogicalResult repeat(mlir::OpBuilder &builder, Repeated &results);
  /// The loop over the runs, with nothing in it yet.
  mlir::FailureOr<Repetition> openLoop(mlir::OpBuilder &builder, const WholePlace &here);
  /// The network once more, evaluated where `run` says; `values` maps the outer network's values to
  /// it. Enters in `run` what the network gives there.
  mlir::FailureOr<Network> networkOfRun(mlir::OpBuilder &body, const WholePlace &here, Run &run,
                                        mlir::IRMapping &values);
  /// Emits what each of `sums` adds in a run, read at `place` inside it.
  mlir::LogicalResult addUp(mlir::OpBuilder &body, const Sums &sums, const Place &place,
                            Repetition &repetition);
  /// The values that a run replaces, the point first, each with its replacement.
  mlir::FailureOr<llvm::SmallVector<std::pair<mlir::Value, mlir::Value>>>
  replacements(mlir::OpBuilder &body, const AtPoint &place);

  /// The map's finish and the 2-D map's, which may be null.
  std::array<const rules::Finish *, 2> finishes() const;
  llvm::SmallVector<rules::NodeId> roots() const;
  CallClasses classes(unsigned tensor) const {
    return {callTensors[tensor], target, network.getLogits()};
  }

  const Network &network;
  const BoundMethod &method;
  mlir::Value layer, target;
  llvm::ArrayRef<mlir::Value> callTensors;
  const AttributionOptions &options;
  RelevanceReport *report;
  const RelevanceWalk *walked = nullptr; // of the method's own streams, once done
  mlir::IRMapping reference;             // the network's values at the reference input
  std::optional<ChangeParts> parts;
  // Of a run: the network that has names, what became of its values, its target layer.
  const Network *named = &network;
  const mlir::IRMapping *outer = nullptr;
  mlir::Value ownLayer = {};
};

} // namespace saliency

#endif // SALIENCY_ATTRIBUTION_METHODONNETWORK_H
