// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Sums over the classes that a call names, and classes as the channels of the target layer.
#include "dialect/ops/Builders.h"
#include "passes/attribution/emission/Emitters.h"

using namespace mlir;
using namespace saliency;
using rules::Node;
using rules::NodeId;
using rules::NodeKind;

static bool dependsOnClass(const Scope &s, NodeId id) {
  if (id == rules::kNone)
    return false;
  const Node &node = s.node(id);
  return node.kind == NodeKind::HostileClass || dependsOnClass(s, node.a) ||
         dependsOnClass(s, node.b) || dependsOnClass(s, node.c);
}

/// Emits, before the loop over classes, everything in it that is the same for all classes.
static LogicalResult emitIndependent(Scope &s, NodeId id) {
  if (id == rules::kNone)
    return success();
  if (!dependsOnClass(s, id))
    return s.term(id);
  const Node &node = s.node(id);
  return success(llvm::all_of(ArrayRef<NodeId>{node.a, node.b, node.c}, [&](NodeId operand) {
    return succeeded(emitIndependent(s, operand));
  }));
}

FailureOr<Term> saliency::emitClassCount(Scope &s, const Node &node) {
  return orFailure(s.sources.countClasses(s.builder(), s.loc(), node.index));
}

FailureOr<Term> saliency::emitForEachClass(Scope &s, const Node &node) {
  if (failed(emitIndependent(s, node.a)))
    return failure();
  Value layer = s.read(&WholePlace::layerValue);
  if (!layer)
    return s.error("a sum over classes needs a target layer");
  return orFailure(s.sources.sumOverClasses(s.builder(), s.loc(), node.index, tensorType(layer),
                                            [&](OpBuilder &inside, Value oneHot) {
                                              Scope::Nested nested(s, inside);
                                              Scope::OfClass ofClass(s, oneHot);
                                              return s.value(node.a, shapeOf(layer));
                                            }));
}

/// N x classes as N x classes x 1 ..., the class maps' rank.
FailureOr<Term> saliency::emitAtClasses(Scope &s, const Node &node) {
  FailureOr<Term> a = s.term(node.a);
  if (failed(a))
    return failure();
  ArrayRef<int64_t> classes = shapeOf(s.read(&WholePlace::logits)),
                    layer = shapeOf(s.read(&WholePlace::layerValue));
  if (layer[1] != classes[1])
    return s.error("the target layer has one channel a class, found " + shapeText(layer) + " for " +
                   Twine(classes[1]) + " classes");
  SmallVector<int64_t> shape(layer.size(), 1);
  llvm::copy(classes, shape.begin());
  return Term{s.reshape(s.tensor(*a, classes), shape)};
}
