// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/attribution/MergeExplainers.h"

#include "dialect/Roles.h"
#include "mlir/IR/IRMapping.h"

using namespace mlir;
using namespace saliency;

/// Maps each argument of `from` to the one of the same role, which `to` gains where it has none.
static LogicalResult shareArguments(func::FuncOp to, func::FuncOp from, StringRef name,
                                    IRMapping &values) {
  for (BlockArgument argument : from.getArguments()) {
    DictionaryAttr attributes = from.getArgAttrDict(argument.getArgNumber());
    std::optional<Role> role = roleIn(attributes);
    auto known = llvm::find_if(to.getArguments(), [&](BlockArgument other) {
      return roleOfArgument(to, other.getArgNumber()) == role;
    });
    if (known == to.getArguments().end()) {
      (void)to.insertArgument(to.getNumArguments(), argument.getType(), attributes,
                              argument.getLoc());
      known = std::prev(to.getArguments().end());
    }
    if (known->getType() != argument.getType())
      return to.emitError(
                 "methods in one call share per-call tensors of one name and type, found '")
             << roleText(attributes) << "' of type " << known->getType() << " and, in '" << name
             << "', " << argument.getType();
    values.map(argument, *known);
  }
  return success();
}

namespace {

/// The results of all methods, in the order in which they are returned.
struct Results {
  SmallVector<Value> values;
  SmallVector<Attribute> attributes;

  void add(Value value, const Role &role, StringRef method) {
    Builder builder(value.getContext());
    values.push_back(value);
    attributes.push_back(builder.getDictionaryAttr(
        {roleAttribute(value.getContext(), role),
         builder.getNamedAttr(kMethodAttr, builder.getStringAttr(method))}));
  }
};

} // namespace

LogicalResult saliency::mergeExplainers(ArrayRef<NamedExplainer> explainers) {
  if (explainers.size() < 2)
    return success();
  func::FuncOp merged = explainers.front().function;
  Operation *terminator = merged.getBody().front().getTerminator();
  OpBuilder builder(terminator);
  Results results;
  for (const auto &[name, explainer] : explainers) {
    func::FuncOp function = explainer;
    IRMapping values;
    if (function != merged) {
      if (failed(shareArguments(merged, function, name, values)))
        return failure();
      for (Operation &op : function.getBody().front().without_terminator())
        builder.clone(op, values);
    }
    for (OpOperand &returned : function.getBody().front().getTerminator()->getOpOperands()) {
      std::optional<Role> role = roleOfResult(function, returned.getOperandNumber());
      assert(role && "every result of an explainer has a role");
      if (function != merged && !role->isOfMethod())
        continue; // logits and target are the same
      std::string own = (name + "/" + role->name).str();
      if (role->kind == RoleKind::Layer)
        role->name = own;
      results.add(values.lookupOrDefault(returned.get()), *role, name);
    }
  }
  terminator->setOperands(results.values);
  merged.setFunctionType(
      builder.getFunctionType(merged.getArgumentTypes(), TypeRange(ValueRange(results.values))));
  merged.setResAttrsAttr(builder.getArrayAttr(results.attributes));
  return success();
}
