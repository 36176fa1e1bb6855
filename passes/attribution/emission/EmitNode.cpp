// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The words of the rule language, each with what becomes of it: a switch for each subject, one case
// a word and none by default, so that the compiler names a word that is not emitted. The subjects
// whose words are all made in one file have their switch there.
#include "passes/attribution/emission/Emitters.h"

using namespace mlir;
using namespace saliency;
using rules::MapWord;
using rules::NetworkWord;
using rules::Node;
using rules::OpWord;
using rules::ProductWord;
using rules::Subject;

/// Terminals of the op at hand.
static FailureOr<Term> emitOfOp(Scope &s, const Node &node) {
  switch (OpWord(node.kind)) {
  case OpWord::X:
    return known(s, node, s.place().x);
  case OpWord::Y:
    return emitOutput(s, node);
  case OpWord::W:
    return emitWeight(s, node);
  case OpWord::B:
    return emitBias(s);
  case OpWord::R:
    return emitStream(s, node, s.read(&PassedPlace::r));
  case OpWord::Other:
    return known(s, node, otherOperand(s));
  case OpWord::Gamma:
    return emitGamma(s, node);
  case OpWord::Beta:
    return emitBeta(s, node);
  case OpWord::Mean:
    return emitMean(s, node);
  case OpWord::Variance:
    return emitVariance(s, node);
  case OpWord::BatchEpsilon:
    return emitNormEpsilon(s, node);
  case OpWord::BiasIsFolded:
    return emitBiasIsFolded(s);
  case OpWord::UsedElsewhere:
    return emitUsedElsewhere(s);
  case OpWord::IsBottleneck:
    return Term{nullptr, double(s.read(&AtOp::isBottleneck))};
  case OpWord::LayerData:
    return emitLayerData(s, node);
  case OpWord::X0:
    return known(s, node, s.read(&AtOp::x0));
  case OpWord::Y0:
    return known(s, node, s.read(&AtOp::y0));
  case OpWord::Rise:
    return emitChangePart(s, node, /*rise=*/true);
  case OpWord::Fall:
    return emitChangePart(s, node, /*rise=*/false);
  case OpWord::Interior:
    return emitInterior(s, node);
  }
  llvm_unreachable("every word of the op at hand is emitted");
}

/// Terminals of the network, the method and the call.
static FailureOr<Term> emitOfNetwork(Scope &s, const Node &node) {
  switch (NetworkWord(node.kind)) {
  case NetworkWord::Ones:
    return emitOnes(s, node);
  case NetworkWord::Parameter:
    return emitParameter(s, node);
  case NetworkWord::Constant:
    return Term{nullptr, node.value};
  case NetworkWord::Layer:
    return known(s, node, s.read(&WholePlace::layerValue));
  case NetworkWord::Neuron:
    return emitNeuron(s, node);
  case NetworkWord::ImageX0:
    return known(s, node, s.read(&ArrivedPlace::image0));
  case NetworkWord::ImageX:
    return known(s, node, s.place().image);
  case NetworkWord::Logits:
    return known(s, node, s.read(&WholePlace::logits));
  case NetworkWord::Target:
    return known(s, node, s.read(&WholePlace::target));
  case NetworkWord::HostileClass:
    return known(s, node, s.classAtHand());
  case NetworkWord::ClassCount:
    return emitClassCount(s, node);
  }
  llvm_unreachable("every word of the network is emitted");
}

/// The op at hand as a function.
static FailureOr<Term> emitProductWord(Scope &s, const Node &node) {
  switch (ProductWord(node.kind)) {
  case ProductWord::Forward:
    return emitLinear(s, node, /*isAdjoint=*/false);
  case ProductWord::Adjoint:
    return emitLinear(s, node, /*isAdjoint=*/true);
  case ProductWord::Correlate:
    return emitCorrelate(s, node);
  case ProductWord::ForwardOp:
    return emitForwardOp(s, node);
  case ProductWord::Vjp:
    return emitVjp(s, node);
  case ProductWord::WindowMean:
    return emitWindowMean(s, node);
  case ProductWord::WindowMeanVjp:
    return emitWindowMeanVjp(s, node);
  case ProductWord::MapChannelMean:
    return emitMapChannelMean(s, node);
  case ProductWord::OverOperands:
    return emitOverOperands(s, node);
  }
  llvm_unreachable("every function of the op at hand is emitted");
}

/// Maps, attention, whole networks.
static FailureOr<Term> emitOfMap(Scope &s, const Node &node) {
  switch (MapWord(node.kind)) {
  case MapWord::Principal:
    return emitPrincipal(s, node);
  case MapWord::Resize:
    return emitResize(s, node);
  case MapWord::Gradient:
    return emitGradient(s, node);
  case MapWord::LayerAt:
    return emitLayerAt(s, node);
  case MapWord::ForEachClass:
    return emitForEachClass(s, node);
  case MapWord::Rollout:
    return emitRollout(s, node);
  case MapWord::IdentityMatrix:
    return emitIdentityMatrix(s, node);
  case MapWord::AtClasses:
    return emitAtClasses(s, node);
  case MapWord::Blur:
    return emitBlur(s, node);
  case MapWord::AtTokens:
    return emitAtTokens(s, node);
  case MapWord::ClassToken:
    return emitClassToken(s, node);
  case MapWord::Collected:
    return emitCollected(s, node);
  case MapWord::Map:
    return emitMap(s, node);
  }
  llvm_unreachable("every word of maps is emitted");
}

FailureOr<Term> saliency::emitNode(Scope &s, const Node &node) {
  switch (rules::subjectOf(node.kind)) {
  case Subject::Op:
    return emitOfOp(s, node);
  case Subject::Network:
    return emitOfNetwork(s, node);
  case Subject::Elementwise:
    return emitElementwise(s, node);
  case Subject::Statistic:
    return emitStatistic(s, node);
  case Subject::Product:
    return emitProductWord(s, node);
  case Subject::Map:
    return emitOfMap(s, node);
  case Subject::Run:
    return emitOfRuns(s, node);
  }
  llvm_unreachable("every subject is emitted");
}
