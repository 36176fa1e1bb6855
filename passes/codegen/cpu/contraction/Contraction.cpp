// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/codegen/cpu/contraction/Contraction.h"

#include "passes/ContractionAttributes.h"
#include "passes/codegen/cpu/contraction/LinearExpr.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/AffineExpr.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

using namespace mlir;

namespace saliency::contraction {
namespace {

/// Ops of `block` that `value` is computed from, in block order, if they are
/// pure elementwise arithmetic on at most one block argument, which is
/// returned in `source`.
LogicalResult elementwiseSlice(Value value, Block *block, SmallVectorImpl<Operation *> &slice,
                               BlockArgument &source) {
  if (auto argument = dyn_cast<BlockArgument>(value)) {
    if (argument.getOwner() != block)
      return success();
    if (source && source != argument)
      return failure();
    source = argument;
    return success();
  }
  Operation *def = value.getDefiningOp();
  if (def->getBlock() != block || llvm::is_contained(slice, def))
    return success();
  bool constant = def->hasTrait<OpTrait::ConstantLike>();
  if (def->getNumRegions() != 0 || def->getNumResults() != 1 || !isMemoryEffectFree(def) ||
      !(constant || OpTrait::hasElementwiseMappableTraits(def)))
    return failure();
  for (Value operand : def->getOperands())
    if (failed(elementwiseSlice(operand, block, slice, source)))
      return failure();
  slice.push_back(def);
  return success();
}

/// Two loops walk as one when stepping the outer continues the inner's walk. A
/// sum stays a sum; a parallel loop may join one that scatters.
bool continues(const ContractionLoop &outer, const ContractionLoop &inner) {
  if (outer.sums() != inner.sums())
    return false;
  for (unsigned i : {Lhs, Rhs, Out})
    if (outer.stride[i] != inner.extent * inner.stride[i])
      return false;
  return true;
}

ContractionLoop join(const ContractionLoop &outer, const ContractionLoop &inner) {
  ContractionLoop loop = inner;
  loop.extent *= outer.extent;
  loop.reduction |= outer.reduction;
  loop.dims = outer.dims;
  llvm::append_range(loop.dims, inner.dims);
  return loop;
}

} // namespace

bool reachesTwice(ArrayRef<std::pair<int64_t, int64_t>> walks) {
  SmallVector<std::pair<int64_t, int64_t>> sorted(walks);
  llvm::sort(sorted);
  int64_t span = 0;
  for (auto [stride, extent] : sorted) {
    if (extent > 1 && stride <= span)
      return true;
    span += (extent - 1) * stride;
  }
  return false;
}

FailureOr<Contraction> Contraction::match(linalg::LinalgOp op, std::string &why) {
  Contraction contraction;
  contraction.op = op;
  if (!op.hasPureBufferSemantics() || op.getNumDpsInputs() != 2 || op.getNumDpsInits() != 1) {
    why = "a contraction has two inputs and one output, all memrefs";
    return failure();
  }
  if (failed(contraction.matchBody(why)) || failed(contraction.matchLoops(why)))
    return failure();
  return contraction;
}

Value Contraction::memref(Operand operand) const {
  auto destination = cast<DestinationStyleOpInterface>(linalg::LinalgOp(op).getOperation());
  return operand == Out ? destination.getDpsInits()[0]
                        : destination.getDpsInputOperand(operand)->get();
}

FloatType Contraction::elementType() const {
  return cast<FloatType>(cast<MemRefType>(memref(Out).getType()).getElementType());
}

LogicalResult Contraction::matchBody(std::string &why) {
  why = "a contraction's body is out + f(lhs) * g(rhs), f and g elementwise";
  Block *body = op.getBlock();
  auto sum = body->getTerminator()->getOperand(0).getDefiningOp<arith::AddFOp>();
  BlockArgument out = body->getArgument(2);
  if (!sum || !out.hasOneUse())
    return failure();
  Value term = sum.getLhs() == out ? sum.getRhs() : sum.getRhs() == out ? sum.getLhs() : Value();
  auto multiply = term ? term.getDefiningOp<arith::MulFOp>() : nullptr;
  if (!multiply)
    return failure();

  std::array<bool, 2> seen = {false, false};
  for (Value value : {multiply.getLhs(), multiply.getRhs()}) {
    SmallVector<Operation *> ops;
    BlockArgument source;
    if (failed(elementwiseSlice(value, body, ops, source)) || !source || source == out ||
        seen[source.getArgNumber()])
      return failure();
    seen[source.getArgNumber()] = true;
    slice[source.getArgNumber()] = std::move(ops);
    product[source.getArgNumber()] = value;
  }
  return success();
}

LogicalResult Contraction::matchLoops(std::string &why) {
  SmallVector<int64_t> extents = op.getStaticLoopRanges();
  SmallVector<utils::IteratorType> iterators = op.getIteratorTypesArray();
  SmallVector<AffineMap> maps = op.getIndexingMapsArray();
  std::array<SmallVector<int64_t>, 3> strides;
  for (unsigned i : {Lhs, Rhs, Out}) {
    auto type = dyn_cast<MemRefType>(memref(Operand(i)).getType());
    SmallVector<int64_t> walk;
    int64_t base;
    if (!type || !type.hasStaticShape() || !type.getElementType().isF32() ||
        failed(type.getStridesAndOffset(walk, base)) ||
        llvm::is_contained(walk, ShapedType::kDynamic)) {
      why = "a contraction's operands are f32 memrefs of static shape and "
            "strides";
      return failure();
    }
    if (i != Out && memref(Operand(i)) == memref(Out)) {
      why = "a contraction does not read its output";
      return failure();
    }
    strides[i].resize(extents.size(), 0);
    for (auto [result, scale] : llvm::zip(maps[i].getResults(), walk))
      if (failed(addLinear(result, scale, strides[i], offset[i]))) {
        why = "a contraction's indexing maps are linear in the loops";
        return failure();
      }
  }
  for (auto [dim, extent] : llvm::enumerate(extents)) {
    if (extent == 1)
      continue;
    ContractionLoop loop;
    loop.extent = extent;
    loop.stride = {strides[Lhs][dim], strides[Rhs][dim], strides[Out][dim]};
    loop.reduction = iterators[dim] == utils::IteratorType::reduction;
    loop.dims = {int64_t(dim)};
    if (extent == 0 || (!loop.reduction && loop.stride[Out] == 0)) {
      why = "a contraction's loops are not empty and its parallel loops move "
            "the output";
      return failure();
    }
    loops.push_back(loop);
  }
  return success();
}

LoopGroups Contraction::collapsible(bool mixed) const {
  SmallVector<ContractionLoop> joined = loops;
  auto joinOnePair = [&] {
    for (auto &outer : joined)
      for (auto &inner : joined)
        if (&outer != &inner && continues(outer, inner) &&
            (mixed || outer.reduction == inner.reduction)) {
          outer = join(outer, inner);
          joined.erase(&inner);
          return true;
        }
    return false;
  };
  while (joinOnePair())
    ;
  LoopGroups groups;
  for (const ContractionLoop &loop : joined)
    groups.push_back(loop.dims);
  return groups;
}

LogicalResult Contraction::collapse(const LoopGroups &groups) {
  SmallVector<ContractionLoop> joined;
  size_t used = 0;
  for (const auto &group : groups) {
    std::optional<ContractionLoop> loop;
    for (int64_t dim : group) {
      auto *next = llvm::find_if(
          loops, [&](const ContractionLoop &l) { return l.dims == ArrayRef<int64_t>{dim}; });
      if (next == loops.end() || (loop && !continues(*loop, *next)))
        return failure();
      loop = loop ? join(*loop, *next) : *next;
      ++used;
    }
    if (!loop)
      return failure();
    joined.push_back(*loop);
  }
  if (used != loops.size())
    return failure();
  loops = std::move(joined);
  return success();
}

bool Contraction::reuses() const {
  auto samples = linalg::LinalgOp(op)->getAttrOfType<IntegerAttr>(kSamplesAttr);
  return llvm::any_of(loops, [&](const ContractionLoop &loop) {
    bool walksSamples = samples && loop.dims.size() == 1 && loop.dims[0] == samples.getInt();
    return !walksSamples && (loop.stride[Lhs] == 0 || loop.stride[Rhs] == 0);
  });
}

SmallVector<int64_t, 4> Contraction::meeting() const {
  SmallVector<std::pair<int64_t, int64_t>> walks; // of the loops taken: stride, extent
  SmallVector<int64_t, 4> found;
  for (int64_t index = int64_t(loops.size()) - 1; index >= 0; --index) {
    const ContractionLoop &loop = loops[index];
    if (!loop.scatters())
      continue;
    walks.push_back({std::abs(loop.stride[Out]), loop.extent});
    if (!found.empty() || reachesTwice(walks))
      found.insert(found.begin(), index);
  }
  return found;
}

LoopGroups Contraction::groups() const {
  LoopGroups groups;
  for (const ContractionLoop &loop : loops)
    groups.push_back(loop.dims);
  return groups;
}

Value Contraction::factor(OpBuilder &builder, Operand operand, Value loaded) const {
  auto vector = dyn_cast<VectorType>(loaded.getType());
  auto shaped = [&](Type type) -> Type {
    return vector ? VectorType::get(vector.getShape(), type) : type;
  };
  auto widened = [&](Value value) -> Value {
    if (!vector)
      return value;
    return vector::BroadcastOp::create(builder, value.getLoc(), shaped(value.getType()), value);
  };
  Block *body = linalg::LinalgOp(op).getBlock();
  IRMapping mapping;
  mapping.map(body->getArgument(operand), loaded);
  // Values from outside the body are the same for all lanes.
  auto lookup = [&](Value value) -> Value {
    if (!mapping.contains(value))
      mapping.map(value, widened(value));
    return mapping.lookup(value);
  };
  for (Operation *def : slice[operand]) {
    Value result = def->getResult(0);
    if (def->hasTrait<OpTrait::ConstantLike>()) {
      mapping.map(result, widened(builder.clone(*def)->getResult(0)));
      continue;
    }
    OperationState state(def->getLoc(), def->getName());
    for (Value value : def->getOperands())
      state.addOperands(lookup(value));
    state.addTypes(shaped(result.getType()));
    state.addAttributes(def->getAttrs());
    mapping.map(result, builder.create(state)->getResult(0));
  }
  return lookup(product[operand]);
}

} // namespace saliency::contraction
