// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/codegen/plan/Outline.h"

#include "passes/codegen/plan/Aliasing.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/IR/OperationSupport.h"
#include "mlir/Interfaces/ViewLikeInterface.h"
#include "mlir/Transforms/RegionUtils.h"

using namespace mlir;

namespace saliency {
namespace {

/// Computed inside the function from what it is computed from: constants, and
/// views of views. A view of an argument of the kernel is passed as it is: its
/// address is all that differs between layers of one shape.
bool isRebuilt(Operation *op) {
  if (!op)
    return false;
  if (op->hasTrait<OpTrait::ConstantLike>() || isa<memref::GetGlobalOp>(op))
    return true;
  return !isa<memref::ViewOp>(op) && isa<ViewLikeOpInterface, memref::ExtractStridedMetadataOp>(op);
}

/// Copies into the start of `body` what can be rebuilt and returns the rest.
/// What a copy is computed from is copied in a later round, before it.
SetVector<Value> captureInputs(Block &body) {
  Region &region = *body.getParent();
  OpBuilder b(region.getContext());
  while (true) {
    SetVector<Value> used;
    getUsedValuesDefinedAbove(region, used);
    SetVector<Operation *> rebuild;
    for (Value value : used)
      if (isRebuilt(value.getDefiningOp()))
        rebuild.insert(value.getDefiningOp());
    if (rebuild.empty())
      return used;
    for (Operation *op : rebuild) {
      b.setInsertionPointToStart(&body);
      Operation *copy = b.clone(*op);
      for (auto [from, to] : llvm::zip(op->getResults(), copy->getResults()))
        replaceAllUsesInRegionWith(from, to, region);
    }
  }
}

/// Static buffers are passed as bare pointers.
bool canPassPointers(ValueRange arguments) {
  return llvm::all_of(arguments.getTypes(), [](Type type) {
    auto memref = dyn_cast<MemRefType>(type);
    return !memref || (memref.hasStaticShape() && memref.getLayout().isIdentity());
  });
}

bool isDisjointFromOthers(Value buffer, ArrayRef<Value> all) {
  return llvm::all_of(all, [&](Value other) {
    return other == buffer || !isa<MemRefType>(other.getType()) || areDisjoint(buffer, other);
  });
}

void addAttributes(func::FuncOp function, ArrayRef<Value> captured) {
  MLIRContext *context = function.getContext();
  Builder b(context);
  function->setAttr("passthrough", b.getArrayAttr({b.getStringAttr("noinline")}));
  if (!canPassPointers(captured))
    return;
  function->setAttr("llvm.bareptr", b.getUnitAttr());
  for (auto [i, value] : llvm::enumerate(captured))
    if (isa<MemRefType>(value.getType()) && isDisjointFromOthers(value, captured))
      function.setArgAttr(i, LLVM::LLVMDialect::getNoAliasAttrName(), b.getUnitAttr());
}

llvm::hash_code hash(func::FuncOp function) {
  llvm::hash_code result = hash_value(function.getFunctionType());
  function.getBody().walk([&](Operation *op) {
    result = llvm::hash_combine(
        result, OperationEquivalence::computeHash(op, OperationEquivalence::ignoreHashValue,
                                                  OperationEquivalence::ignoreHashValue,
                                                  OperationEquivalence::IgnoreLocations));
  });
  return result;
}

bool areEqual(func::FuncOp a, func::FuncOp b) {
  return a.getFunctionType() == b.getFunctionType() && a.getArgAttrsAttr() == b.getArgAttrsAttr() &&
         OperationEquivalence::isRegionEquivalentTo(&a.getBody(), &b.getBody(),
                                                    OperationEquivalence::IgnoreLocations);
}

/// The layer that `loc` names, as the end of a C identifier: "_conv1_1"; "" where it names none.
/// Profilers show it. Letters and digits stay, what lies between them becomes one underscore.
std::string layerSuffix(Location loc) {
  constexpr size_t longest = 60;
  std::string suffix;
  bool between = true;
  auto named = loc->findInstanceOf<NameLoc>();
  for (char c : named ? named.getName().getValue().take_front(longest) : StringRef()) {
    if (llvm::isAlnum(c) && between)
      suffix += '_';
    if (llvm::isAlnum(c))
      suffix += c;
    between = !llvm::isAlnum(c);
  }
  return suffix;
}

} // namespace

func::FuncOp Outliner::findEqual(func::FuncOp function) {
  SmallVector<func::FuncOp> &candidates = known[hash(function)];
  for (func::FuncOp candidate : candidates)
    if (areEqual(candidate, function))
      return candidate;
  candidates.push_back(function);
  return nullptr;
}

Outliner::Function Outliner::outline(Block &body, StringRef prefix, ValueRange first,
                                     ValueRange last) {
  Location loc = body.getParentOp()->getLoc();
  SetVector<Value> inputs = captureInputs(body);
  for (Value value : first)
    inputs.remove(value);
  for (Value value : last)
    inputs.remove(value);
  Function result;
  llvm::append_range(result.captured, first);
  llvm::append_range(result.captured, inputs);
  SmallVector<Value> arguments(result.captured);
  llvm::append_range(arguments, last);

  OpBuilder b = OpBuilder::atBlockEnd(module.getBody());
  SmallVector<Type> types(ValueRange(arguments).getTypes());
  auto function = func::FuncOp::create(
      b, loc, (prefix + "_" + Twine(made) + layerSuffix(loc)).str(), b.getFunctionType(types, {}));
  function.setPrivate();
  Block *entry = function.addEntryBlock();
  for (Operation &op : llvm::make_early_inc_range(body))
    if (!op.hasTrait<OpTrait::IsTerminator>())
      op.moveBefore(entry, entry->end());
  for (auto [from, to] : llvm::zip(arguments, entry->getArguments()))
    replaceAllUsesInRegionWith(from, to, function.getBody());
  b.setInsertionPointToEnd(entry);
  func::ReturnOp::create(b, loc);
  addAttributes(function, arguments);

  result.callee = function;
  if (func::FuncOp equal = findEqual(function)) {
    function.erase();
    result.callee = equal;
    ++shared;
  } else {
    ++made;
  }
  return result;
}

} // namespace saliency
