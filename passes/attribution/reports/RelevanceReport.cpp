// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/attribution/reports/RelevanceReport.h"

#include "dialect/ops/Builders.h"
#include "passes/attribution/network/Network.h"

using namespace mlir;
using namespace saliency;

namespace {

/// Sums and masks at one place; a null value is 0 everywhere.
struct Arithmetic {
  OpBuilder &b;
  Location loc;

  Value add(Value x, Value y) const {
    return !x || !y ? (x ? x : y) : Value(arith::AddFOp::create(b, loc, x, y));
  }
  Value subtract(Value x, Value y) const {
    if (!y || x == y)
      return x == y ? Value() : x;
    return x ? Value(arith::SubFOp::create(b, loc, x, y)) : Value(arith::NegFOp::create(b, loc, y));
  }
  Value multiply(Value x, Value y) const { return arith::MulFOp::create(b, loc, x, y); }
  Value ratio(Value x, Value y) const {
    return DivideOp::create(b, loc, x, y, DivisionAttr::get(b.getContext(), Division::ZeroSafe),
                            b.getF32FloatAttr(0));
  }
  Value isNonZero(Value x) const {
    return buildCompare(b, loc, arith::CmpFPredicate::UNE, x, buildSplat(b, loc, shapeOf(x), 0));
  }
  Value either(Value x, Value y) const {
    return x && y && x != y ? Value(arith::OrIOp::create(b, loc, x, y)) : x ? x : y;
  }
  Value where(Value condition, Value x, Value y) const {
    return arith::SelectOp::create(b, loc, condition, x, y);
  }
  Value zeros(Value like) const { return buildSplat(b, loc, shapeOf(like), 0); }

  /// Per sample: N x 1.
  Value sum(Value x) const {
    if (!x)
      return x;
    SmallVector<int64_t> shape(shapeOf(x).size(), 1);
    shape[0] = shapeOf(x)[0];
    Value total = buildReduceTo(b, loc, x, shape);
    return shape.size() == 2
               ? total
               : Value(ReshapeOp::create(b, loc, total, b.getDenseI64ArrayAttr({shape[0], 1})));
  }
  Value sum(ArrayRef<Value> values) const {
    Value total;
    for (Value value : values)
      total = add(total, sum(value));
    return total;
  }
};

/// What the units of one output lose, unit by unit.
struct Losses {
  Value stabiliser, bias, dead;
};

} // namespace

/// Terms of all operands; one that is the same for each of them, as R / y is, counts once, with
/// what they get of it together.
static RelevanceTerms joined(const Arithmetic &a, ArrayRef<const RelevanceFlow::Share *> shares) {
  RelevanceTerms all;
  for (const RelevanceFlow::Share *share : shares)
    for (const RelevanceTerm &term : *share->terms) {
      auto *same = llvm::find_if(all, [&](const RelevanceTerm &known) {
        return known.node == term.node && !term.ofOperand;
      });
      if (same == all.end())
        all.push_back(term);
      else
        same->weight = a.add(same->weight, term.weight);
    }
  return all;
}

/// A quotient a / (z + b + e) shares a out to contributions z, bias b and stabiliser e, each in
/// proportion. How often the row counts the quotient (alpha times, or -beta) is its weight over z.
/// A unit to which nothing contributes, not even a bias, is dead; one to which only a bias does
/// loses all to it.
static Losses lossesOf(const Arithmetic &a, Value arrived, const RelevanceTerms &terms) {
  Losses losses;
  Value passed, alive, contributing;
  bool anyBias = false;
  for (const RelevanceTerm &term : terms) {
    if (!term.denominator) {
      Value weighted = a.isNonZero(term.weight);
      alive = a.either(alive, weighted);
      contributing = a.either(contributing, weighted);
      passed = a.add(passed, a.multiply(term.value, term.weight));
      continue;
    }
    bool hasBias = term.denominatorWithoutBias != nullptr;
    Value contributions = hasBias ? term.denominatorWithoutBias : term.denominator;
    Value own = a.multiply(term.value, term.weight), withBias = own, whole = own;
    if (hasBias || term.isStabilised) {
      Value times = a.ratio(term.weight, contributions);
      if (hasBias)
        withBias = a.multiply(times, a.multiply(term.value, term.denominator));
      whole = term.isStabilised ? a.multiply(times, term.numerator) : withBias;
    }
    losses.bias = a.add(losses.bias, a.subtract(withBias, own));
    losses.stabiliser = a.add(losses.stabiliser, a.subtract(whole, withBias));
    passed = a.add(passed, whole);
    anyBias |= hasBias;
    alive = a.either(alive, a.isNonZero(term.denominator));
    contributing = a.either(contributing, a.isNonZero(contributions));
  }
  if (!alive)
    return {};
  Value rest = a.subtract(arrived, passed), zero = a.zeros(arrived);
  if (!rest)
    return losses;
  losses.dead = a.where(alive, zero, rest);
  if (anyBias)
    losses.bias = a.add(losses.bias, a.where(contributing, zero, a.where(alive, rest, zero)));
  return losses;
}

/// Relevance of entries from which nothing is passed on, where entries of output and operands are
/// the same ones.
static Value relevanceNotPassed(const Arithmetic &a, const RelevanceFlow &flow) {
  Value passed;
  for (const RelevanceFlow::Share &share : flow.shares) {
    if (share.share == flow.arrived || shapeOf(share.share) != shapeOf(flow.arrived))
      return {};
    passed = a.either(passed, a.isNonZero(share.share));
  }
  return passed ? a.where(passed, a.zeros(flow.arrived), flow.arrived) : Value();
}

static Losses lossesOf(const Arithmetic &a, const RelevanceFlow &flow) {
  using Share = RelevanceFlow::Share;
  auto merge = dyn_cast<MergeOpInterface>(flow.layer);
  if (llvm::all_of(flow.shares, [](const Share &share) { return share.terms.has_value(); })) {
    SmallVector<const Share *> all =
        llvm::map_to_vector(flow.shares, [](const Share &share) { return &share; });
    if (!merge || merge.getMergeKind() != MergeKind::Concat)
      return lossesOf(a, flow.arrived, joined(a, all));
    Losses total; // slice by slice: their shapes differ, their sums do not
    for (const Share *share : all) {
      Losses part = lossesOf(a, share->arrived, *share->terms);
      total.stabiliser = a.add(total.stabiliser, a.sum(part.stabiliser));
      total.bias = a.add(total.bias, a.sum(part.bias));
      total.dead = a.add(total.dead, a.sum(part.dead));
    }
    return total;
  }
  return rules::isElementwise(capabilityOf(cast<LayerOpInterface>(flow.layer)))
             ? Losses{{}, {}, relevanceNotPassed(a, flow)}
             : Losses();
}

void RelevanceReport::add(OpBuilder &builder, const RelevanceFlow &flow) {
  Arithmetic a{builder, flow.loc};
  Row row{{flow.name, flow.kind, flow.rule, flow.conservation.text()}, {}};
  auto set = [&](ReportColumn column, Value value) { row.sums[unsigned(column)] = value; };
  Value arrives = a.sum(flow.arrived), leaves;
  for (const RelevanceFlow::Share &share : flow.shares)
    leaves = a.add(leaves, share.share == flow.arrived ? arrives : a.sum(share.share));
  set(ReportColumn::Arrives, arrives);
  set(ReportColumn::Leaves, leaves);
  if (isa<StructuralOpInterface>(flow.layer)) {
    set(ReportColumn::Dead,
        a.subtract(arrives, leaves)); // constants around the input have no use for it
  } else {
    Losses losses = lossesOf(a, flow);
    set(ReportColumn::Stabiliser, a.sum(losses.stabiliser));
    set(ReportColumn::Bias, a.sum(losses.bias));
    set(ReportColumn::Dead, a.sum(losses.dead));
  }
  rows.push_back(std::move(row));
}

void RelevanceReport::add(OpBuilder &builder, Location loc, StringRef name, StringRef kind,
                          StringRef rule, ArrayRef<Value> before, ArrayRef<Value> after) {
  Arithmetic a{builder, loc};
  Row row{{name.str(), kind.str(), rule.str(), ""}, {}};
  row.sums[unsigned(ReportColumn::Arrives)] = a.sum(before);
  row.sums[unsigned(ReportColumn::Leaves)] = a.sum(after);
  rows.push_back(std::move(row));
}

/// Each sum in its column: sums of products with the columns' unit vectors, which are fused into
/// one op.
SmallVector<Value> RelevanceReport::build(OpBuilder &builder, Location loc) const {
  constexpr int64_t columns = int64_t(ReportColumn::Count);
  int64_t samples = shapeOf(rows.front().sums[0])[0];
  Arithmetic a{builder, loc};
  return llvm::map_to_vector(rows, [&](const Row &row) {
    Value line;
    for (auto [column, sum] : llvm::enumerate(row.sums)) {
      if (!sum)
        continue;
      SmallVector<float> unit(columns, 0);
      unit[column] = 1;
      auto values = DenseElementsAttr::get(f32Tensor(builder.getContext(), {1, columns}),
                                           ArrayRef<float>(unit));
      Value here = buildBroadcast(builder, loc, ConstantOp::create(builder, loc, values),
                                  {samples, columns});
      line = a.add(line, a.multiply(buildBroadcast(builder, loc, sum, {samples, columns}), here));
    }
    return line;
  });
}

ArrayAttr RelevanceReport::texts(MLIRContext *context) const {
  Builder builder(context);
  return builder.getArrayAttr(llvm::map_to_vector(rows, [&](const Row &row) -> Attribute {
    return builder.getStrArrayAttr(
        llvm::map_to_vector<4>(row.texts, [](const std::string &text) { return StringRef(text); }));
  }));
}
