// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/rules/Registry.h"

#include "passes/rules/EnabledMethods.h"
#include "passes/rules/language/Compile.h"
#include "passes/rules/methods/Methods.h"
#include "passes/rules/steps/Steps.h"

#include <boost/hana/bool.hpp>
#include <boost/hana/filter.hpp>
#include <boost/hana/unpack.hpp>

using namespace saliency::rules;
namespace hana = boost::hana;

namespace {

constexpr bool isEnabled(std::string_view method) {
  for (std::string_view name : enabledMethods)
    if (name == method || name == "all")
      return true;
  return false;
}

constexpr auto names = hana::unpack(methodList, [](auto... method) {
  return std::array<std::string_view, sizeof...(method)>{decltype(method)::type::name...};
});

constexpr bool areUnique() {
  for (unsigned i = 0; i < names.size(); ++i)
    for (unsigned j = 0; j < i; ++j)
      if (names[i] == names[j])
        return false;
  return true;
}
constexpr bool enabledExist() {
  for (std::string_view enabled : enabledMethods) {
    bool found = enabled == "all";
    for (std::string_view name : names)
      found |= name == enabled;
    if (!found)
      return false;
  }
  return true;
}
static_assert(areUnique(), "saliency methods: two methods have the same name");
static_assert(
    enabledExist(),
    "saliency methods: SALIENCY_METHODS names a method that methods/Methods.h does not list");

constexpr auto enabled = hana::filter(
    methodList, [](auto method) { return hana::bool_c<isEnabled(decltype(method)::type::name)>; });

constexpr auto tablesOf = [](auto... method) {
  return std::array<const MethodTable *, sizeof...(method)>{
      &tableOf<typename decltype(method)::type>()...};
};
constexpr auto tables = hana::unpack(enabled, tablesOf);
constexpr auto stepTables = hana::unpack(stepList, tablesOf);

const MethodTable *find(std::span<const MethodTable *const> tables, std::string_view name) {
  for (const MethodTable *table : tables)
    if (table->name == name)
      return table;
  return nullptr;
}

} // namespace

std::span<const MethodTable *const> saliency::rules::allMethods() { return tables; }

const MethodTable *saliency::rules::findMethod(std::string_view name) { return find(tables, name); }

std::span<const MethodTable *const> saliency::rules::allSteps() { return stepTables; }

const MethodTable *saliency::rules::findStep(std::string_view name) {
  return find(stepTables, name);
}
