// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the table of words (Words.def) says of each kind of node: how many operands it has, which
// ops offer it to their rows, where else it may stand. Names and printed forms are in printing/, as
// the checks at compile time do not need them.
#ifndef SALIENCY_RULES_LANGUAGE_WORDS_H
#define SALIENCY_RULES_LANGUAGE_WORDS_H

#include "passes/rules/language/Tape.h"

namespace saliency::rules {

/// The rule by which the space of a node follows from those of its operands; checked in
/// printing/SpaceRules.cpp for tables that did not come through the typed expressions.
enum class Spaces : uint8_t {
  Given, // it has no operands: the space is what the node says
  Joined,
  Statistic,
  Entries,
  Forward,
  Adjoint,
  Correlate,
  OfInput,
  Derivative,
  OverOperands,
  Neuron,
  Principal,
  Resize,
  Gradient,
  LayerAt,
  TokenMatrix,
  ClassToken,
  AtClasses,
  Blur,
  AtTokens,
  Count
};

/// The ops that offer a word to their rows and collections.
enum class Offer : uint8_t {
  Always,
  Never,
  Result,           // in the space of the op's result; a softmax also by the heads of an attention
  ResultOfFunction, // the same of ops with a function of the operand at hand
  Function,         // such an op: all but a concatenation and a fork
  Weights,          // a linear map with weights of its own, not an average pool
  Norm,             // a batch norm or a layer norm
  NormStatistic,    // the same: per channel of a batch norm, per pixel of a layer norm
  Bilinear,
  Selection,
  Dense,
  Concat,
  Operands // a merge or a fork
};

/// Where a word may stand besides rows, and what is known of it: a set of bits.
using Places = uint16_t;
namespace words {
enum Place : Places {
  Nowhere = 0,
  InSeed = 1,
  InFinish = 2,
  InPoint = 4,                        // where a run evaluates the network
  Ends = InSeed | InFinish | InPoint, // wherever relevance starts or has arrived
  InDemand = 8,                       // what parameters must fulfil, see settings/Demands.cpp
  Everywhere = Ends | InDemand,
  HeadsInFinish = 16, // in a finish by the heads of an attention layer
  Varies = 32,        // in a method that repeats each run has its own
  OneRun = 64,        // it belongs to one run of a method that repeats
  OverRuns = 128,     // it adds up over all runs
  OfRuns = 256,       // it belongs to all runs
  AtReference = 512,  // it is of the network at the method's reference input
  Fixed = 1024,       // it does not depend on the image
  WithBias = 2048,    // part of it is what no input contributes: a bias, a norm's shift
  OfOperand = 4096,   // of a merge or a product of two values each operand has its own
  Steps = 8192,       // its value moves in steps: its derivative is 0 wherever there is one
  OfLayer = 16384,    // it has the extents of the target layer, whatever its space
  Transposed = 32768  // linear in an operand: EmitTerms.cpp follows a weight back through it
};
} // namespace words

/// One row of the table.
struct Word {
  uint8_t operands;
  Spaces spaces;
  Offer offered;
  Places places;
};

namespace words {
inline constexpr Word table[] = {
#define WORD(kind, name, operands, spaces, offered, places, form, written)                         \
  {operands, Spaces::spaces, Offer::offered, Places(places)},
#include "passes/rules/language/Words.def"
};
} // namespace words

inline constexpr unsigned kWordCount = std::size(words::table);

constexpr const Word &wordOf(NodeKind kind) { return words::table[unsigned(kind)]; }
constexpr bool standsIn(NodeKind kind, Places places) { return wordOf(kind).places & places; }

/// The number of operands (a, b, c) that a node of this kind has; the last of ForwardOp, Vjp and
/// Divide may be kNone.
constexpr unsigned operandCount(NodeKind kind) { return wordOf(kind).operands; }

/// Whether a node adds up over the runs of a repetition.
constexpr bool overRuns(NodeKind kind) { return standsIn(kind, words::OverRuns); }
/// Whether a node belongs to one run of a repetition.
constexpr bool ofOneRun(NodeKind kind) { return standsIn(kind, words::OneRun); }

/// What a word is about. Readers that compute treat each subject in a function of its own.
enum class Subject : uint8_t { Op, Network, Elementwise, Statistic, Product, Map, Run };

namespace words {
inline constexpr Subject subjects[] = {
#define OP_WORD(...) Subject::Op,
#define NETWORK_WORD(...) Subject::Network,
#define ELEMENTWISE_WORD(...) Subject::Elementwise,
#define STATISTIC_WORD(...) Subject::Statistic,
#define PRODUCT_WORD(...) Subject::Product,
#define MAP_WORD(...) Subject::Map,
#define RUN_WORD(...) Subject::Run,
#include "passes/rules/language/Words.def"
};
static_assert(std::size(subjects) == kWordCount, "every word has a subject");
} // namespace words

constexpr Subject subjectOf(NodeKind kind) { return words::subjects[unsigned(kind)]; }
/// Whether a node has a meaning only in a method that repeats.
constexpr bool ofRepetition(NodeKind kind) { return subjectOf(kind) == Subject::Run; }

// The words of one subject, with the values of NodeKind: a switch over OpWord(kind) that forgets a
// word of its subject does not compile (-Werror=switch).
enum class OpWord : uint8_t {
#define OP_WORD(kind, ...) kind = uint8_t(NodeKind::kind),
#include "passes/rules/language/Words.def"
};
enum class NetworkWord : uint8_t {
#define NETWORK_WORD(kind, ...) kind = uint8_t(NodeKind::kind),
#include "passes/rules/language/Words.def"
};
enum class ElementwiseWord : uint8_t {
#define ELEMENTWISE_WORD(kind, ...) kind = uint8_t(NodeKind::kind),
#include "passes/rules/language/Words.def"
};
enum class StatisticWord : uint8_t {
#define STATISTIC_WORD(kind, ...) kind = uint8_t(NodeKind::kind),
#include "passes/rules/language/Words.def"
};
enum class ProductWord : uint8_t {
#define PRODUCT_WORD(kind, ...) kind = uint8_t(NodeKind::kind),
#include "passes/rules/language/Words.def"
};
enum class MapWord : uint8_t {
#define MAP_WORD(kind, ...) kind = uint8_t(NodeKind::kind),
#include "passes/rules/language/Words.def"
};
enum class RunWord : uint8_t {
#define RUN_WORD(kind, ...) kind = uint8_t(NodeKind::kind),
#include "passes/rules/language/Words.def"
};
/// Of the run words those that add up over all runs.
enum class SumWord : uint8_t {
#define SUM_WORD(kind, ...) kind = uint8_t(NodeKind::kind),
#include "passes/rules/language/Words.def"
};

} // namespace saliency::rules

#endif // SALIENCY_RULES_LANGUAGE_WORDS_H
