// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/attribution/binding/Circumstances.h"

using namespace saliency;
using rules::ConditionKind;

bool Circumstances::operator()(const rules::Condition &condition) const {
  switch (condition.kind) {
#define LAYER_CONDITION(kind, ...) case ConditionKind::kind:
#include "passes/rules/language/Conditions.def"
    return network && network->holds(condition, layer);
  case ConditionKind::OptionIs:
    return method.getSettings().chooses(condition);
  case ConditionKind::InStream:
    return condition.value == stream;
  case ConditionKind::BeforeStep:
    return stepFollows;
  case ConditionKind::Enlarges:
    return enlarges;
  }
  llvm_unreachable("every condition is answered");
}
