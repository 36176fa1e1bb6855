// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The tape: a method's rules as plain data. It is written at compile time by the rule language
// (Expr.h, Vocabulary.h, Method.h) and read by every reader: the checks (MethodChecks.h), the
// printer (printing/), the compiler (attribution/emission/) and the reference evaluator
// (reference/). Nothing here knows MLIR.
//
// The terms of the rule language, in the order in which one needs the other:
//
//   method      One way to attribute a network's output to its input: LRP-epsilon, Grad-CAM.
//   relevance   What a method carries backwards through the network, from an output to the input:
//               of each value of the network an array of the value's shape. For the plain gradient
//               method it is the derivative.
//   node        One operation or one input of a formula, of a kind that Words.def lists: x, a + b,
//               forward(w, x). It names its operands by their numbers. Equal nodes are one node, so
//               that a term that several formulas share is computed once.
//   tape        The list of all nodes of one method, operands before their users.
//   space       The shape that a node's value has, relative to the op at hand: that of its input,
//               its output, its weights, one number per channel ... (enum Space).
//   capability  What kind of op a rule is for: a linear map, an activation, a merge (enum
//               Capability). Methods never name ops.
//   row         A rule: for ops of one capability the formula of the relevance of the op's input,
//               given that of its output. Rows are tried in the order in which they are written.
//   place       Where in a network an op stands (the first layer, behind a flattened map), as far
//               as a rule may depend on it. A condition on a row names places or options.
//   world       One way in which all conditions of a method can come out for one op. The checks
//               walk through all worlds to see that every op finds a row and every row an op.
//   seed        The relevance that the walk starts with, at the logits or at the target layer.
//   target      The logit that is explained; the target layer is the value that a method such as
//               Grad-CAM looks at.
//   stream      A further quantity that is carried backwards beside the relevance, with a seed and
//               rows of its own: AGF carries the gradient.
//   twin        A stream that takes the relevance's rows, with itself in place of the relevance:
//               the relevance of another target.
//   joint       A stream whose rows also read the relevance, as the relevance's rows read it; the
//               two are carried through each op together.
//   meeting     What the relevance becomes at one named value from the streams that arrive there;
//               the streams end.
//   collection  What each op of one kind adds to the map while the walk passes it (FullGrad's
//               biases), resized to the input.
//   finish      The map, made from the relevance that arrived, from the collections or from the
//               target layer alone.
//   run, repeat A method that repeats evaluates the network several times, each run at a point of
//               its own (noisy images, steps from a baseline); its finish adds up over the runs.
//   step        A small method behind other methods (--then=NAME), which refines their
//               two-dimensional maps at some layers on the way from the target layer to the input.
//   recording   Which layers' outputs a step needs.
//   refinement  What the map becomes at each of them.
//   demand      What the values of a method's parameters must fulfil: "alpha - beta is 1".
//   canonizer   A rewrite of the network that a method wants before its rules apply, such as batch
//               norm folded into the convolution before it.
#ifndef SALIENCY_RULES_LANGUAGE_TAPE_H
#define SALIENCY_RULES_LANGUAGE_TAPE_H

#include <cstdint>
#include <string_view>

namespace saliency::rules {

/// What an op can do. A row is written for a capability, and serves the ops of that capability and
/// of those that refine it: Convolution, Dense and AveragePool refine LinearMap; Rectifier refines
/// Activation; Add, Concat and Product refine Merge. x is an op's input, y its output.
enum class Capability : uint8_t {
  LinearMap, // y = W x + b
  Convolution,
  Dense,
  AveragePool,   // W is implied: 1 over the window's size
  Bilinear,      // the product of two values of the network (MatMul)
  Activation,    // y = f(x), entry by entry
  Rectifier,     // f is Relu or Clip(0, c)
  Selection,     // max pool: y takes one x of each window
  Structural,    // reshape, transpose, slice, pad: y is a rearrangement of x
  Merge,         // several values, entry by entry with broadcasting, or joined
  Add,           // ... their sum
  Concat,        // ... joined along an axis
  Product,       // ... their product
  Fork,          // not an op but a value that several ops read
  Normalisation, // batch norm: y = gamma (x - mean) / sqrt(variance + epsilon) + beta
  Softmax,
  LayerNorm, // as Normalisation, with the statistics of x over its channels
  Count
};

/// The shape a value has, relative to the op at hand. Reduced spaces keep their reduced axes with
/// extent 1 and broadcast.
enum class Space : uint8_t {
  In,           // of the op's input; in a finish of the network's input
  Out,          // of the op's output
  Weight,       // of a linear map's weights
  SampleWeight, // samples x those
  Logits,
  Layer,      // of the target layer
  PerSample,  // one number for each sample
  PerChannel, // ... and channel
  PerPixel,   // one number for each sample and position
  Scalar,
  Other,    // of the operand of a product of two values that is not at hand
  Heads,    // of an attention layer: samples x heads x tokens x tokens
  Tokens,   // samples x tokens x tokens
  PerToken, // one number for each row of Tokens
  Patches,  // samples x 1 x rows x columns of the image's patches
  HeadMaps  // of an attention layer: samples x heads x rows x columns of the image's patches
};

/// How `a / b` behaves near b = 0 (spec: formulas e.0). `epsilon` is node operand c (a Constant or
/// Parameter). Chosen: the one that parameter `index` (a choice among names of divisions) has as
/// its option.
enum class Division : uint8_t {
  Plain,
  Stab,
  StabClip,
  StabRms,
  ZeroSafe,
  ZeroBump,
  Plus,
  PlusMasked,
  Chosen
};
/// As the vocabulary and the options of a choice spell it; Chosen reads `divide(a, b)`.
constexpr std::string_view nameOf(Division division) {
  constexpr std::string_view names[] = {"plain",    "stab", "stabClip",   "stabRms", "zeroSafe",
                                        "zeroBump", "plus", "plusMasked", "divide"};
  return names[unsigned(division)];
}

/// What a node is: one enumerator for each row of Words.def, where each is described.
enum class NodeKind : uint8_t {
#define WORD(kind, ...) kind,
#include "passes/rules/language/Words.def"
};

/// How a map is resampled. Positions are half-pixel centres, but for AlignCorners, where the
/// corners' centres coincide. Cubic: Keys 1981 with a = -1/2; what lies outside the map has no
/// weight, and the others add up to 1.
enum class ResizeMode : uint8_t { Nearest, HalfPixel, AlignCorners, Cubic };
/// As the options of a choice spell it.
constexpr std::string_view nameOf(ResizeMode mode) {
  constexpr std::string_view names[] = {"nearest", "bilinear", "align-corners", "cubic"};
  return names[unsigned(mode)];
}

/// How maps of several places become one.
enum class Fusion : uint8_t { Sum, Mean, Max, Product };
/// As the options of a choice spell it.
constexpr std::string_view nameOf(Fusion fusion) {
  constexpr std::string_view names[] = {"sum", "mean", "max", "product"};
  return names[unsigned(fusion)];
}

/// Whose spatial axes a mask has.
enum class Extent : uint8_t {
  Input,
  Layer,
  Patches // of the image, for which the target layer has tokens
};

using NodeId = uint16_t;
inline constexpr NodeId kNone = 0xffff;

struct Node {
  NodeKind kind{};
  Space space{};
  Division division{};                    // of a Divide
  uint8_t index = 0;                      // Words.def says of what
  NodeId a = kNone, b = kNone, c = kNone; // operands
  double value = 0;                       // of a Constant; the option of a Choose
  constexpr bool operator==(const Node &) const = default;
};

} // namespace saliency::rules

#endif // SALIENCY_RULES_LANGUAGE_TAPE_H
