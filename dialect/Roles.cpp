// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "dialect/Roles.h"

#include "dialect/SaliencyDialect.h"

using namespace mlir;

namespace saliency {

namespace {
struct Word {
  RoleKind kind;
  StringLiteral text; ///< ends in a colon where a name follows
};
} // namespace

/// In the order of RoleKind.
static constexpr Word words[] = {
    {RoleKind::Input, "input"},  {RoleKind::Target, "target"},        {RoleKind::Tensor, "tensor:"},
    {RoleKind::Map, "map"},      {RoleKind::Map2d, "map2d"},          {RoleKind::Logits, "logits"},
    {RoleKind::Layer, "layer:"}, {RoleKind::Statistic, "statistic:"}, {RoleKind::Report, "report"},
};

static constexpr bool wordsFollowKinds() {
  for (size_t i = 0; i != std::size(words); ++i)
    if (size_t(words[i].kind) != i)
      return false;
  return std::size(words) == size_t(RoleKind::Report) + 1;
}
static_assert(wordsFollowKinds(), "there is one word per kind of role, in their order");

std::optional<Role> Role::parse(StringRef text) {
  for (const Word &word : words) {
    StringRef name = text;
    if (word.text.back() != ':' ? text == word.text
                                : name.consume_front(word.text) && !name.empty())
      return Role{word.kind, word.text.back() == ':' ? name : StringRef()};
  }
  return std::nullopt;
}

std::string Role::str() const { return (words[size_t(kind)].text + name).str(); }

std::optional<Role> roleIn(DictionaryAttr attributes) {
  auto text = attributes ? attributes.getAs<StringAttr>(kRoleAttr) : StringAttr();
  return text ? Role::parse(text.getValue()) : std::nullopt;
}

std::optional<Role> roleOfArgument(FunctionOpInterface function, unsigned number) {
  return roleIn(function.getArgAttrDict(number));
}
std::optional<Role> roleOfResult(FunctionOpInterface function, unsigned number) {
  return roleIn(function.getResultAttrDict(number));
}

std::string roleText(DictionaryAttr attributes) {
  auto text = attributes ? attributes.getAs<StringAttr>(kRoleAttr) : StringAttr();
  return text ? text.str() : "(none)";
}

NamedAttribute roleAttribute(MLIRContext *context, const Role &role) {
  return NamedAttribute(StringAttr::get(context, kRoleAttr), StringAttr::get(context, role.str()));
}

} // namespace saliency
