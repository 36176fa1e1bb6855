// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/attribution/binding/BoundMethod.h"

#include "passes/attribution/binding/Circumstances.h"
#include "passes/attribution/binding/LayerFacts.h"
#include "llvm/ADT/DenseSet.h"
#include "llvm/ADT/STLExtras.h"

using namespace llvm;
using namespace saliency;

Expected<BoundMethod> BoundMethod::bind(const rules::MethodTable &table, StringRef convention,
                                        const ParameterList &given, StringRef compositeName) {
  BoundMethod method(table);
  ParameterList parameters;
  if (!compositeName.empty()) {
    Expected<Composite> composite = Composite::load(compositeName, table);
    if (!composite)
      return composite.takeError();
    method.composite = std::make_shared<const Composite>(std::move(*composite));
    parameters = method.composite->parameters;
  }
  append_range(parameters, given);
  std::string error;
  if (!rules::resolveSettings(table, {convention.data(), convention.size()}, parameters,
                              method.settings, error))
    return createStringError(inconvertibleErrorCode(), error);
  if (Error failed = method.readLayerData())
    return failed;
  if (!method.composite)
    return method;
  for (const CompositeEntry &entry : method.composite->entries) {
    BoundMethod &own = method.entryMethods.emplace_back(BoundMethod(table));
    own.settings = method.settings;
    unsigned index;
    bool good = all_of(entry.set, [&](const auto &pair) {
      return rules::applySetting(table, pair.first, pair.second, own.settings, index, error);
    });
    if (!good || !rules::checkDemands(table, own.settings, error))
      return createStringError(inconvertibleErrorCode(), entry.place + ": " + error);
    if (Error failed = own.readLayerData())
      return failed;
  }
  return method;
}

bool BoundMethod::readsLayerData() const {
  return any_of(table->parameters, [](const auto &parameter) {
    return parameter.kind == rules::ParameterKind::LayerData;
  });
}

Error BoundMethod::readLayerData() {
  layerData.clear();
  for (auto [parameter, value] : zip_equal(table->parameters, settings.values)) {
    std::shared_ptr<const LayerData> &data = layerData.emplace_back();
    if (parameter.kind != rules::ParameterKind::LayerData)
      continue;
    if (value.text.empty())
      return createStringError(inconvertibleErrorCode(),
                               "method '" + Twine(StringRef(table->name)) + "' needs --param " +
                                   StringRef(parameter.name) +
                                   "=FILE.npz: " + StringRef(parameter.help) + "; found none");
    Expected<std::shared_ptr<const LayerData>> read = LayerData::read(value.text);
    if (!read)
      return read.takeError();
    data = std::move(*read);
  }
  return Error::success();
}

std::optional<unsigned> BoundMethod::findEntry(const Network &network,
                                               LayerOpInterface layer) const {
  for (unsigned i = 0; i != entryMethods.size(); ++i)
    if (matches(composite->entries[i], *table, settings, network, layer))
      return i;
  return std::nullopt;
}

rules::RowConservation BoundMethod::conservationAt(const rules::Row &row,
                                                   LayerOpInterface layer) const {
  return rules::conservationAt(*table, settings, row, factsOf(layer));
}

void BoundMethod::forEachRead(ArrayRef<rules::NodeId> roots,
                              function_ref<bool(rules::NodeId, const rules::Node &)> visit) const {
  SmallVector<rules::NodeId> open(roots);
  DenseSet<unsigned> seen;
  while (!open.empty()) {
    rules::NodeId id = open.pop_back_val();
    if (id == rules::kNone || !seen.insert(id).second)
      continue;
    const rules::Node &node = table->node(id);
    if (node.kind == rules::NodeKind::Choose)
      open.push_back(chosen(node));
    else if (visit(id, node))
      open.append({node.a, node.b, node.c});
  }
}

bool BoundMethod::reads(ArrayRef<rules::NodeId> roots,
                        function_ref<bool(const rules::Node &)> wanted) const {
  bool found = false;
  forEachRead(roots, [&](rules::NodeId, const rules::Node &node) {
    found |= wanted(node);
    return !found;
  });
  return found;
}

StringRef BoundMethod::getLayerName() const {
  for (auto [parameter, value] : zip_equal(table->parameters, settings.values))
    if (parameter.kind == rules::ParameterKind::ValueName && parameter.name == "layer")
      return value.text;
  return "";
}

bool BoundMethod::wants(rules::CanonizerKind kind) const {
  return any_of(table->canonizers, [&](const rules::Canonizer &canonizer) {
    return canonizer.kind == kind && rules::applies(canonizer, Circumstances{*this});
  });
}
