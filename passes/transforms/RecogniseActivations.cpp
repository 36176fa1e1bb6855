// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Activations that exporters spell out: a product of x and a *gate*, a function of x.
//
//   %0 = saliency.div %x, %root_of_two
//   %1 = saliency.erf %0
//   %2 = saliency.add %1, %one                        the gate: 1 + erf(x / sqrt 2)
//   %3 = saliency.mul %x, %2
//   %4 = saliency.mul %3, %half
// -->
//   %4 = saliency.gelu %x
//
// 1. The product is taken apart: a coefficient and two factors.
// 2. Either factor may be x; the other one is a gate of that x, by the table below.
// 3. The activation takes the place of the last op.
#include "passes/Counter.h"
#include "passes/transforms/SpelledArithmetic.h"

#include "dialect/ops/Builders.h"

#include <cmath>
#include <numbers>

using namespace mlir;
using namespace saliency;
using mlir::matchers::m_Val;

namespace {

/// Whether `value` is hard_swish's gate, x / 6 + 1 / 2 limited to [0, 1].
bool isHardSwishGate(Value value, Value x) {
  auto gate = value.getDefiningOp<HardSigmoidOp>();
  return gate && gate.getX() == x && isRounded(gate.getAlpha().convertToDouble(), 1.0 / 6) &&
         gate.getBeta().convertToDouble() == 0.5;
}

template <class Activation> Operation *build(OpBuilder &builder, Location loc, Value x) {
  return Activation::create(builder, loc, x);
}

/// An activation that is coefficient * x * gate(x).
struct Spelling {
  double coefficient;
  bool (*isGate)(Value gate, Value x);
  Operation *(*build)(OpBuilder &builder, Location loc, Value x);
};
constexpr Spelling spellings[] = {
    // x / 2 (1 + erf(x / sqrt 2))
    {0.5,
     [](Value gate, Value x) {
       return matchPattern(
           gate, m_PlusNumber(1, m_Op<ErfOp>(m_Scaled(std::numbers::sqrt2 / 2, m_Val(x)))));
     },
     build<GeluOp>},
    // x / 2 (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3)))
    {0.5,
     [](Value gate, Value x) {
       constexpr double scale = std::numbers::sqrt2 * std::numbers::inv_sqrtpi;
       return matchPattern(
           gate, m_PlusNumber(1, m_Op<TanhOp>(m_Scaled(scale, m_PlusPower(x, 0.044715, 3)))));
     },
     build<GeluTanhOp>},
    // x sigmoid(x)
    {1, [](Value gate, Value x) { return matchPattern(gate, m_Op<SigmoidOp>(m_Val(x))); },
     build<SiluOp>},
    // x tanh(softplus(x))
    {1,
     [](Value gate, Value x) {
       return matchPattern(gate, m_Op<TanhOp>(m_Op<SoftplusOp>(m_Val(x))));
     },
     build<MishOp>},
    // x hard_sigmoid(x)
    {1, isHardSwishGate, build<HardSwishOp>},
};

struct RecogniseGate final : OpInterfaceRewritePattern<MergeOpInterface> {
  using OpInterfaceRewritePattern::OpInterfaceRewritePattern;

  LogicalResult matchAndRewrite(MergeOpInterface op, PatternRewriter &rewriter) const override {
    if (op.getMergeKind() != MergeKind::Product)
      return failure();
    Product product(op->getResult(0));
    if (product.factors.size() != 2)
      return failure();
    for (auto [x, gate] : {std::pair(product.factors[0], product.factors[1]),
                           {product.factors[1], product.factors[0]}})
      for (const Spelling &spelling : spellings)
        if (x.getType() == op->getResult(0).getType() && product.number == spelling.coefficient &&
            spelling.isGate(gate, x)) {
          replaceBySpelled(rewriter, op, spelling.build(rewriter, op.getLoc(), x));
          count(kRecogniseLayers, "activations recognised", 1);
          return success();
        }
    return failure();
  }
};

} // namespace

void saliency::addActivationPatterns(RewritePatternSet &patterns) {
  patterns.add<RecogniseGate>(patterns.getContext());
}
