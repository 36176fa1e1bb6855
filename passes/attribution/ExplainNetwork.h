// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// From a network's forward function to one method's explanation of it.
#ifndef SALIENCY_ATTRIBUTION_EXPLAINNETWORK_H
#define SALIENCY_ATTRIBUTION_EXPLAINNETWORK_H

#include "dialect/SaliencyDialect.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "passes/attribution/binding/BoundMethod.h"

#include <memory>
#include <optional>
#include <vector>

namespace saliency {

/// A value's channels through which alone relevance is carried on (CRP, Achtibat et al. 2023). What
/// goes past the value is dropped.
struct ChannelCondition {
  std::string value; // ONNX name
  std::vector<int64_t> channels;

  /// Reads NAME:CHANNEL,CHANNEL,...; the error says what was expected.
  static llvm::Expected<ChannelCondition> parse(llvm::StringRef text);
};

struct AttributionOptions {
  /// The class to explain, fixed at compile time; otherwise `explain` takes one class per sample,
  /// -1 for the arg-max.
  std::optional<int64_t> target;
  /// Also return the relevance of every named value of the network.
  bool dumpRelevance = false;
  /// Also return where relevance went at every layer.
  bool report = false;
  /// Steps that refine the method's 2-D map, in order.
  std::vector<std::shared_ptr<const BoundMethod>> steps;
  /// Where only some channels' relevance is carried on.
  std::vector<ChannelCondition> conditions;
  /// Refuse a network with a layer whose rule does not keep the sum of relevance.
  bool requireConservation = false;
};

/// Checks what the user asked of this network: class in range, layer name known, numbers per
/// channel. Reports the first mistake. `forward` is left as it is.
mlir::LogicalResult checkRequest(mlir::func::FuncOp forward, const BoundMethod &method,
                                 const AttributionOptions &options);

/// The target layer of a method on a network, null where it reads none; built at the end of
/// `function` where it is a mean of class maps. Reports a name that is no value, and a network
/// without such a layer.
mlir::FailureOr<mlir::Value> targetLayerOf(mlir::func::FuncOp function, const Network &network,
                                           const BoundMethod &method);
/// Where relevance starts and where the method reads it; `layer` is the target layer.
mlir::Value startOf(const Network &network, const BoundMethod &method, mlir::Value layer);
mlir::Value endOf(const Network &network, const BoundMethod &method, mlir::Value layer);

/// Turns `forward(input) -> logits` into
///   explain(input, target, call tensors...) -> map, map2d, logits, target, layers...
/// with the forward pass kept and the method's backward code after it. Reports ops that the method
/// has no rule for.
mlir::LogicalResult attribute(mlir::func::FuncOp forward, const BoundMethod &method,
                              const AttributionOptions &options);

/// The same interface around the network alone: explain(input) -> map, logits, where the map is the
/// class scores.
mlir::LogicalResult keepForward(mlir::func::FuncOp forward);

} // namespace saliency

#endif // SALIENCY_ATTRIBUTION_EXPLAINNETWORK_H
