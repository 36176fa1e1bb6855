// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Terminals: what the place and the method offer by themselves.
#include "dialect/ops/Builders.h"
#include "passes/attribution/emission/Emitters.h"

using namespace mlir;
using namespace saliency;
using rules::Node;
using rules::Space;

FailureOr<Term> saliency::known(Scope &s, const Node &node, Value value) {
  if (!value)
    return s.error("a rule reads only what its op offers, found '" +
                   Twine(StringRef(rules::nameOf(node.kind))) + "' read of this op");
  return Term{value};
}

FailureOr<Term> saliency::emitStream(Scope &s, const Node &node, ArrayRef<Value> of) {
  return known(s, node, node.index < of.size() ? of[node.index] : Value());
}

FailureOr<Term> saliency::emitOutput(Scope &s, const Node &node) {
  return known(s, node, s.leavesOutBias() ? outputWithoutBias(s) : s.y());
}

FailureOr<Term> saliency::emitMap(Scope &s, const Node &node) {
  if (node.space == Space::PerPixel)
    return known(s, node, s.read(&AtStep::map2d));
  return emitStream(s, node, s.read(&ArrivedPlace::map));
}

FailureOr<Term> saliency::emitChangePart(Scope &s, const Node &node, bool rise) {
  const AtOp *at = s.placeAs<AtOp>();
  if (!at)
    return known(s, node, nullptr);
  auto [rises, falls] = s.sources.changeParts(s.builder(), at->layer->getOperand(at->operand));
  return Term{rise ? rises : falls};
}

/// The value whose shape ones of `space` have; null where there is none.
static Value shapedAs(Scope &s, Space space) {
  switch (space) {
  case Space::Weight: {
    auto linear = dyn_cast_or_null<LinearMapOpInterface>(s.layer());
    return linear ? linear.getLinearWeight() : Value();
  }
  case Space::Layer:
    return s.read(&WholePlace::layerValue);
  case Space::Logits:
    return s.read(&WholePlace::logits);
  case Space::Out:
    return s.y();
  case Space::Other:
    return otherOperand(s);
  case Space::In:
  case Space::SampleWeight:
  case Space::PerSample:
  case Space::PerChannel:
  case Space::PerPixel:
  case Space::Scalar:
  case Space::Heads:
  case Space::Tokens:
  case Space::PerToken:
  case Space::Patches:
  case Space::HeadMaps:
    break;
  }
  return s.place().x;
}

FailureOr<Term> saliency::emitOnes(Scope &s, const Node &node) {
  Value shaped = shapedAs(s, node.space);
  return shaped ? FailureOr<Term>(Term{s.splat(shapeOf(shaped), 1)}) : known(s, node, nullptr);
}

FailureOr<Term> saliency::emitParameter(Scope &s, const Node &node) {
  const rules::Parameter &parameter = s.table().parameters[node.index];
  if (parameter.kind != rules::ParameterKind::PerChannel)
    return Term{nullptr, s.method.getNumber(node.index)};
  ArrayRef<double> channels = s.method.getChannels(node.index);
  if (channels.size() == 1)
    return Term{nullptr, channels.front()};
  // One entry per channel of the network's input, which may reach the op flattened: an entry then
  // covers a run of cells.
  ArrayRef<int64_t> image = shapeOf(s.place().image), data = shapeOf(s.place().x);
  int64_t cells = ShapedType::getNumElements(image.drop_front(2));
  bool flattened = data.size() == 2 && image.size() > 2 && data[1] == image[1] * cells;
  if (int64_t(channels.size()) != image[1] || (data[1] != image[1] && !flattened))
    return s.error("parameter '" + Twine(StringRef(parameter.name)) +
                   "' has one entry per channel of the input (" + Twine(image[1]) + "), found " +
                   Twine(channels.size()) + " for data " + shapeText(data));
  SmallVector<int64_t> shape(data.size(), 1);
  shape[1] = data[1];
  SmallVector<float> values;
  for (double channel : channels)
    values.append(flattened ? cells : 1, float(channel));
  return Term{s.constant(shape, values)};
}
