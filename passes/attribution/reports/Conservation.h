// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The conservation classes of a method's rules, composed over a network: what becomes of the sum of
// relevance on the way from the seed to each layer, and which layer decides it.
#ifndef SALIENCY_ATTRIBUTION_REPORTS_CONSERVATION_H
#define SALIENCY_ATTRIBUTION_REPORTS_CONSERVATION_H

#include "passes/attribution/binding/BoundMethod.h"
#include "llvm/Support/raw_ostream.h"

namespace saliency {

/// One place that relevance passes: a layer, or a value where the method has a rule for several
/// uses or streams that meet.
struct ConservationLink {
  std::string name, kind, rule;
  rules::RowConservation conservation;
  unsigned weakest =
      0; // number of the link that decides the way from the seed down to here, this one included
  mlir::Value value; // the layer's result, or where several uses or streams come together
};

struct NetworkConservation {
  std::vector<ConservationLink> links; // as relevance passes them
  std::optional<unsigned> weakest;     // of the whole way; none where the walk passes nothing

  /// Reports the first layer whose rule does not keep the sum.
  mlir::LogicalResult require(const BoundMethod &method) const;
};

/// Composes the classes from where relevance starts to where the method reads the map. `layer` is
/// the target layer; null where the method has none.
NetworkConservation composeConservation(const Network &network, const BoundMethod &method,
                                        mlir::Value layer);

/// For each link one line: name, kind, rule, its class, and the class of the way from the seed with
/// the link that decides it; then a verdict for the map. Reports a function that is no network, and
/// a method that carries no relevance back.
mlir::LogicalResult explainConservation(mlir::func::FuncOp forward, const BoundMethod &method,
                                        llvm::raw_ostream &out);

} // namespace saliency

#endif // SALIENCY_ATTRIBUTION_REPORTS_CONSERVATION_H
