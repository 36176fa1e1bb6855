// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/attribution/BoundMethod.h"

#include "llvm/ADT/STLExtras.h"

using namespace llvm;
using namespace saliency;

Expected<BoundMethod> BoundMethod::bind(const rules::MethodTable &table, StringRef convention, const ParameterList &given) {
  BoundMethod method(table);
  std::string error;
  if (!rules::resolveSettings(table, {convention.data(), convention.size()}, given, method.settings, error))
    return createStringError(inconvertibleErrorCode(), error);
  return method;
}

StringRef BoundMethod::getLayerName() const {
  for (auto [parameter, value] : zip_equal(table->parameters, settings.values))
    if (parameter.kind == rules::ParameterKind::ValueName && parameter.name == "layer")
      return value.text;
  return "";
}

bool BoundMethod::wants(rules::CanonizerKind kind) const {
  return any_of(table->canonizers, [&](const rules::Canonizer &canonizer) {
    return canonizer.kind == kind && rules::applies(canonizer, [&](const rules::Condition &c) { return holds(c); });
  });
}
