// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the arguments and results of the function `explain` are. The attribute `saliency.role` on
// each holds one of these words:
//
//   word            on an     which is
//   input           argument  the network's input
//   target          argument  the classes asked for, one per sample
//   tensor:NAME     argument  a tensor that the method or the composite names, given at every call
//   map             result    the relevance of the input's entries
//   map2d           result    the same as one plane per sample, behind its map
//   logits          result    the class scores
//   target          result    the class that was explained, one per sample
//   layer:NAME      result    the relevance of the value that ONNX calls NAME; with several methods
//                             METHOD/NAME
//   statistic:NAME  result    a sum over what a layer sees, instead of a layer's relevance
//   report          result    one row of the report
//
// They are read and written through Role alone, so that a new word is one row of the table in
// Roles.cpp.
#ifndef SALIENCY_ROLES_H
#define SALIENCY_ROLES_H

#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/Interfaces/FunctionInterfaces.h"

#include <optional>
#include <string>

namespace saliency {

enum class RoleKind { Input, Target, Tensor, Map, Map2d, Logits, Layer, Statistic, Report };

/// One of the words above, in parts.
struct Role {
  RoleKind kind;
  llvm::StringRef name = {}; ///< of a tensor, layer or statistic; empty for others. Not owned.

  /// Nothing where `text` is no role: another word, or a name where none belongs or none where one
  /// does.
  static std::optional<Role> parse(llvm::StringRef text);
  /// The word as the attribute holds it.
  std::string str() const;

  /// Whether the role belongs to one of several merged methods, rather than to all of them.
  bool isOfMethod() const {
    return kind == RoleKind::Map || kind == RoleKind::Map2d || kind == RoleKind::Layer;
  }
  bool operator==(const Role &) const = default;
};

/// The role on an argument or result of `function`; nothing where it has none, or another text.
std::optional<Role> roleOfArgument(mlir::FunctionOpInterface function, unsigned number);
std::optional<Role> roleOfResult(mlir::FunctionOpInterface function, unsigned number);
/// The role among the attributes of an argument or result (null allowed).
std::optional<Role> roleIn(mlir::DictionaryAttr attributes);
/// What the attribute says, also where that is no role; for messages. "(none)" where it is absent.
std::string roleText(mlir::DictionaryAttr attributes);

/// The attribute that says `role`.
mlir::NamedAttribute roleAttribute(mlir::MLIRContext *context, const Role &role);

} // namespace saliency

#endif // SALIENCY_ROLES_H
