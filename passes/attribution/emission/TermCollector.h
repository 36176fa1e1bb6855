// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Turns a row around: the state of the way back through its expression. EmitTerms.cpp explains how
// it is done.
#ifndef SALIENCY_ATTRIBUTION_EMISSION_TERMCOLLECTOR_H
#define SALIENCY_ATTRIBUTION_EMISSION_TERMCOLLECTOR_H

#include "passes/attribution/emission/RelevanceTerm.h"
#include "passes/attribution/emission/Scope.h"

#include <map>

namespace saliency {

/// The way from a row's result back to the terms, node by node; operands come before their users on
/// a tape.
class TermCollector {
public:
  explicit TermCollector(Scope &scope)
      : s(scope), at(*scope.placeAs<AtOp>()), b(scope.builder()), loc(at.loc) {
    auto layer = llvm::cast<LayerOpInterface>(at.layer);
    unitSpace = rules::isElementwise(capabilityOf(layer)) ? rules::Space::In : rules::Space::Out;
  }
  mlir::FailureOr<std::optional<RelevanceTerms>> run(rules::NodeId root);

private:
  const rules::Node &node(rules::NodeId id) const { return s.node(id); }
  /// Whether a node changes with the relevance, other than in steps.
  bool varies(rules::NodeId id);
  /// Whether a node reads a word of which Words.def says this.
  bool reads(rules::NodeId id, rules::words::Place fact) const {
    return s.method.reads(id, [&](const rules::Node &n) { return rules::standsIn(n.kind, fact); });
  }

  /// Adds to the weight of a node, in its own shape.
  mlir::LogicalResult push(rules::NodeId id, mlir::Value weight);
  /// Carries a node's weight back through it where its word is Transposed (Words.def); any other
  /// node is a term. Below, one function a word or two: the transpose of what the word does.
  mlir::LogicalResult visit(rules::NodeId id, mlir::Value weight);
  mlir::LogicalResult visitChoice(rules::NodeId id, mlir::Value weight);
  mlir::LogicalResult visitSum(rules::NodeId id, mlir::Value weight);
  mlir::LogicalResult visitNegative(rules::NodeId id, mlir::Value weight);
  mlir::LogicalResult visitLinear(rules::NodeId id, mlir::Value weight);
  mlir::LogicalResult visitReduction(rules::NodeId id, mlir::Value weight);
  mlir::LogicalResult visitProduct(rules::NodeId id, mlir::Value weight);
  mlir::LogicalResult visitWhere(rules::NodeId id, mlir::Value weight);
  mlir::LogicalResult visitQuotient(rules::NodeId id, mlir::Value weight);
  mlir::LogicalResult visitVjp(rules::NodeId id, mlir::Value weight);
  mlir::LogicalResult addTerm(rules::NodeId id, mlir::Value weight);

  mlir::Value times(mlir::Value weight, mlir::Value factor);
  static bool isOne(mlir::Value value);
  llvm::ArrayRef<int64_t> unitShape() const { return shapeOf(at.y); }

  Scope &s;
  const AtOp at;
  mlir::OpBuilder &b;
  mlir::Location loc;
  rules::Space unitSpace;
  std::map<rules::NodeId, mlir::Value> weights;
  llvm::DenseMap<unsigned, bool> varying;
  RelevanceTerms terms;
  bool isComplete = true; // every way back was taken
};

} // namespace saliency

#endif // SALIENCY_ATTRIBUTION_EMISSION_TERMCOLLECTOR_H
