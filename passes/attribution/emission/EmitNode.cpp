// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The words of the rule language, each with what becomes of it: one case a word, none by default,
// so that the compiler names a word that is not emitted.
#include "dialect/ops/Builders.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "passes/attribution/emission/Emitters.h"

#include <cmath>

using namespace mlir;
using namespace saliency;
using arith::CmpFPredicate;
using rules::Node;
using rules::NodeKind;

FailureOr<Term> saliency::emitNode(Scope &s, const Node &node) {
  switch (node.kind) {
  // What is known at the place.
  case NodeKind::X:
    return known(s, node, s.place().x);
  case NodeKind::Y:
    return emitOutput(s, node);
  case NodeKind::R:
    return emitStream(s, node, s.read(&PassedPlace::r));
  case NodeKind::X0:
    return known(s, node, s.read(&AtOp::x0));
  case NodeKind::Y0:
    return known(s, node, s.read(&AtOp::y0));
  case NodeKind::Other:
    return known(s, node, otherOperand(s));
  case NodeKind::Rise:
    return emitChangePart(s, node, /*rise=*/true);
  case NodeKind::Fall:
    return emitChangePart(s, node, /*rise=*/false);
  case NodeKind::ImageX:
    return known(s, node, s.place().image);
  case NodeKind::ImageX0:
    return known(s, node, s.read(&ArrivedPlace::image0));
  case NodeKind::Layer:
    return known(s, node, s.read(&WholePlace::layerValue));
  case NodeKind::Logits:
    return known(s, node, s.read(&WholePlace::logits));
  case NodeKind::Target:
    return known(s, node, s.read(&WholePlace::target));
  case NodeKind::HostileClass:
    return known(s, node, s.classAtHand());
  case NodeKind::Map:
    return emitMap(s, node);
  case NodeKind::Collected:
    return emitCollected(s, node);
  case NodeKind::Ones:
    return emitOnes(s, node);
  case NodeKind::Constant:
    return Term{nullptr, node.value};
  case NodeKind::Parameter:
    return emitParameter(s, node);
  case NodeKind::Choose:
    return s.term(s.method.getNumber(node.index) == node.value ? node.a : node.b);

  // What the layer at hand has.
  case NodeKind::W:
    return emitWeight(s, node);
  case NodeKind::B:
    return emitBias(s);
  case NodeKind::BiasIsFolded:
    return emitBiasIsFolded(s);
  case NodeKind::UsedElsewhere:
    return emitUsedElsewhere(s);
  case NodeKind::IsBottleneck:
    return Term{nullptr, double(s.read(&AtOp::isBottleneck))};
  case NodeKind::LayerData:
    return emitLayerData(s, node);
  case NodeKind::Gamma:
    return emitGamma(s, node);
  case NodeKind::Beta:
    return emitBeta(s, node);
  case NodeKind::Mean:
    return emitMean(s, node);
  case NodeKind::Variance:
    return emitVariance(s, node);
  case NodeKind::BatchEpsilon:
    return emitNormEpsilon(s, node);

  // Entry by entry.
  case NodeKind::Neg:
    return emitUnary(
        s, node, [](double a) { return -a; }, [&](Value a) { return s.make<arith::NegFOp>(a); });
  case NodeKind::Pos:
    return emitUnary(
        s, node, [](double a) { return std::max(a, 0.0); },
        [&](Value a) { return emitPart(s, a, CmpFPredicate::OLT); });
  case NodeKind::NegPart:
    return emitUnary(
        s, node, [](double a) { return std::min(a, 0.0); },
        [&](Value a) { return emitPart(s, a, CmpFPredicate::OGT); });
  case NodeKind::Abs:
    return emitUnary(
        s, node, [](double a) { return std::abs(a); },
        [&](Value a) { return s.make<math::AbsFOp>(a); });
  case NodeKind::Sign:
    return emitUnary(
        s, node, [](double a) { return double((a > 0) - (a < 0)); },
        [&](Value a) { return emitSign(s, a); });
  case NodeKind::NonZero:
    return emitUnary(
        s, node, [](double a) { return double(a != 0); },
        [&](Value a) { return emitNonZero(s, a); });
  case NodeKind::Square:
    return emitUnary(
        s, node, [](double a) { return a * a; },
        [&](Value a) { return s.make<arith::MulFOp>(a, a); });
  case NodeKind::Sqrt:
    return emitUnary(
        s, node, [](double a) { return std::sqrt(a); },
        [&](Value a) { return s.make<math::SqrtOp>(a); });
  case NodeKind::Exp:
    return emitUnary(
        s, node, [](double a) { return std::exp(a); },
        [&](Value a) { return s.make<math::ExpOp>(a); });
  case NodeKind::Sigmoid:
    return emitUnary(
        s, node, [](double a) { return 1 / (1 + std::exp(-a)); },
        [&](Value a) { return s.make<SigmoidOp>(a); });
  case NodeKind::Add:
    return emitSum(s, node);
  case NodeKind::Sub:
    return emitDifference(s, node);
  case NodeKind::Mul:
    return emitProduct(s, node);
  case NodeKind::Divide:
    return emitQuotient(s, node);
  case NodeKind::Max:
    return emitExtremum(
        s, node, [](double a, double b) { return std::max(a, b); }, CmpFPredicate::UGT);
  case NodeKind::Min:
    return emitExtremum(
        s, node, [](double a, double b) { return std::min(a, b); }, CmpFPredicate::ULT);
  case NodeKind::Less:
    return emitComparison(
        s, node, [](double a, double b) { return double(a < b); }, CmpFPredicate::OLT);
  case NodeKind::LessEqual:
    return emitComparison(
        s, node, [](double a, double b) { return double(a <= b); }, CmpFPredicate::OLE);
  case NodeKind::Greater:
    return emitComparison(
        s, node, [](double a, double b) { return double(a > b); }, CmpFPredicate::OGT);
  case NodeKind::GreaterEqual:
    return emitComparison(
        s, node, [](double a, double b) { return double(a >= b); }, CmpFPredicate::OGE);
  case NodeKind::Equal:
    return emitComparison(
        s, node, [](double a, double b) { return double(a == b); }, CmpFPredicate::OEQ);
  case NodeKind::Where:
    return emitWhere(s, node);

  // Over axes.
  case NodeKind::ReduceSum:
    return emitReduction(s, node, Reduction::Sum);
  case NodeKind::ReduceMean:
    return emitReduction(s, node, Reduction::Mean);
  case NodeKind::ReduceMax:
    return emitReduction(s, node, Reduction::Max);
  case NodeKind::ReduceMin:
    return emitReduction(s, node, Reduction::Min);
  case NodeKind::CountNonZero:
    return emitReduction(s, node, Reduction::CountNonZero);
  case NodeKind::Percentile:
    return emitPercentile(s, node);
  case NodeKind::Entries:
    return emitEntries(s, node);
  case NodeKind::Principal:
    return emitPrincipal(s, node);

  // Products, functions and derivatives.
  case NodeKind::Forward:
    return emitForward(s, node);
  case NodeKind::Adjoint:
    return emitAdjoint(s, node);
  case NodeKind::Correlate:
    return emitCorrelate(s, node);
  case NodeKind::ForwardOp:
    return emitForwardOp(s, node);
  case NodeKind::Vjp:
    return emitVjp(s, node);
  case NodeKind::Gradient:
    return emitGradient(s, node);
  case NodeKind::LayerAt:
    return emitLayerAt(s, node);
  case NodeKind::OverOperands:
    return emitOverOperands(s, node);

  // Positions of maps.
  case NodeKind::Resize:
    return emitResize(s, node);
  case NodeKind::Interior:
    return emitInterior(s, node);
  case NodeKind::Neuron:
    return emitNeuron(s, node);
  case NodeKind::WindowMean:
    return emitWindowMean(s, node);
  case NodeKind::WindowMeanVjp:
    return emitWindowMeanVjp(s, node);
  case NodeKind::MapChannelMean:
    return emitMapChannelMean(s, node);
  case NodeKind::Blur:
    return emitBlur(s, node);

  // Classes and tokens.
  case NodeKind::ForEachClass:
    return emitForEachClass(s, node);
  case NodeKind::ClassCount:
    return emitClassCount(s, node);
  case NodeKind::AtClasses:
    return emitAtClasses(s, node);
  case NodeKind::Rollout:
    return emitRollout(s, node);
  case NodeKind::IdentityMatrix:
    return emitIdentityMatrix(s, node);
  case NodeKind::ClassToken:
    return emitClassToken(s, node);
  case NodeKind::AtTokens:
    return emitAtTokens(s, node);

  // Runs of a method that repeats.
  case NodeKind::Point:
    return emitOfRun(s, node, &Run::point);
  case NodeKind::PointLogits:
    return emitOfRun(s, node, &Run::logits);
  case NodeKind::PointLayer:
    return emitOfRun(s, node, &Run::layer);
  case NodeKind::RunNumber:
    return emitRunNumber(s, node);
  case NodeKind::RunCount:
    return emitRunCount(s, node);
  case NodeKind::QuadratureNode:
    return emitQuadrature(s, node, &rules::QuadratureRule::nodes);
  case NodeKind::QuadratureWeight:
    return emitQuadrature(s, node, &rules::QuadratureRule::weights);
  case NodeKind::Normal:
    return emitDraw(s, node, Distribution::Normal);
  case NodeKind::Uniform:
    return emitDraw(s, node, Distribution::Uniform);
  case NodeKind::GivenImage:
    return emitGivenImage(s, node);
  case NodeKind::WindowMask:
    return emitWindowMask(s, node);
  case NodeKind::WindowCount:
    return emitWindowCount(s, node);
  case NodeKind::GridMask:
    return emitGridMask(s, node);
  case NodeKind::ChannelMask:
    return emitChannelMask(s, node);
  case NodeKind::ChannelCount:
    return emitChannelCount(s, node);
  case NodeKind::RunSum:
  case NodeKind::RunVariance:
  case NodeKind::RunSoftmaxMean:
    return emitOverRuns(s, node);
  }
  llvm_unreachable("every word is emitted");
}
