// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The emit reader of the rule language: a tape's expressions become ops. It knows node kinds, not
// methods and not ops.
#ifndef SALIENCY_ATTRIBUTION_EMISSION_EMITEXPRESSION_H
#define SALIENCY_ATTRIBUTION_EMISSION_EMITEXPRESSION_H

#include "dialect/SaliencyDialect.h"
#include "passes/attribution/binding/BoundMethod.h"
#include "passes/attribution/emission/RelevanceTerm.h"
#include "llvm/ADT/DenseMap.h"

#include <optional>

namespace saliency {

/// One run of a repetition, where an expression is emitted inside it; behind all runs only their
/// number is left.
struct Run {
  mlir::Value number, count;         // index
  std::optional<int64_t> fixedCount; // where no call changes it
  mlir::Value point, logits,
      layer; // where the network is evaluated, and what it gives there; null before that
};

/// What terminals stand for where an expression is emitted. Absent terminals are null.
struct ExpressionContext {
  mlir::Location loc;
  mlir::Operation *layer =
      nullptr;          // the layer at hand: Forward, Adjoint, Correlate, Vjp, W, B, Gamma ...
  unsigned operand = 0; // its operand at hand
  mlir::Value x, y;     // data operand, output
  llvm::SmallVector<mlir::Value, 1> r =
      {}; // relevance (of the slice, of the use at hand), then the further streams
  llvm::ArrayRef<ExpressionContext> peers; // contexts of all operands of a merge or uses of a fork
  mlir::Value image, logits, layerValue, target;    // whole-method terminals; target: one-hot
  llvm::SmallVector<mlir::Value, 1> map = {};       // what arrived at the input, by stream
  mlir::Value x0 = {}, y0 = {}, image0 = {};        // at the reference input
  llvm::SmallVector<mlir::Value, 0> collected = {}; // maps of the input's positions
  mlir::Value map2d = {};                           // steps: the 2-D map so far
  bool isBottleneck = false;                        // all relevance passes through y
  const Run *run = nullptr;                         // of a method that repeats
  const llvm::DenseMap<unsigned, mlir::Value> *sums = nullptr; // by node: what the runs added up to
};

/// Answers what an expression asks of the network beyond the op at hand.
class ExpressionSources {
public:
  virtual ~ExpressionSources() = default;
  /// Gradient of <logits, weights> at the target layer or at the input.
  virtual mlir::FailureOr<mlir::Value> gradient(mlir::OpBuilder &builder, mlir::Value weights,
                                                bool atLayer) = 0;
  /// The target layer's value where the network's input is `input`.
  virtual mlir::FailureOr<mlir::Value> layerAt(mlir::OpBuilder &builder, mlir::Value input) = 0;
  /// Sum of `body` over the classes of per-call tensor `tensor` that are not the target; `body`
  /// gets a class's one-hot.
  virtual mlir::FailureOr<mlir::Value> sumOverClasses(
      mlir::OpBuilder &builder, mlir::Location loc, unsigned tensor, mlir::RankedTensorType type,
      llvm::function_ref<mlir::FailureOr<mlir::Value>(mlir::OpBuilder &, mlir::Value oneHot)>
          body) = 0;
  /// How many classes sumOverClasses adds up: N x 1.
  virtual mlir::FailureOr<mlir::Value> countClasses(mlir::OpBuilder &builder, mlir::Location loc,
                                                    unsigned tensor) = 0;
  /// What expressions read of each attention layer, first to last: its input, output and streams.
  virtual llvm::SmallVector<ExpressionContext, 0> attention() = 0;
  /// The target layer at the network's own input, also in a run.
  virtual mlir::Value layerAtInput() = 0;
  /// Rows and columns of the image's patches, which are `count`.
  virtual std::optional<std::pair<int64_t, int64_t>> patchGrid(int64_t count) = 0;
  /// What adds to `value` and what takes from it on the way from the reference input.
  virtual std::pair<mlir::Value, mlir::Value> changeParts(mlir::OpBuilder &builder,
                                                          mlir::Value value) = 0;
  /// Per-call tensor `tensor` as the call gives it; its first extent is 0 where it does not.
  virtual mlir::Value callTensor(unsigned tensor) = 0;
};

class ExpressionEmitter {
public:
  ExpressionEmitter(const BoundMethod &method, ExpressionSources &sources)
      : method(method), sources(sources) {}

  /// Emits node `id` at the builder's place, broadcast to `shape` where that is not empty. Failure
  /// is reported at the context's location.
  mlir::FailureOr<mlir::Value> emit(mlir::OpBuilder &builder, rules::NodeId id,
                                    const ExpressionContext &context,
                                    llvm::ArrayRef<int64_t> shape);
  /// The number that node `id` is once the method is bound to its parameters; reports other values.
  mlir::FailureOr<double> evaluate(mlir::OpBuilder &builder, rules::NodeId id,
                                   const ExpressionContext &context);
  /// A row's result, emitted just before, by the units of the op's output; none where a part of it
  /// has no such form.
  mlir::FailureOr<std::optional<RelevanceTerms>> terms(mlir::OpBuilder &builder, rules::NodeId id,
                                                       const ExpressionContext &context);

private:
  friend class TermCollector;
  /// A tensor, or a number that takes the shape of what it meets.
  struct Term {
    mlir::Value value;
    double number = 0;
    bool isNumber() const { return !value; }
  };
  using Memo = llvm::DenseMap<unsigned, Term>;

  mlir::FailureOr<Term> term(rules::NodeId id);
  mlir::FailureOr<Term> build(const rules::Node &node);
  mlir::FailureOr<Term> terminal(const rules::Node &node);
  mlir::FailureOr<Term> elementwise(const rules::Node &node);
  mlir::FailureOr<Term> unary(const rules::Node &node);
  mlir::FailureOr<Term> divide(const rules::Node &node);
  mlir::FailureOr<Term> reduce(const rules::Node &node);
  mlir::FailureOr<Term> linear(const rules::Node &node);
  mlir::FailureOr<Term> derivative(const rules::Node &node);
  mlir::FailureOr<Term> principal(const rules::Node &node);
  mlir::FailureOr<Term> resize(const rules::Node &node);
  mlir::FailureOr<Term> entries(const rules::Node &node);
  mlir::FailureOr<Term> interior();
  mlir::FailureOr<Term> neuron(const rules::Node &node);
  mlir::FailureOr<Term> fuse(const rules::Node &node);
  mlir::FailureOr<Term> windowMean(const rules::Node &node);
  mlir::FailureOr<Term> mapChannelMean(const rules::Node &node);
  mlir::FailureOr<Term> overOperands(const rules::Node &node);
  mlir::FailureOr<Term> overClasses(const rules::Node &node);
  mlir::FailureOr<Term> rollout(const rules::Node &node);
  mlir::FailureOr<Term> identityMatrix(const rules::Node &node);
  mlir::FailureOr<Term> classToken(const rules::Node &node);
  /// The image's patches among the target layer's tokens, and how many tokens stand before them.
  struct TokenGrid {
    int64_t before, rows, columns;
  };
  mlir::FailureOr<TokenGrid> tokenGrid();
  mlir::FailureOr<Term> atClasses(const rules::Node &node);
  mlir::FailureOr<Term> atTokens(const rules::Node &node);
  mlir::FailureOr<Term> blurred(const rules::Node &node);
  mlir::FailureOr<Term> headMaps(mlir::Value matrices);
  mlir::FailureOr<Term> reduceTokens(const rules::Node &node, mlir::Value value);
  mlir::FailureOr<Term> parameter(const rules::Node &node);
  mlir::FailureOr<Term> layerData(const rules::Node &node);
  mlir::Value otherOperand() const;
  llvm::SmallVector<int64_t> featureAxes() const;
  bool isUsedElsewhere() const;
  mlir::FailureOr<Term> ofRun(const rules::Node &node);
  mlir::FailureOr<Term> quadrature(const rules::Node &node);
  mlir::FailureOr<Term> draw(const rules::Node &node);
  mlir::FailureOr<Term> givenImage(const rules::Node &node);
  mlir::FailureOr<Term> runMask(const rules::Node &node);
  mlir::FailureOr<Term> channelMask();
  mlir::FailureOr<double> number(rules::NodeId id);
  mlir::Value perSample(mlir::Value scalar);
  mlir::FailureOr<Term> perChannel(mlir::Value value);
  mlir::LogicalResult join(llvm::SmallVectorImpl<int64_t> &shape,
                           llvm::ArrayRef<int64_t> own) const;
  mlir::Value tensor(const Term &term, llvm::ArrayRef<int64_t> shape);
  mlir::Value mask(mlir::Value condition);
  bool dependsOnHostileClass(rules::NodeId id) const;
  void emitIndependent(rules::NodeId id, mlir::LogicalResult &result);
  mlir::FailureOr<mlir::Value> withoutBias(rules::NodeId id, llvm::ArrayRef<int64_t> shape);
  mlir::Value outputWithoutBias();
  mlir::LogicalResult error(const llvm::Twine &message) const;

  const BoundMethod &method;
  ExpressionSources &sources;
  // State of one emit() call.
  mlir::OpBuilder *builder = nullptr;
  const ExpressionContext *context = nullptr;
  Memo memo;
  mlir::Value hostileClass;
  bool leavesOutBias = false;
};

} // namespace saliency

#endif // SALIENCY_ATTRIBUTION_EMISSION_EMITEXPRESSION_H
