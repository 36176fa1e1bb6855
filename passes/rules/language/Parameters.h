// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What a method declares for its users to set: numbers, choices, divisions, names of values,
// tensors given in each call.
#ifndef SALIENCY_RULES_LANGUAGE_PARAMETERS_H
#define SALIENCY_RULES_LANGUAGE_PARAMETERS_H

#include "passes/rules/language/MethodTable.h"
#include "passes/rules/language/Vocabulary.h"

namespace saliency::rules {

/// A number that the command line can override; in a rule it is a scalar expression.
struct NumberParameter : Expr<Space::Scalar> {
  uint8_t index;
  constexpr Setting at(double value) const { return {index, value}; }
};

/// One of a few named options. `is` serves as a row's or seed's condition, in choose(), and as a
/// convention's setting.
struct ChoiceParameter {
  TapeBuilder *tape;
  Parameter parameter;
  uint8_t index;
  constexpr Condition is(std::string_view option) const {
    for (unsigned i = 0; i < parameter.optionCount; ++i)
      if (parameter.options[i] == option)
        return {.kind = ConditionKind::OptionIs, .index = index, .value = i};
    ruleError("saliency method: is(option) must name one of the options that the choice was "
              "declared with");
    return {};
  }
};

/// A choice among named divisions; calling it divides as chosen.
struct DivisionParameter : ChoiceParameter {
  template <class A, class B, Operand E>
    requires Operands<A, B>
  constexpr auto operator()(const A &a, const B &b, const E &epsilon) const {
    return detail::divide({.kind = NodeKind::Divide, .division = Division::Chosen, .index = index},
                          a, b, epsilon);
  }
};

/// One number per channel of the network's input, for rules at the first layer.
using PerChannelParameter = Expr<Space::PerChannel, Space::In>;

/// `condition` ? a : b, decided when the method is compiled for a network.
template <Operand A, Operand B>
constexpr auto choose(const Condition &condition, const A &a, const B &b)
  requires(AnyExpr<A> || AnyExpr<B>)
{
  if (!condition.facts().choice)
    ruleError("saliency rule: choose(parameter.is(option), a, b) decides by an option; a position "
              "belongs on the row: m.on(op, "
              "position, rule)");
  return condition.negated ? detail::binary({.kind = NodeKind::Choose,
                                             .index = condition.index,
                                             .value = double(condition.value)},
                                            b, a)
                           : detail::binary({.kind = NodeKind::Choose,
                                             .index = condition.index,
                                             .value = double(condition.value)},
                                            a, b);
}

/// A per-call tensor of class numbers, int64 [P][N], -1 = unused; `each` stands for one of them
/// inside `sum`.
struct ClassesTensor {
  TapeBuilder *tape;
  uint8_t index;
  /// One-hot of the class at hand.
  constexpr Expr<Space::Logits> each() const {
    return detail::makeNode<Space::Logits>(tape, {.kind = NodeKind::HostileClass, .index = index});
  }
  /// How many classes other than the target are listed, per sample.
  constexpr Expr<Space::PerSample> count() const {
    return detail::makeNode<Space::PerSample>(tape, {.kind = NodeKind::ClassCount, .index = index});
  }
  /// The sum of a over the listed classes other than the target.
  template <AnyExpr A> constexpr auto sum(const A &a) const {
    return detail::makeNode<A::space, A::base>(
        tape, {.kind = NodeKind::ForEachClass, .index = index, .a = a.id});
  }
};

/// Arrays for the layers with weights, from a file: `at(op)` is that of the layer at hand, in the
/// shape of its weights.
struct LayerDataParameter {
  TapeBuilder *tape;
  uint8_t index;
  template <class Op> constexpr Expr<Space::Weight> at(const Op &) const {
    static_assert(isLinearMap(Op::capability) && Op::capability != Capability::AveragePool,
                  "saliency rule: data.at(op) is one array for each layer with weights: "
                  "convolution(), dense() or linearMap()");
    return detail::makeNode<Space::Weight>(tape, {.kind = NodeKind::LayerData, .index = index});
  }
};

/// The name of a value of the network.
struct ValueNameParameter {
  uint8_t index;
};

/// The names of values of the network.
struct ValueNamesParameter {
  uint8_t index;
};

/// A per-call tensor of images: float [P] x the input's shape.
struct ImagesTensor {
  TapeBuilder *tape;
  uint8_t index;
};

/// A map of positions, brought to the input's as a choice among names of modes says.
template <AnyExpr A>
constexpr Expr<Space::PerPixel, Space::In> resizeToInput(const A &a,
                                                         const ChoiceParameter &choice) {
  const auto modeOf = [&](unsigned option) {
    for (ResizeMode mode :
         {ResizeMode::Nearest, ResizeMode::HalfPixel, ResizeMode::AlignCorners, ResizeMode::Cubic})
      if (nameOf(mode) == choice.parameter.options[option])
        return mode;
    ruleError("saliency method: the options of a resize mode are nearest, bilinear, align-corners "
              "or cubic");
    return ResizeMode::Nearest;
  };
  Expr<Space::PerPixel, Space::In> map = resizeToInput(a, modeOf(0));
  for (unsigned i = 1; i < choice.parameter.optionCount; ++i)
    map = choose(choice.is(choice.parameter.options[i]), resizeToInput(a, modeOf(i)), map);
  return map;
}

} // namespace saliency::rules

#endif // SALIENCY_RULES_LANGUAGE_PARAMETERS_H
