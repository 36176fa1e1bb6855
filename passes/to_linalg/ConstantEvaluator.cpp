// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/to_linalg/ConstantEvaluator.h"

#include "dialect/SaliencyDialect.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/IR/TypeUtilities.h"
#include "passes/to_linalg/ConstantRelay.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/TypeSwitch.h"

#include <cmath>

using namespace mlir;

namespace saliency {

template <typename Function> static EntryKernel unary(Function function) {
  return [=](ArrayRef<const float *> x, float *y, size_t count) {
    std::transform(x[0], x[0] + count, y, function);
  };
}

template <typename Function> static EntryKernel binary(Function function) {
  return [=](ArrayRef<const float *> x, float *y, size_t count) {
    std::transform(x[0], x[0] + count, x[1], y, function);
  };
}

static bool compare(arith::CmpFPredicate predicate, float a, float b) {
  bool unordered = a != a || b != b;
  switch (predicate) {
  case arith::CmpFPredicate::AlwaysFalse:
    return false;
  case arith::CmpFPredicate::OEQ:
    return a == b;
  case arith::CmpFPredicate::OGT:
    return a > b;
  case arith::CmpFPredicate::OGE:
    return a >= b;
  case arith::CmpFPredicate::OLT:
    return a < b;
  case arith::CmpFPredicate::OLE:
    return a <= b;
  case arith::CmpFPredicate::ONE:
    return a < b || a > b;
  case arith::CmpFPredicate::ORD:
    return !unordered;
  case arith::CmpFPredicate::UEQ:
    return unordered || a == b;
  case arith::CmpFPredicate::UGT:
    return !(a <= b);
  case arith::CmpFPredicate::UGE:
    return !(a < b);
  case arith::CmpFPredicate::ULT:
    return !(a >= b);
  case arith::CmpFPredicate::ULE:
    return !(a > b);
  case arith::CmpFPredicate::UNE:
    return a != b;
  case arith::CmpFPredicate::UNO:
    return unordered;
  case arith::CmpFPredicate::AlwaysTrue:
    return true;
  }
  llvm_unreachable("all predicates are handled");
}

/// The larger number; a NaN wins (maximumf) or loses (maxnumf). +0 exceeds -0.
static float larger(float a, float b, bool keepsNaN) {
  if (a != a || b != b)
    return keepsNaN == (a != a) ? a : b;
  return a == b ? (std::signbit(a) ? b : a) : std::max(a, b);
}

static bool isBoolean(Type type) { return getElementTypeOrSelf(type).isInteger(1); }

static EntryKernel integerKernel(Operation *op) {
  if (!isBoolean(op->getOperand(0).getType()))
    return {};
  return llvm::TypeSwitch<Operation *, EntryKernel>(op)
      .Case<arith::AndIOp>([](auto) { return binary([](float a, float b) { return a * b; }); })
      .Case<arith::OrIOp>(
          [](auto) { return binary([](float a, float b) { return std::max(a, b); }); })
      .Case<arith::XOrIOp>(
          [](auto) { return binary([](float a, float b) { return float(a != b); }); })
      .Case<arith::UIToFPOp>([](auto) { return unary([](float a) { return a; }); })
      .Case<arith::SIToFPOp>([](auto) { return unary([](float a) { return -a; }); })
      .Default([](Operation *) { return EntryKernel(); });
}

EntryKernel entryKernel(Operation *op) {
  auto oneShape = [&](Type type) {
    auto operand = dyn_cast<RankedTensorType>(type),
         result = cast<RankedTensorType>(op->getResult(0).getType());
    return operand && operand.hasStaticShape() && operand.getShape() == result.getShape() &&
           (operand.getElementType().isF32() || isBoolean(operand));
  };
  if (op->getNumResults() != 1 || op->getNumOperands() == 0 ||
      !isa<RankedTensorType>(op->getResult(0).getType()) ||
      !llvm::all_of(op->getOperandTypes(), oneShape) || !oneShape(op->getResult(0).getType()))
    return {};
  return llvm::TypeSwitch<Operation *, EntryKernel>(op)
      .Case<arith::AddFOp, AddOp>(
          [](auto) { return binary([](float a, float b) { return a + b; }); })
      .Case<arith::SubFOp, SubOp>(
          [](auto) { return binary([](float a, float b) { return a - b; }); })
      .Case<arith::MulFOp, MulOp>(
          [](auto) { return binary([](float a, float b) { return a * b; }); })
      .Case<arith::DivFOp, DivOp>(
          [](auto) { return binary([](float a, float b) { return a / b; }); })
      .Case<arith::MaximumFOp>(
          [](auto) { return binary([](float a, float b) { return larger(a, b, true); }); })
      .Case<arith::MinimumFOp>(
          [](auto) { return binary([](float a, float b) { return -larger(-a, -b, true); }); })
      .Case<arith::MaxNumFOp>(
          [](auto) { return binary([](float a, float b) { return larger(a, b, false); }); })
      .Case<arith::MinNumFOp>(
          [](auto) { return binary([](float a, float b) { return -larger(-a, -b, false); }); })
      .Case<math::CopySignOp>(
          [](auto) { return binary([](float a, float b) { return std::copysign(a, b); }); })
      .Case<arith::NegFOp>([](auto) { return unary([](float a) { return -a; }); })
      .Case<math::AbsFOp>([](auto) { return unary([](float a) { return std::abs(a); }); })
      .Case<math::SqrtOp>([](auto) { return unary([](float a) { return std::sqrt(a); }); })
      .Case<math::ExpOp>([](auto) { return unary([](float a) { return std::exp(a); }); })
      .Case<ReluOp>([](auto) { return unary([](float a) { return a < 0 ? 0 : a; }); })
      .Case<arith::CmpFOp>([](auto cmp) {
        return binary([predicate = cmp.getPredicate()](float a, float b) {
          return float(compare(predicate, a, b));
        });
      })
      .Case<arith::SelectOp>([](auto) {
        return [](ArrayRef<const float *> x, float *y, size_t count) {
          for (size_t i = 0; i != count; ++i)
            y[i] = x[0][i] != 0 ? x[1][i] : x[2][i];
        };
      })
      .Default([](Operation *other) { return integerKernel(other); });
}

namespace {

/// Values of a chain in order, each with a slice of entries.
class Chain {
public:
  bool add(Value value) {
    if (slices.count(value))
      return true;
    if (ElementsAttr constant = constantOf(value))
      return addConstant(value, constant);
    Operation *op = value.getDefiningOp();
    for (Value operand : op->getOperands())
      if (!add(operand))
        return false;
    slices.insert({value, Slice{std::vector<float>(kEntries), nullptr}});
    steps.push_back({op, entryKernel(op)});
    return true;
  }

  /// Entries [first, first + count) of `value`.
  const float *evaluate(Value value, size_t first, size_t count) {
    for (auto &[op, kernel] : steps) {
      SmallVector<const float *> operands;
      for (Value operand : op->getOperands())
        operands.push_back(slices.find(operand)->second.at(first));
      kernel(operands, slices.find(op->getResult(0))->second.entries.data(), count);
    }
    return slices.find(value)->second.at(first);
  }

  /// A constant that is no splat, if there is one.
  ElementsAttr varying;
  static constexpr size_t kEntries = 4096;

private:
  struct Slice {
    std::vector<float> entries;
    const float *whole; // all entries of a constant
    const float *at(size_t first) const { return whole ? whole + first : entries.data(); }
  };

  bool addConstant(Value value, ElementsAttr constant) {
    ArrayRef<char> bytes = rawBytes(constant);
    if (bytes.empty() || !constant.getElementType().isF32())
      return false;
    auto data = reinterpret_cast<const float *>(bytes.data());
    auto dense = dyn_cast<DenseElementsAttr>(constant);
    if (dense && dense.isSplat()) {
      slices.insert({value, Slice{std::vector<float>(kEntries, *data), nullptr}});
      return true;
    }
    slices.insert({value, Slice{{}, data}});
    varying = constant;
    return true;
  }

  llvm::MapVector<Value, Slice> slices;
  std::vector<std::pair<Operation *, EntryKernel>> steps;
};

} // namespace

ElementsAttr evaluateConstant(Value value) {
  Chain chain;
  if (!chain.add(value))
    return nullptr;
  auto type = cast<RankedTensorType>(value.getType());
  if (!chain.varying)
    return DenseElementsAttr::get(type, *chain.evaluate(value, 0, 1));
  return makeConstant(type, chain.varying, [&](MutableArrayRef<char> target) {
    auto *to = reinterpret_cast<float *>(target.data());
    for (size_t first = 0, entries = type.getNumElements(); first < entries;
         first += Chain::kEntries) {
      size_t count = std::min(Chain::kEntries, entries - first);
      std::copy_n(chain.evaluate(value, first, count), count, to + first);
    }
  });
}

} // namespace saliency
