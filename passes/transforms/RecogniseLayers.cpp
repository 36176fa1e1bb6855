// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Layers that exporters spell out by arithmetic become one op again. The input is arithmetic, so
// the patterns match the ops that spell it; what they make are layers.
#include "passes/transforms/Passes.h"

#include "dialect/ops/Builders.h"
#include "mlir/IR/PatternMatch.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"
#include "passes/Counter.h"
#include "llvm/Support/DebugLog.h"

#include <cmath>
#include <numbers>

#define DEBUG_TYPE "saliency-recognise-layers"

namespace saliency {
#define GEN_PASS_DEF_RECOGNISELAYERSPASS
#include "passes/transforms/Passes.h.inc"
} // namespace saliency

using namespace mlir;
using namespace saliency;

/// Whom the counters belong to.
static constexpr llvm::StringLiteral kPass = "recognise-layers";

namespace {

//===-- What a value is --------------------------------------------------===//

/// The one number that a constant repeats.
std::optional<double> numberOf(Value value) {
  auto constant = value.getDefiningOp<ConstantOp>();
  if (!constant || !constant.getValue().getElementType().isF32())
    return std::nullopt;
  FloatElements elements(constant.getValue());
  if (!elements.isSplat() && elements.end() - elements.begin() != 1)
    return std::nullopt;
  return *elements.begin();
}
/// The constant is `number` as exporters round it.
bool isNumber(Value value, double number) {
  std::optional<double> found = numberOf(value);
  return found && std::abs(*found - number) <= 1e-5 * std::abs(number);
}

/// The operand of a commutative op beside the one that satisfies `wanted`; null where neither does.
Value otherOperand(Operation *op, llvm::function_ref<bool(Value)> wanted) {
  if (wanted(op->getOperand(0)))
    return op->getOperand(1);
  return wanted(op->getOperand(1)) ? op->getOperand(0) : Value();
}

/// x where `value` is x + number.
Value plusNumber(Value value, double number) {
  auto add = value.getDefiningOp<AddOp>();
  return add ? otherOperand(add, [&](Value operand) { return isNumber(operand, number); })
             : Value();
}

/// A product as it is written: factors that are no products themselves, the numbers among them
/// multiplied, divisions by numbers and small powers taken apart.
struct Product {
  double number = 1;
  SmallVector<Value> factors;
  explicit Product(Value value) { collect(value, /*isRoot=*/true); }

  /// number x^count, count >= 1.
  bool isPower(Value x, size_t count, double coefficient) const {
    return factors.size() == count &&
           llvm::all_of(factors, [&](Value factor) { return factor == x; }) &&
           std::abs(number - coefficient) <= 1e-5 * std::abs(coefficient);
  }

private:
  void collect(Value value, bool isRoot) {
    Operation *op = value.getDefiningOp();
    if (std::optional<double> entry = numberOf(value); entry && *entry != 0) {
      number *= *entry;
    } else if (op && (isRoot || op->hasOneUse()) && isa<MulOp>(op)) {
      collect(op->getOperand(0), false);
      collect(op->getOperand(1), false);
    } else if (std::optional<double> divisor; op && (isRoot || op->hasOneUse()) && isa<DivOp>(op) &&
                                              (divisor = numberOf(op->getOperand(1)))) {
      number /= *divisor;
      collect(op->getOperand(0), false);
    } else if (auto power = dyn_cast_or_null<PowOp>(op);
               power && (power.getExponent().convertToFloat() == 2 ||
                         power.getExponent().convertToFloat() == 3)) {
      for (int i = 0; i != power.getExponent().convertToFloat(); ++i)
        factors.push_back(power.getX());
    } else {
      factors.push_back(value);
    }
  }
};

/// x with the first axis of the mean, where `value` is x's mean over its last axes, which stay with
/// extent 1.
struct TrailingMean {
  Value x;
  int64_t axis = 0;

  explicit TrailingMean(Value value) {
    Value pooled = value;
    if (auto reshape = value.getDefiningOp<ReshapeOp>())
      pooled = reshape.getX();
    auto pool = pooled.getDefiningOp<AvgPoolOp>();
    if (!pool || shapeOf(pool.getX()).drop_front(2) != pool.getWindow().getKernel())
      return;
    Value source = pool.getX();
    if (auto reshape = source.getDefiningOp<ReshapeOp>())
      source = reshape.getX();
    // The axes behind `first` are reduced if they make up the window and the result has 1 in their
    // place.
    ArrayRef<int64_t> shape = shapeOf(source);
    int64_t window = ShapedType::getNumElements(pool.getWindow().getKernel());
    for (int64_t first = shape.size(), entries = 1; first-- > 1;) {
      entries *= shape[first];
      SmallVector<int64_t> expected(shape);
      std::fill(expected.begin() + first, expected.end(), 1);
      if (entries == window && shapeOf(value) == ArrayRef<int64_t>(expected)) {
        x = source, axis = first;
        return;
      }
    }
  }
};

//===-- Rewrites ---------------------------------------------------------===//

void keepName(Operation *from, Operation *to) {
  if (Attribute name = from->getAttr(kValueNameAttr))
    to->setAttr(kValueNameAttr, name);
}

template <typename OpT, typename... Arguments>
void replace(PatternRewriter &rewriter, Operation *op, Arguments &&...arguments) {
  auto layer = OpT::create(rewriter, op->getLoc(), std::forward<Arguments>(arguments)...);
  keepName(op, layer);
  LDBG() << "at " << op->getLoc() << ": " << layer->getName();
  rewriter.replaceOp(op, layer);
}

Value buildNumbers(OpBuilder &builder, Location loc, ArrayRef<int64_t> shape, float value) {
  auto type = f32Tensor(builder.getContext(), shape);
  return ConstantOp::create(builder, loc,
                            cast<ElementsAttr>(Attribute(DenseElementsAttr::get(type, value))));
}

///   %d = saliency.sub %x, %mean                   %mean: of x over its last axes (TrailingMean)
///   %s = saliency.mul %d, %d                      or pow 2
///   %v = mean of %s over the same axes
///   %a = saliency.add %v, %epsilon
///   %r = saliency.sqrt %a                         or pow 1/2
///   %y = saliency.div %d, %r
/// -->
///   %y = saliency.layer_norm %x, %ones, %zeros
struct RecogniseLayerNorm final : OpRewritePattern<DivOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(DivOp op, PatternRewriter &rewriter) const override {
    Value deviation = root(op.getB());
    auto centred = op.getA().getDefiningOp<SubOp>();
    auto sum = deviation ? deviation.getDefiningOp<AddOp>() : AddOp();
    if (!centred || !sum)
      return failure();
    Value epsilon = numberOf(sum.getA()) ? sum.getA() : sum.getB();
    Value variance = otherOperand(sum, [&](Value operand) { return operand == epsilon; });
    if (!numberOf(epsilon))
      return failure();
    TrailingMean mean(centred.getB()), squares(variance);
    if (!mean.x || mean.x != centred.getA() || !squares.x || squares.axis != mean.axis ||
        !Product(squares.x).isPower(centred, 2, 1))
      return failure();
    ArrayRef<int64_t> axes = shapeOf(mean.x).drop_front(mean.axis);
    replace<LayerNormOp>(rewriter, op, mean.x, buildNumbers(rewriter, op.getLoc(), axes, 1),
                         buildNumbers(rewriter, op.getLoc(), axes, 0),
                         rewriter.getI64IntegerAttr(mean.axis),
                         rewriter.getF32FloatAttr(*numberOf(epsilon)));
    count(kPass, "layer norms recognised", 1);
    return success();
  }

private:
  static Value root(Value value) {
    if (auto sqrt = value.getDefiningOp<SqrtOp>())
      return sqrt.getX();
    auto power = value.getDefiningOp<PowOp>();
    return power && power.getExponent().convertToFloat() == 0.5f ? power.getX() : Value();
  }
};

/// `constant` as a parameter of `norm`: it varies along the normalised axes alone. Null where it
/// does not.
Value asParameter(PatternRewriter &rewriter, LayerNormOp norm, Value constant) {
  ArrayRef<int64_t> own = shapeOf(constant), axes = shapeOf(norm.getGamma());
  if (!constant.getDefiningOp<ConstantOp>() || own.size() > shapeOf(norm.getX()).size())
    return nullptr;
  while (own.size() > axes.size() && own.front() == 1)
    own = own.drop_front();
  if (own != axes)
    return nullptr;
  if (own.size() == shapeOf(constant).size())
    return constant;
  auto value = constant.getDefiningOp<ConstantOp>().getValue();
  FloatElements elements(value);
  if (elements.isSplat())
    return buildNumbers(rewriter, constant.getLoc(), axes, *elements.begin());
  auto type = f32Tensor(rewriter.getContext(), axes);
  return ConstantOp::create(rewriter, constant.getLoc(),
                            cast<ElementsAttr>(Attribute(DenseElementsAttr::get(
                                type, ArrayRef(elements.begin(), elements.end())))));
}

///   %n = saliency.layer_norm %x, %ones, %zeros
///   %m = saliency.mul %n, %gamma                  constants along the normalised axes
///   %y = saliency.add %m, %beta
/// -->
///   %y = saliency.layer_norm %x, %gamma, %beta    in two steps, one for each constant
template <typename OpT> struct AbsorbParameter final : OpRewritePattern<OpT> {
  using OpRewritePattern<OpT>::OpRewritePattern;
  LogicalResult matchAndRewrite(OpT op, PatternRewriter &rewriter) const override {
    constexpr bool scales = std::is_same_v<OpT, MulOp>;
    auto isNorm = [](Value value) { return bool(value.getDefiningOp<LayerNormOp>()); };
    Value constant = otherOperand(op, isNorm);
    if (!constant)
      return failure();
    auto norm = (isNorm(op.getA()) ? op.getA() : op.getB()).template getDefiningOp<LayerNormOp>();
    bool isFree = numberOf(norm.getBeta()) == 0.0 && (!scales || numberOf(norm.getGamma()) == 1.0);
    if (!norm->hasOneUse() || !isFree || op.getType() != norm.getType())
      return failure();
    Value parameter = asParameter(rewriter, norm, constant);
    if (!parameter)
      return failure();
    replace<LayerNormOp>(rewriter, op, norm.getX(), scales ? parameter : norm.getGamma(),
                         scales ? norm.getBeta() : parameter, norm.getAxisAttr(),
                         norm.getEpsilonAttr());
    return success();
  }
};

/// A product of x and a function of x, in any order and nesting of its factors (Product):
///   x / 2 (1 + erf(x / sqrt 2))                               --> gelu(x)
///   x / 2 (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3)))         --> gelu_tanh(x)
///   x sigmoid(x)                                              --> silu(x)
///   x tanh(softplus(x))                                       --> mish(x)
///   x hard_sigmoid(x), slope 1/6 and offset 1/2               --> hard_swish(x)
struct RecogniseGate final : OpRewritePattern<MulOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(MulOp op, PatternRewriter &rewriter) const override {
    Product product(op.getResult());
    if (product.factors.size() != 2)
      return failure();
    for (auto [x, gate] : {std::pair(product.factors[0], product.factors[1]),
                           {product.factors[1], product.factors[0]}})
      if (x.getType() == op.getType() &&
          succeeded(recognise(rewriter, op, x, gate, product.number))) {
        count(kPass, "activations recognised", 1);
        return success();
      }
    return failure();
  }

private:
  static LogicalResult recognise(PatternRewriter &rewriter, MulOp op, Value x, Value gate,
                                 double number) {
    if (number == 0.5) {
      Value curve = plusNumber(gate, 1);
      if (auto erf = curve ? curve.getDefiningOp<ErfOp>() : ErfOp();
          erf && Product(erf.getX()).isPower(x, 1, std::numbers::sqrt2 / 2))
        return replace<GeluOp>(rewriter, op, x), success();
      if (auto tanh = curve ? curve.getDefiningOp<TanhOp>() : TanhOp();
          tanh && isGeluArgument(tanh.getX(), x))
        return replace<GeluTanhOp>(rewriter, op, x), success();
    }
    if (number != 1)
      return failure();
    if (auto sigmoid = gate.getDefiningOp<SigmoidOp>(); sigmoid && sigmoid.getX() == x)
      return replace<SiluOp>(rewriter, op, x), success();
    if (auto tanh = gate.getDefiningOp<TanhOp>())
      if (auto softplus = tanh.getX().getDefiningOp<SoftplusOp>(); softplus && softplus.getX() == x)
        return replace<MishOp>(rewriter, op, x), success();
    auto hard = gate.getDefiningOp<HardSigmoidOp>();
    if (!hard || hard.getX() != x ||
        std::abs(hard.getAlpha().convertToFloat() - 1.0f / 6) > 1e-6f ||
        hard.getBeta().convertToFloat() != 0.5f)
      return failure();
    replace<HardSwishOp>(rewriter, op, x);
    return success();
  }

  static bool isGeluArgument(Value value, Value x) {
    Product scaled(value);
    if (scaled.factors.size() != 1 ||
        std::abs(scaled.number - std::numbers::sqrt2 * std::numbers::inv_sqrtpi) > 1e-5)
      return false;
    auto sum = scaled.factors.front().getDefiningOp<AddOp>();
    Value cube = sum ? otherOperand(sum, [&](Value operand) { return operand == x; }) : Value();
    return cube && Product(cube).isPower(x, 3, 0.044715);
  }
};

///   %y = saliency.gemm %x, %w                  no bias yet; any linear map with weights
///   %z = saliency.add %y, %c                   %c: one number per output feature, 1 elsewhere
/// -->
///   %z = saliency.gemm %x, %w, %c
struct AbsorbBias final : OpInterfaceRewritePattern<MergeOpInterface> {
  using OpInterfaceRewritePattern::OpInterfaceRewritePattern;
  LogicalResult matchAndRewrite(MergeOpInterface op, PatternRewriter &rewriter) const override {
    if (op.getMergeKind() != MergeKind::Add)
      return failure();
    auto isMap = [](Value value) { return bool(weightedMap(value.getDefiningOp())); };
    Value constant = otherOperand(op, isMap);
    if (!constant || !constant.getDefiningOp<ConstantOp>())
      return failure();
    LinearMapOpInterface map = weightedMap(
        (isMap(op->getOperand(0)) ? op->getOperand(0) : op->getOperand(1)).getDefiningOp());
    ArrayRef<int64_t> shape = shapeOf(map->getResult(0)), own = shapeOf(constant);
    int64_t features = cast<LayerOpInterface>(map.getOperation()).getFeatureAxes().front();
    if (map.getLinearBias() || !map->hasOneUse() ||
        op->getResult(0).getType() != map->getResult(0).getType())
      return failure();
    for (size_t axis = 0, missing = shape.size() - own.size(); axis != own.size(); ++axis)
      if (own[axis] != (int64_t(axis + missing) == features ? shape[features] : 1))
        return failure();
    if (own.empty() || int64_t(shape.size() - own.size()) > features)
      return failure();
    if (own.size() != 1) {
      FloatElements elements(constant.getDefiningOp<ConstantOp>().getValue());
      auto type = f32Tensor(rewriter.getContext(), {shape[features]});
      if (elements.begin() == elements.end())
        return failure();
      auto flat = elements.isSplat()
                      ? DenseElementsAttr::get(type, *elements.begin())
                      : DenseElementsAttr::get(type, ArrayRef(elements.begin(), elements.end()));
      constant =
          ConstantOp::create(rewriter, constant.getLoc(), cast<ElementsAttr>(Attribute(flat)));
    }
    Operation *biased =
        map.buildWithWeights(rewriter, op.getLoc(), map.getLinearWeight(), constant);
    keepName(op, biased);
    rewriter.replaceOp(op, biased);
    count(kPass, "biases recognised", 1);
    return success();
  }
};

///   %y = saliency.sub %x, %c
/// -->
///   %y = saliency.add %x, %minus_c                which has a rule in every method that has one
///   for sums
struct SubtractConstant final : OpRewritePattern<SubOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(SubOp op, PatternRewriter &rewriter) const override {
    auto constant = op.getB().getDefiningOp<ConstantOp>();
    if (!constant || !constant.getValue().getElementType().isF32())
      return failure();
    FloatElements elements(constant.getValue());
    if (elements.begin() == elements.end())
      return failure();
    auto negated = llvm::map_to_vector(llvm::make_range(elements.begin(), elements.end()),
                                       [](float value) { return -value; });
    auto type = f32Tensor(rewriter.getContext(), shapeOf(op.getB()));
    auto attribute = elements.isSplat() ? DenseElementsAttr::get(type, negated.front())
                                        : DenseElementsAttr::get(type, ArrayRef(negated));
    replace<AddOp>(
        rewriter, op, op.getA(),
        ConstantOp::create(rewriter, constant.getLoc(), cast<ElementsAttr>(Attribute(attribute))));
    return success();
  }
};

struct RecogniseLayersPass : saliency::impl::RecogniseLayersPassBase<RecogniseLayersPass> {
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    patterns.add<RecogniseLayerNorm, AbsorbParameter<MulOp>, AbsorbParameter<AddOp>, RecogniseGate,
                 AbsorbBias, SubtractConstant>(&getContext());
    for (StringRef what : {"layer norms recognised", "activations recognised", "biases recognised"})
      count(kPass, what, 0);
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns))))
      return signalPassFailure();
  }
};

} // namespace
