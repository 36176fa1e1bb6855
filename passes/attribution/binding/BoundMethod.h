// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A method with the values of its parameters, as the compiler passes it around.
#ifndef SALIENCY_ATTRIBUTION_BINDING_BOUNDMETHOD_H
#define SALIENCY_ATTRIBUTION_BINDING_BOUNDMETHOD_H

#include "passes/attribution/binding/Composite.h"
#include "passes/attribution/binding/LayerData.h"
#include "passes/rules/settings/Conservation.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

namespace saliency {

class BoundMethod {
public:
  /// Binds `table` to its defaults, then the named `convention` ("": paper), then the `composite`'s
  /// parameters (a name or a file, "": none), then `given`. The error says what the method would
  /// accept.
  static llvm::Expected<BoundMethod> bind(const rules::MethodTable &table,
                                          llvm::StringRef convention, const ParameterList &given,
                                          llvm::StringRef composite = "");

  const rules::MethodTable &getTable() const { return *table; }
  const rules::Settings &getSettings() const { return settings; }
  /// Value of a Number or Integer, option number of a Choice.
  double getNumber(unsigned parameter) const { return settings.values[parameter].number; }
  /// Values of a PerChannel parameter: one, or one per channel.
  llvm::ArrayRef<double> getChannels(unsigned parameter) const {
    return settings.values[parameter].channels;
  }
  /// The division that a Divide node stands for.
  rules::Division getDivision(const rules::Node &node) const {
    return rules::divisionOf(*table, settings, node);
  }
  /// The operand that a Choose node is.
  rules::NodeId chosen(const rules::Node &node) const { return settings.chosen(node); }
  /// Calls visit(id, node) for each node that a root reads once the choices are made, each node
  /// once; it says whether to go on below the node.
  void forEachRead(llvm::ArrayRef<rules::NodeId> roots,
                   llvm::function_ref<bool(rules::NodeId, const rules::Node &)> visit) const;
  /// Whether a root reads such a node, with the choices made.
  bool reads(llvm::ArrayRef<rules::NodeId> roots,
             llvm::function_ref<bool(const rules::Node &)> wanted) const;
  /// What becomes of the sum of relevance where `row` serves `layer`.
  rules::RowConservation conservationAt(const rules::Row &row, LayerOpInterface layer) const;
  /// The target layer's ONNX value name as the user gave it, or "".
  llvm::StringRef getLayerName() const;
  /// The text of a ValueName parameter, or "".
  llvm::StringRef getValueName(unsigned parameter) const { return settings.values[parameter].text; }
  /// Whether some parameter is a LayerData.
  bool readsLayerData() const;
  /// The file of a LayerData parameter.
  const LayerData &getLayerData(unsigned parameter) const { return *layerData[parameter]; }

  /// Whether the method asks for this rewrite of the network.
  bool wants(rules::CanonizerKind kind) const;

  /// The composite, or null.
  const Composite *getComposite() const { return composite.get(); }
  /// The number of the composite's entry for this layer, if there is one.
  std::optional<unsigned> findEntry(const Network &network, LayerOpInterface layer) const;
  /// The method with the parameters that an entry sets.
  const BoundMethod &forEntry(unsigned entry) const { return entryMethods[entry]; }

private:
  explicit BoundMethod(const rules::MethodTable &table) : table(&table) {}
  llvm::Error readLayerData();
  const rules::MethodTable *table;
  rules::Settings settings;
  std::vector<std::shared_ptr<const LayerData>> layerData; // by parameter; null for other kinds
  std::shared_ptr<const Composite> composite;
  std::vector<BoundMethod> entryMethods; // in the order of the composite's entries
};

} // namespace saliency

#endif // SALIENCY_ATTRIBUTION_BINDING_BOUNDMETHOD_H
