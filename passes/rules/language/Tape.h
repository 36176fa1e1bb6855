// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The tape: a method's rules as plain data, written at compile time by the rule language (Expr.h,
// Vocabulary.h, Method.h) and read by every reader (emit, evaluate, print, check). A node names its
// operands by index; equal nodes are one node (hash-consing), so a term that several expressions
// share is computed once. Nothing here knows MLIR.
#ifndef SALIENCY_RULES_LANGUAGE_TAPE_H
#define SALIENCY_RULES_LANGUAGE_TAPE_H

#include <cstdint>
#include <string_view>

namespace saliency::rules {

/// What an op can do; a method's row is written for a capability, most specific first in this order
/// of refinement: Convolution, Dense, AveragePool refine LinearMap; Rectifier refines Activation;
/// Add, Concat, Product refine Merge.
enum class Capability : uint8_t {
  LinearMap,
  Convolution,
  Dense,
  AveragePool, // y = W x + b
  Bilinear,    // product of two data operands (MatMul)
  Activation,
  Rectifier,  // elementwise y = f(x); Rectifier: Relu and Clip(0, c)
  Selection,  // max pool: y picks one x per window
  Structural, // reshape, transpose, slice, pad: y is a rearrangement of x
  Merge,
  Add,
  Concat,
  Product,       // several data operands, elementwise with broadcasting, or concatenation
  Fork,          // a value used several times
  Normalisation, // batch norm: y = gamma (x - mean) / sqrt(variance + eps) + beta
  Softmax,
  LayerNorm, // y = gamma (x - mean) / sqrt(variance + eps) + beta, statistics of x over its
             // channels
  Count
};

/// The shape a value has, relative to the op at hand. Reduced spaces keep their reduced axes with
/// extent 1 and broadcast.
enum class Space : uint8_t {
  In,
  Out,
  Weight,
  SampleWeight,
  Logits,
  Layer,
  PerSample,
  PerChannel,
  PerPixel,
  Scalar,
  Other,    // the operand of a bilinear op that is not at hand
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

enum class NodeKind : uint8_t {
  // Terminals. `value` or `index` says which where needed.
  X,
  Y,
  W,
  B,
  R, // data operand, output, weight, bias, relevance of the output (of stream `index`; 0 = the main
     // one)
  Other, // of a bilinear op: the operand that is not at hand
  Gamma,
  Beta,
  Mean,
  Variance,
  BatchEpsilon,  // of a batch norm
  BiasIsFolded,  // 1 where a linear map had no bias before batch norm was folded into it, else 0
  UsedElsewhere, // 1 where other layers read the operand at hand, too, else 0
  IsBottleneck,  // 1 where all relevance passes through this linear map's output, else 0
  LayerData, // of a linear map: its entry of the file that parameter `index` names; in the weights'
             // shape
  Ones,      // ones in `space` (Weight: a kernel of ones)
  Parameter, // index into Method::parameters
  Constant,  // value
  Layer,     // activation at the target layer (seed and finish only)
  Neuron, // Layer: 1 at channel a of the target layer (below 0: the most active one), at position b
          // (row-major; below 0: at every one), else 0
  X0,
  Y0, // data operand and output at the method's reference input
  Rise,
  Fall,    // what adds to X0 and what takes from it on the way to X: the parts of the change, see
           // OpWithInput
  ImageX0, // the reference input (finish only)
  ImageX,  // the network's input (rule at the input and finish only), same as X there
  Logits,  // the network's logits
  Target,  // one-hot of the target, Space::Logits
  HostileClass, // inside ForEachClass: one-hot of the current class, Space::Logits
  ClassCount,   // PerSample: number of classes other than the target in the per-call tensor `index`
  // Elementwise.
  Neg,
  Pos,
  NegPart,
  Abs,
  Sign,
  NonZero,
  Square,
  Sqrt,
  Exp,
  Sigmoid, // Pos = max(a,0), NegPart = min(a,0), NonZero = 1[a != 0]
  Add,
  Sub,
  Mul,
  Max,
  Min,
  Less,
  LessEqual,
  Greater,
  GreaterEqual,
  Equal,  // 0/1 masks in the operands' space
  Where,  // a != 0 ? b : c
  Divide, // a / b by `division`, epsilon = c
  Choose, // parameter `index` (a choice) == option `value` ? a : b, decided when the method is
          // compiled for a network
  // Reductions of a over the axes that `space` (PerSample, PerChannel, PerPixel) removes.
  ReduceSum,
  ReduceMean,
  ReduceMax,
  ReduceMin,
  CountNonZero,
  Percentile, // per sample; q (in percent) is operand b; nearest rank, see formulas e.1
  Entries,    // how many entries a has in each sample
  Principal,  // Layer: the positions' scores on the first principal component of its channels; sign
              // arbitrary
  Resize,     // a map resampled to the positions of the network's input, by ResizeMode `index`
  // The op at hand.
  Forward,   // LinearMap: forward(w = a, x = b), no bias
  Adjoint,   // LinearMap: adjoint(w = a, r = b) : In
  Correlate, // LinearMap: correlate(x = a, r = b) : SampleWeight
  ForwardOp, // any op: its own function at another input, forward(x' = a); bilinear: with Other' =
             // b
  Vjp, // any op: ordinary vector-Jacobian product of r = a at the input x' = b (b = kNone: at X);
       // bilinear: with Other' = c
  Interior,   // LinearMap: 1 at the output's positions, 0 on the border of one position around them
  WindowMean, // Selection: the mean of a over each window, padding not counted
  WindowMeanVjp,  // Selection: the derivative of WindowMean, r = a
  MapChannelMean, // Dense: the mean over channels of a, seen as the map that was flattened into x
  OverOperands,   // Merge: sum of a over all operands (a refers to X of each operand in turn)
  // Whole methods.
  Gradient,     // of <Logits, a> (a : Logits) at the target layer (Space::Layer) or at the input
                // (Space::In)
  LayerAt,      // the target layer's value where the network's input is a (Space::In)
  ForEachClass, // sum of a over the hostile classes of the per-call tensor `index` (all listed but
                // the target)
  Rollout,      // the matrix product of a (Tokens) over all attention layers, the last one first
  IdentityMatrix, // of the shape of a (Tokens)
  AtClasses,      // a (Logits) at the target layer's channels, one a class: PerChannel of it
  Blur, // a (a map of positions, PerPixel or Patches) by the binomial filter 1 2 1 along each axis,
        // over 4; zeros outside
  AtTokens,   // a (Patches) at the target layer's tokens: PerPixel of it; the tokens before the
              // patches get b
  ClassToken, // the first row of a (Tokens) without its first entry, as Patches; of a (Heads) as
              // HeadMaps
  Collected,  // finish: what was collected, per position of the input, put together by Fusion
              // `index`
  Map, // finish: the relevance (of stream `index`) that arrived at the input (Space::In) or target
       // layer (Space::Layer); step: the 2-D map so far (Space::PerPixel)
  // Repetitions (see Repeat). The first ones have a meaning only in the point of the runs or inside
  // RunSum, RunVariance, RunSoftmaxMean.
  Point, // where this run evaluates the network
  PointLogits,
  PointLayer, // logits and target layer of this run
  RunNumber,  // PerSample: number of this run, from 0
  QuadratureNode,
  QuadratureWeight, // PerSample: node and weight of this run on [0, 1] by the rule that parameter
                    // `index` (a choice) names
  Normal,
  Uniform, // this run's draws, N(0, 1) in `space` or uniform in [0, 1) PerSample; seed a, generator
           // stream `index`
  GivenImage, // this run's entry of the per-call tensor `index`; a where the call gives none
  WindowMask, // PerPixel or Patches: 1 inside this run's window of extent a, windows a step of b
              // apart, row-major, else 0; `index` says over what, see Extent
  GridMask,   // PerPixel: this run's random grid of a x a cells, each 1 with probability b, shifted
              // and interpolated; seed c
  ChannelMask,  // PerChannel: 1 at the target layer's channel of this run's number, else 0
  RunCount,     // PerSample: how many runs there are
  WindowCount,  // Scalar: how many windows of extent a there are at steps of b; `index` as
                // WindowMask
  ChannelCount, // Scalar: of the target layer
  RunSum,
  RunVariance,    // over all runs, of a; the variance is the biased one
  RunSoftmaxMean, // over all runs, of b, weighted by the softmax over runs of a (PerSample)
  BatchOf         // reserved
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
  Patches
}; // Patches: of the image, for which the target layer has tokens

using NodeId = uint16_t;
inline constexpr NodeId kNone = 0xffff;

struct Node {
  NodeKind kind{};
  Space space{};
  Division division{};
  uint8_t index = 0;
  NodeId a = kNone, b = kNone, c = kNone;
  double value = 0;
  constexpr bool operator==(const Node &) const = default;
};

/// When a row applies; all conditions of a row must hold. Rows are tried in the order written; the
/// first that matches wins.
enum class ConditionKind : uint8_t {
  FirstLayer,   // the first linear map: its data comes from the input through elementwise, Pad,
                // Flatten/Reshape or normalisation only
  LastLinear,   // the linear map nearest to the logits
  KernelIs,     // convolution whose kernel extent along its first spatial axis is `value`
  OptionIs,     // parameter `index` has option `value`
  Depthwise,    // convolution with groups == input channels
  SamePadding,  // convolution that pads its kernel's extent less one: TensorFlow's SAME
  FlattenedMap, // dense layer whose data is a flattened map
  Strided,      // convolution with a stride above 1 along some axis
  Enlarges,     // step: the activation at hand has more columns than the map so far
  BeforeStep,   // finish: a step refines the 2-D map
  InStream,     // the stream at hand is number `value` (a twin among the relevance's rows)
  HasBias,      // linear map with a bias
  ByConstant,   // merge of whose operands one alone depends on the network's input
  Attention,    // softmax over tokens whose result a bilinear op takes
  Follows // op whose data a layer of capability `value` gives, directly or through batch norm and
          // what rearranges
};
struct Condition {
  ConditionKind kind{};
  uint8_t index = 0;
  int64_t value = 0;
  bool negated = false;
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

/// A further quantity carried backwards beside the relevance (AGF: the gradient). Stream i of a
/// method is number i + 1 on the tape; it takes the ordinary derivative where it has no row. Its
/// rows read itself and streams before it, the main stream's rows read all: the walks could run one
/// after the other, the main one last, were there no joint ones.
struct Stream {
  std::string_view name;
  bool twin =
      false; // takes the relevance's rows, itself in place of R: relevance from another seed
  bool joint = false; // its rows read the relevance, too: the two are walked together
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

#endif // SALIENCY_RULES_LANGUAGE_TAPE_H
