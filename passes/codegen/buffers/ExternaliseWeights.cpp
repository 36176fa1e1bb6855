// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//     %w = arith.constant dense_resource<w> : tensor<64x3x3x3xf32>
//     %v = arith.constant dense_resource<w> : tensor<64x27xf32>       // the same bytes
//     %z = arith.constant dense<0.0> : tensor<64xf32>
//   -->
//     %w = to_tensor(view %weights[0] : memref<64x3x3x3xf32>)
//     %v = to_tensor(view %weights[0] : memref<64x27xf32>)
//     %z = linalg.fill ins(0.0) outs(tensor.empty)
//     // on the module: saliency.weights = [{offset = 0, value = dense_resource<w>}],
//     //                saliency.weights_size = 6912
//
//  1. A splat becomes a fill: there is nothing to store.
//  2. A constant of more than `minimum-bytes` bytes gets an offset in the weights buffer, that of
//  an
//     earlier one if the bytes are equal, and becomes a view there. Smaller ones stay in the code.
//  3. The module attributes list offsets and values, from which WeightsFile writes the file.
#include "passes/Counter.h"
#include "passes/codegen/buffers/Passes.h"
#include "passes/codegen/buffers/RawElements.h"
#include "passes/codegen/interface/Interface.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "llvm/Support/xxhash.h"

namespace saliency {
#define GEN_PASS_DEF_EXTERNALISEWEIGHTSPASS
#include "passes/codegen/buffers/Passes.h.inc"

using namespace mlir;

namespace {

/// Offsets in the arena, one for each different content.
class Arena {
public:
  int64_t place(ElementsAttr value, ArrayRef<char> bytes, int64_t alignment) {
    SmallVector<Entry> &same = entries[llvm::xxh3_64bits(StringRef(bytes.data(), bytes.size()))];
    for (const Entry &entry : same)
      if (RawElements(entry.value).bytes() == bytes)
        return ++shared, entry.offset;
    int64_t offset = size;
    same.push_back({value, offset});
    order.push_back({value, offset});
    size = alignUp(size + bytes.size(), alignment);
    return offset;
  }

  ArrayAttr layout(Builder &b) const {
    SmallVector<Attribute> list;
    for (const Entry &entry : order)
      list.push_back(
          b.getDictionaryAttr({b.getNamedAttr("offset", b.getI64IntegerAttr(entry.offset)),
                               b.getNamedAttr("value", entry.value)}));
    return b.getArrayAttr(list);
  }

  int64_t size = 0, shared = 0;

private:
  struct Entry {
    ElementsAttr value;
    int64_t offset;
  };
  llvm::DenseMap<uint64_t, SmallVector<Entry>> entries;
  SmallVector<Entry> order;
};

/// constant splat -> fill of an empty tensor.
void fillSplat(arith::ConstantOp op, SplatElementsAttr value) {
  OpBuilder b(op);
  auto type = cast<RankedTensorType>(op.getType());
  Value scalar =
      arith::ConstantOp::create(b, op.getLoc(), cast<TypedAttr>(value.getSplatValue<Attribute>()));
  Value empty = tensor::EmptyOp::create(b, op.getLoc(), type.getShape(), type.getElementType());
  op.replaceAllUsesWith(linalg::FillOp::create(b, op.getLoc(), scalar, empty).getResult(0));
  op.erase();
}

/// constant -> to_tensor(view of the weights at an offset).
void viewArena(arith::ConstantOp op, Value weights, int64_t offset) {
  OpBuilder b(op);
  auto type = cast<RankedTensorType>(op.getType());
  Value at = arith::ConstantIndexOp::create(b, op.getLoc(), offset);
  Value view = memref::ViewOp::create(b, op.getLoc(),
                                      MemRefType::get(type.getShape(), type.getElementType()),
                                      weights, at, ValueRange());
  op.replaceAllUsesWith(
      bufferization::ToTensorOp::create(b, op.getLoc(), type, view, /*restrict=*/true).getResult());
  op.erase();
}

struct ExternaliseWeightsPass : impl::ExternaliseWeightsPassBase<ExternaliseWeightsPass> {
  using ExternaliseWeightsPassBase::ExternaliseWeightsPassBase;

  LogicalResult externalise(arith::ConstantOp op, Value weights) {
    auto value = dyn_cast<ElementsAttr>(op.getValue());
    if (!value || !isa<RankedTensorType>(op.getType()))
      return success();
    if (auto splat = dyn_cast<SplatElementsAttr>(value)) {
      if (value.getNumElements() > 1)
        fillSplat(op, splat);
      return success();
    }
    RawElements raw(value);
    if (!raw)
      return op.emitError("a weight must have its data in this process, this "
                          "constant names a resource without data");
    if (static_cast<int64_t>(raw.bytes().size()) <= minimumBytes)
      return success();
    viewArena(op, weights, arena.place(value, raw.bytes(), alignment));
    ++externalised;
    return success();
  }

  void runOnOperation() override {
    ModuleOp module = getOperation();
    FailureOr<func::FuncOp> kernel = findKernel(module);
    if (failed(kernel) || failed(Interface::of(module)))
      return signalPassFailure();
    arena = {};
    SmallVector<arith::ConstantOp> constants;
    kernel->walk([&](arith::ConstantOp op) { constants.push_back(op); });
    for (arith::ConstantOp op : constants)
      if (failed(externalise(op, kernel->getArgument(Weights))))
        return signalPassFailure();
    Builder b(&getContext());
    module->setAttr(kWeightsAttr, arena.layout(b));
    module->setAttr(kWeightsSizeAttr, b.getI64IntegerAttr(arena.size));
    count(getArgument(), "weights externalised", externalised);
    count(getArgument(), "weights shared", arena.shared);
    count(getArgument(), "bytes", arena.size);
  }

  Arena arena;
  int64_t externalised = 0;
};

} // namespace
} // namespace saliency
