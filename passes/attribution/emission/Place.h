// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Where an expression of a method is emitted. Each place has a type, which holds what an expression
// may read there and nothing else; the rule language checks the same at compile time
// (rules/language/MethodChecks.h).
//
//   AtOp           a row: one operand of one layer that relevance passes
//   AtFork         a row for several uses of one value
//   AtMeeting      the value at which the streams of a method become one
//   AtValue        a collection at a named value
//   AtSeed         what is put on the class scores or the target layer
//   AtPoint        an input of the network: the reference input, or the point of a run
//   AtRun          what one run of a method that repeats adds to a sum over the runs
//   AtFinish       the map, from what arrived
//   AtStep         a refinement of another method's 2-D map
//
// A *stream* is a quantity that is carried back beside the relevance; a *run* is one evaluation of
// the network in a method that averages over several inputs.
#ifndef SALIENCY_ATTRIBUTION_EMISSION_PLACE_H
#define SALIENCY_ATTRIBUTION_EMISSION_PLACE_H

#include "dialect/SaliencyDialect.h"
#include "llvm/ADT/DenseMap.h"

#include <optional>
#include <variant>

namespace saliency {

/// Values by stream: the relevance, then a method's further streams. Absent ones are null.
using Streams = llvm::SmallVector<mlir::Value, 1>;

/// One run of a repetition, where an expression is emitted inside it; behind all runs only their
/// number is left.
struct Run {
  mlir::Value number, count;         // index
  std::optional<int64_t> fixedCount; // where no call changes it
  /// Where the network is evaluated, and what it gives there; null before that.
  mlir::Value point, logits, layer;
};

/// Part of every place.
struct AnyPlace {
  mlir::Location loc;
  mlir::Value image; // the network's input
  mlir::Value x;     // what an expression calls x: data that have the shape of its result
};

/// Part of every place that relevance passes.
struct PassedPlace : AnyPlace {
  Streams r; // of the output at hand (of a concatenation, its slice), or of the use at hand
};

/// Part of every place in a method that repeats. A place inside a run has the run; behind the runs
/// only their number is known, and what each sum over them came to, by its node.
struct RunPlace {
  const Run *run = nullptr;
  const llvm::DenseMap<unsigned, mlir::Value> *sums = nullptr;
};

/// Part of every place of the whole network.
struct WholePlace : AnyPlace {
  mlir::Value logits;
  mlir::Value layerValue; // the target layer; null where the method reads none
  mlir::Value target;     // one-hot over the classes
};

/// Part of every place that reads what arrived.
struct ArrivedPlace : WholePlace {
  Streams map;             // what arrived where the way back ends
  mlir::Value image0 = {}; // the reference input
};

struct AtOp : PassedPlace, RunPlace {
  mlir::Operation *layer;
  unsigned operand = 0;            // its operand at hand
  mlir::Value y;                   // its output
  mlir::Value x0 = {}, y0 = {};    // x and y at the reference input
  bool isBottleneck = false;       // all relevance passes through y
  llvm::ArrayRef<AtOp> peers = {}; // of a merge: all its operands, this one among them
};
struct AtFork : PassedPlace {
  llvm::ArrayRef<AtFork> peers; // all uses of the value, this one among them
};
struct AtMeeting : PassedPlace {};
struct AtValue : PassedPlace, RunPlace {};
struct AtSeed : WholePlace, RunPlace {};
struct AtPoint : WholePlace, RunPlace {};
struct AtRun : ArrivedPlace, RunPlace {};
struct AtFinish : ArrivedPlace, RunPlace {
  llvm::SmallVector<mlir::Value, 0> collected; // maps of the input's positions
};
struct AtStep : AtFinish {
  mlir::Value map2d; // the 2-D map so far
};

using Place =
    std::variant<AtOp, AtFork, AtMeeting, AtValue, AtSeed, AtPoint, AtRun, AtFinish, AtStep>;

/// The place as one that has this part, or null: partOf<WholePlace>(place).
template <class Part> const Part *partOf(const Place &place) {
  return std::visit(
      [](const auto &at) -> const Part * {
        if constexpr (std::is_base_of_v<Part, std::decay_t<decltype(at)>>)
          return &at;
        else
          return nullptr;
      },
      place);
}

} // namespace saliency

#endif // SALIENCY_ATTRIBUTION_EMISSION_PLACE_H
