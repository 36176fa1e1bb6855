// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A composite (zennit's word) says which layer of a network takes which rule of a method: an
// ordered list of entries, the first that matches a layer wins. It is a YAML file; the named ones
// are such files, compiled in.
#ifndef SALIENCY_ATTRIBUTION_BINDING_COMPOSITE_H
#define SALIENCY_ATTRIBUTION_BINDING_COMPOSITE_H

#include "passes/attribution/network/Network.h"
#include "passes/request/CompileRequest.h"
#include "passes/rules/settings/Settings.h"
#include "llvm/Support/Error.h"

#include <optional>

namespace saliency {

/// What a layer must be; everything that is given must hold.
struct LayerPattern {
  enum class Place { Any, First, Last };

  std::optional<rules::Capability> type,
      followedBy;   // followed by, past batch norm and what rearranges
  std::string name; // glob for the ONNX node or the value it produces; empty: any
  Place place = Place::Any;
  /// Among the layers with weights, in the order of the network; negative counts from the end. Each
  /// bound is a number or the name of a parameter.
  std::optional<std::pair<std::string, std::string>> index;
  std::optional<int64_t> kernel;
};

struct CompositeEntry {
  LayerPattern pattern;
  std::string rule;  // empty: the method's own row
  ParameterList set; // parameters for these layers
  std::string place; // "file.yaml:7"
};

struct Composite {
  std::string name, title, source;
  ParameterList parameters; // for all layers, unless the user names them
  std::vector<CompositeEntry> entries;

  /// Reads the composite of that name, or the file where `nameOrFile` ends in .yaml, for a method.
  /// The error says file, line and what was expected.
  static llvm::Expected<Composite> load(llvm::StringRef nameOrFile,
                                        const rules::MethodTable &table);
};

/// Whether `entry` is for this layer: its pattern holds, and the method has its rule for such a
/// layer. `settings` are the values that an index may name.
bool matches(const CompositeEntry &entry, const rules::MethodTable &table,
             const rules::Settings &settings, const Network &network, LayerOpInterface layer);

} // namespace saliency

#endif // SALIENCY_ATTRIBUTION_BINDING_COMPOSITE_H
