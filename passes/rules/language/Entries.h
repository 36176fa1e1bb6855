// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The entries of a method's sections: rows, seeds, finishes and what else a method declares, with
// the conditions that decide which of them apply. They are plain data that point into the tape
// (Tape.h, where the terms are explained); Sections.def lists the sections.
#ifndef SALIENCY_RULES_LANGUAGE_ENTRIES_H
#define SALIENCY_RULES_LANGUAGE_ENTRIES_H

#include "passes/rules/language/Tape.h"

namespace saliency::rules {

/// What a condition asks: one enumerator for each row of Conditions.def, where each is described.
enum class ConditionKind : uint8_t {
#define CONDITION(kind, ...) kind,
#include "passes/rules/language/Conditions.def"
};
/// Of the kinds those that are known of a layer of a network, with the values of ConditionKind: a
/// switch over LayerCondition(kind) that forgets one does not compile (-Werror=switch).
enum class LayerCondition : uint8_t {
#define LAYER_CONDITION(kind, ...) kind = uint8_t(ConditionKind::kind),
#include "passes/rules/language/Conditions.def"
};

/// What `value` and `index` of a condition mean.
enum class ConditionOperand : uint8_t {
  None,
  Extent, // `value`: of a kernel
  Giver,  // `value`: the capability of the layer that gives the data
  Stream, // `value`: the stream's number
  Option  // `value`: the option of the choice that is parameter number `index`
};
/// Of which layers a condition of a row can hold.
enum class ConditionLayers : uint8_t { Linear, Convolution, NotLinear, Any, No };

/// What Conditions.def says of one kind of condition, but for its text.
struct ConditionFacts {
  ConditionOperand operand;
  ConditionLayers layers;
  bool choice;
};
inline constexpr ConditionFacts conditionTable[] = {
#define CONDITION(kind, text, operand, layers, choice)                                             \
  {ConditionOperand::operand, ConditionLayers::layers, choice},
#include "passes/rules/language/Conditions.def"
};

/// One condition of a row, seed, finish ... An entry applies where all of its conditions hold.
struct Condition {
  ConditionKind kind{};
  uint8_t index = 0;
  int64_t value = 0;
  bool negated = false;
  constexpr const ConditionFacts &facts() const { return conditionTable[unsigned(kind)]; }
};

/// How many parameters a method may have.
inline constexpr unsigned kParameterCapacity = 24;

/// LayerData: a .npz file with one array for each layer, called as the value that the layer
/// produces; must be given. ValueNames: several, separated by commas; where none is named, the last
/// map of each resolution, up to the target layer.
enum class ParameterKind : uint8_t {
  Number,
  Integer,
  Choice,
  PerChannel,
  ValueName,
  ValueNames,
  LayerData
};
struct Parameter {
  std::string_view name, help;
  ParameterKind kind{};
  double value = 0; // default of a Number, Integer; option index of a Choice; per channel: default
                    // for all channels
  std::string_view options[8] = {}; // of a Choice
  uint8_t optionCount = 0;
  std::string_view alias; // a second name on the command line
  double channels[4] =
      {}; // PerChannel: default per channel of the network's input; `value` where channelCount is 0
  uint8_t channelCount = 0;
  double minimum = -1e300, maximum = 1e300; // of a Number, Integer
  bool anyRank = false;     // of a ValueName: a value without spatial axes will do, too
  bool ofClassMaps = false; // of an Integer: the target layer is the mean of the maps of class
                            // scores, all this long along each axis
  bool ofTokens = false; // of a ValueName: tokens of the image's patches, by default what the last
                         // attention block reads
  bool isDual =
      false; // of a LayerData: a unit's entries times its weights add up to 1, or are all 0
};

/// A named set of parameter values (`--conventions=NAME`); parameters it does not name keep their
/// defaults.
struct Setting {
  uint8_t index = 0; // of the parameter
  double value = 0;  // number, or option index
};
struct Convention {
  std::string_view name;
  Setting settings[16] = {};
  uint8_t settingCount = 0;
};

/// Where parameter `index` (a choice) has option `option`, the default of a parameter becomes
/// `setting`; naming the parameter still wins.
struct Implication {
  uint8_t index = 0;
  double option = 0;
  Setting setting;
};

/// A per-call tensor that the method takes at run time: classes, int64 [P][N], -1 = unused; or
/// images, float [P] x the input's shape without its samples, the same for all samples.
struct CallTensor {
  std::string_view name, help;
  bool images = false;
};

/// The explanation (seed and rows, or the forward pass alone) is taken `count` times, each at its
/// own `point`, and finish reads what the runs add up to (RunSum and the like). One compiled body,
/// whatever the count. The target is decided at the input itself.
struct Repeat {
  NodeId count = kNone; // Scalar, known when the method is compiled for a network
  NodeId point = kNone;
  bool fromLayer = false; // the point is a value of the target layer, else of the input; the
                          // network runs on from there
  uint8_t given =
      0xff; // a per-call tensor whose number of entries, where the call gives it, replaces `count`
};

/// In a repetition from the target layer: layer norms that read the layer see it as it was, and
/// this times what they give is what follows.
struct NormMask {
  Condition conditions[4] = {}; // OptionIs only
  uint8_t conditionCount = 0;
  NodeId result = kNone;
};

/// What becomes of the sum of relevance in a row (spec: formulas e.7).
enum class Conservation : uint8_t {
  None,        // no law
  Exact,       // sum R' = sum R, up to the divisions' guards
  WithoutBias, // exact where there is no bias and no sum of contributions is 0
  BothParts,   // exact where, besides, contributions of both signs exist; an empty part multiplies
               // the sum
  Leaks,       // the shares of bias and stabiliser are lost
  Unbounded,   // exact, but single shares grow without bound where their sum is near 0
  ByFiat,      // passed on unchanged, whatever the op does
  Inside,      // exact but for relevance on constants that an op puts around its input
  OneSign,     // exact where the inputs have one sign
  Count
};

struct Row {
  Capability capability{};
  Condition conditions[4] = {};
  uint8_t conditionCount = 0;
  NodeId result = kNone;       // In space (elementwise and merge ops: the operand's share)
  std::string_view label = {}; // "our extension", "unverified"; empty for the source's own rule
  uint8_t invariants = 0;      // bit set of Invariant, besides the method's own
  uint8_t stream = 0;          // which stream the row is for
  Conservation conservation{}; // see conservationOf()
  std::string_view rule = {};  // a named rule: applies only to ops that a composite gives it
};

struct Seed {
  Condition conditions[4] = {}; // OptionIs only
  uint8_t conditionCount = 0;
  NodeId result = kNone;
  bool atLayer = false; // Space::Layer: relevance starts at the target layer, else at the logits
  std::string_view label = {}; // as Row::label
  uint8_t stream = 0;          // which stream starts here
};

/// The map, or the two-dimensional map; the first whose conditions hold.
struct Finish {
  Condition conditions[4] = {}; // OptionIs only
  uint8_t conditionCount = 0;
  NodeId result = kNone;
};

/// What an op adds to the map: `result` per position of its output, resized to the input by
/// ResizeMode `mode`. At places that a parameter names: what a value adds, written for a fork.
struct Collection {
  static constexpr uint8_t atOps = 0xff;
  Capability capability{};
  uint8_t places = atOps; // or the index of a ValueNames parameter
  Condition conditions[4] = {};
  uint8_t conditionCount = 0;
  NodeId result = kNone;
  ResizeMode mode{};
};

/// What the relevance becomes at the value that parameter `index` names, from the streams that meet
/// there; the others end.
struct Meeting {
  uint8_t index = 0;
  NodeId result = kNone;
};

/// A step behind methods: which activations it records, and what becomes of the map at each, from
/// the last to the first.
struct Recording { // the input of the first op recorded, then the outputs of all
  Capability capability{};
  Condition conditions[4] = {}; // any but OptionIs
  uint8_t conditionCount = 0;
};
struct Refinement { // the first whose conditions hold; the map arrives resized to the activation
  Condition conditions[4] = {}; // OptionIs and Enlarges
  uint8_t conditionCount = 0;
  NodeId result = kNone;
};

/// A further quantity that is carried backwards beside the relevance; AGF carries the gradient. The
/// stream at place i of the section has number i + 1 on the tape, the relevance is number 0. At an
/// op for which a stream has no row it takes the ordinary derivative.
///
/// What a row may read of the other streams follows from the order in which they are computed. All
/// streams are carried through the whole network one after the other, in the order of the section,
/// and the relevance comes last. A row of a stream therefore reads the stream itself and those
/// before it, and a row of the relevance reads all of them. Joint streams are the exception: such a
/// stream and the relevance are carried through each op together, so that each reads the other.
struct Stream {
  std::string_view name;
  /// It has no rows of its own: it takes the relevance's, in which R then stands for the stream. It
  /// is the relevance that starts from another seed.
  bool twin = false;
  /// Its rows read the relevance, too, and the relevance's rows read it.
  bool joint = false;
};

/// What the values of a method's parameters must fulfil.
struct Demand {
  NodeId condition = kNone; // Scalar, of parameters and constants; fulfilled where it is not 0
  std::string_view text;    // "alpha - beta is 1"
};

/// A rewrite of the network that a method asks for before its rules apply (zennit's word), where
/// all conditions hold. In the order in which they run.
enum class CanonizerKind : uint8_t { FoldBatchNorm, ThresholdUnits, FoldBatchNormForward, Count };
struct Canonizer {
  CanonizerKind kind{};
  Condition conditions[4] = {}; // OptionIs only
  uint8_t conditionCount = 0;
};

/// Declared invariants; each becomes property tests. Bit i of a mask stands for enumerator i.
enum class Invariant : uint8_t {
  Conserves,                 // sum R' = sum R, up to the stated divisions
  ZeroWhereInputNotPositive, // R' = 0 exactly wherever x <= 0
  Odd,                       // rule(-R) = -rule(R)
  Homogeneous,               // rule(2^k R) = 2^k rule(R)
  WeightIndependent,         // the layer's weights do not enter
  Count
};
constexpr uint8_t maskOf(Invariant invariant) { return uint8_t(1u << unsigned(invariant)); }

} // namespace saliency::rules

#endif // SALIENCY_RULES_LANGUAGE_ENTRIES_H
