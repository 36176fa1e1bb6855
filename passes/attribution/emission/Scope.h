// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The state in which an expression is emitted: at which place of the network, where in the program,
// and what has been emitted there already. The emitters of the single words of the rule language
// (Emitters.h) are functions of a scope and a node.
//
// A word that evaluates its operand elsewhere (at each operand of a merge, inside a loop, without
// the bias) opens a guard, which puts the scope back as it was when it goes out of scope itself.
#ifndef SALIENCY_ATTRIBUTION_EMISSION_SCOPE_H
#define SALIENCY_ATTRIBUTION_EMISSION_SCOPE_H

#include "passes/attribution/binding/BoundMethod.h"
#include "passes/attribution/emission/Place.h"
#include "passes/attribution/emission/Sources.h"

namespace saliency {

/// What a node of an expression comes to: a tensor, or a number that takes the shape of what it
/// meets.
struct Term {
  mlir::Value value;
  double number = 0;
  bool isNumber() const { return !value; }
};

class Scope {
public:
  Scope(const BoundMethod &method, ExpressionSources &sources, mlir::OpBuilder &builder,
        Place place)
      : method(method), sources(sources), at(std::move(place)), current(&builder) {}
  Scope(const Scope &) = delete;

  const BoundMethod &method;
  ExpressionSources &sources;

  const rules::MethodTable &table() const { return method.getTable(); }
  const rules::Node &node(rules::NodeId id) const { return table().node(id); }
  mlir::OpBuilder &builder() const { return *current; }
  const AnyPlace &place() const { return *partOf<AnyPlace>(at); }
  mlir::Location loc() const { return place().loc; }
  /// The place as one that has this part, or null.
  template <class Part> const Part *placeAs() const { return partOf<Part>(at); }
  /// A part's field; null or false at places without the part: read(&AtOp::y).
  template <class Part, class Field> Field read(Field Part::*field) const {
    const Part *part = partOf<Part>(at);
    return part ? part->*field : Field();
  }
  /// The layer at hand, null where there is none, and its output.
  mlir::Operation *layer() const { return read(&AtOp::layer); }
  mlir::Value y() const;
  /// One-hot of the class at hand in a sum over classes, null elsewhere.
  mlir::Value classAtHand() const { return oneHot; }
  /// Whether expressions are evaluated as if the layer had no bias.
  bool leavesOutBias() const { return withoutBias; }

  /// What a node comes to, emitted once.
  mlir::FailureOr<Term> term(rules::NodeId id);
  /// ... as a tensor of `shape`.
  mlir::FailureOr<mlir::Value> value(rules::NodeId id, llvm::ArrayRef<int64_t> shape);
  /// ... as the number that it is once the method is bound to its parameters; reports a tensor.
  mlir::FailureOr<double> number(rules::NodeId id);
  /// The number of an operand that may be left out, 0 without it.
  mlir::FailureOr<double> numberOrZero(rules::NodeId id) {
    return id == rules::kNone ? mlir::FailureOr<double>(0.0) : number(id);
  }
  /// A root of an expression, broadcast to `shape` where that is not empty.
  mlir::FailureOr<mlir::Value> emit(rules::NodeId id, llvm::ArrayRef<int64_t> shape);

  /// `term` as a tensor of `shape`; a per-sample value of lower rank gains trailing axes.
  mlir::Value tensor(const Term &term, llvm::ArrayRef<int64_t> shape);
  /// The result of a new op at this place.
  template <class Op, class... Arguments> mlir::Value make(Arguments &&...arguments) {
    return Op::create(*current, loc(), std::forward<Arguments>(arguments)...)->getResult(0);
  }
  mlir::DenseI64ArrayAttr list(llvm::ArrayRef<int64_t> entries) const {
    return current->getDenseI64ArrayAttr(entries);
  }
  mlir::Value reshape(mlir::Value value, llvm::ArrayRef<int64_t> shape) {
    return make<ReshapeOp>(value, list(shape));
  }
  mlir::Value reduce(mlir::Value value, Reduction kind, llvm::ArrayRef<int64_t> axes) {
    return make<ReduceOp>(value, ReductionAttr::get(current->getContext(), kind), list(axes));
  }
  mlir::Value splat(llvm::ArrayRef<int64_t> shape, double entry);
  mlir::Value constant(llvm::ArrayRef<int64_t> shape, llvm::ArrayRef<float> entries);

  /// Reports a mistake in words at this place.
  mlir::LogicalResult error(const llvm::Twine &message) const;

private:
  using Memo = llvm::DenseMap<unsigned, Term>;

  Place at;
  mlir::OpBuilder *current;
  Memo memo; // what each node came to here
  mlir::Value oneHot;
  bool withoutBias = false;

public:
  /// While it lives, expressions are evaluated at another place.
  class Moved {
  public:
    Moved(Scope &scope, Place place) : scope(scope), at(std::move(place)) { swap(); }
    ~Moved() { swap(); }
    Moved(const Moved &) = delete;

  private:
    void swap() {
      std::swap(scope.at, at);
      std::swap(scope.memo, memo);
    }
    Scope &scope;
    Place at;
    Memo memo; // empty at first: nothing is known at the other place
  };

  /// While it lives, ops are made in a region inside the current one: what is known outside is
  /// known there, what is made there is forgotten behind it.
  class Nested {
  public:
    Nested(Scope &scope, mlir::OpBuilder &inside)
        : scope(scope), outer(scope.current), memo(scope.memo) {
      scope.current = &inside;
    }
    ~Nested() {
      scope.current = outer;
      scope.memo = std::move(memo);
    }
    Nested(const Nested &) = delete;

  private:
    Scope &scope;
    mlir::OpBuilder *outer;
    Memo memo;
  };

  /// While it lives, an expression's class is this one. Stands inside a Nested, since what depends
  /// on a class is not remembered for the next one.
  class OfClass {
  public:
    OfClass(Scope &scope, mlir::Value oneHot) : scope(scope), outer(scope.oneHot) {
      scope.oneHot = oneHot;
    }
    ~OfClass() { scope.oneHot = outer; }
    OfClass(const OfClass &) = delete;

  private:
    Scope &scope;
    mlir::Value outer;
  };

  /// While it lives, expressions are evaluated as if the layer at hand had no bias.
  class WithoutBias {
  public:
    explicit WithoutBias(Scope &scope) : scope(scope) { swap(); }
    ~WithoutBias() { swap(); }
    WithoutBias(const WithoutBias &) = delete;

  private:
    void swap() {
      std::swap(scope.withoutBias, leftOut);
      std::swap(scope.memo, memo);
    }
    Scope &scope;
    bool leftOut = true;
    Memo memo; // empty at first: what is known was made with the bias
  };
};

} // namespace saliency

#endif // SALIENCY_ATTRIBUTION_EMISSION_SCOPE_H
