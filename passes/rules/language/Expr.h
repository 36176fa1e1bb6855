// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Typed expressions over a tape. An expression is a pointer to the tape and a node number; its
// space is a type parameter, so a rule that mixes spaces does not compile, and says why. Building
// is hash-consing: writing a term twice gives one node.
#ifndef SALIENCY_RULES_LANGUAGE_EXPR_H
#define SALIENCY_RULES_LANGUAGE_EXPR_H

#include "passes/rules/language/Tape.h"

#include <concepts>

namespace saliency::rules {

/// Has no definition and is not constexpr: to call it ends a constant evaluation with an error.
void endConstantEvaluation();
/// A mistake of a method file in words. The compiler's error quotes this call with its message, and
/// then the line of the method file that led here.
constexpr void ruleError(const char *message) {
  if (message)
    endConstantEvaluation();
}

/// The tape while a method writes on it.
struct TapeBuilder {
  static constexpr unsigned capacity = 256;
  Node nodes[capacity] = {};
  uint16_t count = 0;

  constexpr NodeId intern(const Node &node) {
    for (unsigned i = count; i-- > 0;)
      if (nodes[i].kind == node.kind && nodes[i] == node)
        return NodeId(i);
    if (count == capacity)
      ruleError("saliency method: a tape holds at most 256 different nodes");
    nodes[count] = node;
    return count++;
  }
};

/// An expression in space S. For the reduced spaces PerChannel and PerPixel, `Base` is the space
/// that was reduced; elsewhere Base = S.
template <Space S, Space Base = S> struct Expr {
  static constexpr Space space = S;
  static constexpr Space base = Base;
  TapeBuilder *tape;
  NodeId id;

  template <std::same_as<bool> B> constexpr explicit operator B() const {
    static_assert(!std::same_as<B, bool>,
                  "saliency rule: a comparison gives a mask, not a yes or no: write where(mask, a, "
                  "b), and for options choose(...)");
    return false;
  }
};

constexpr bool isWeightSpace(Space space) {
  return space == Space::Weight || space == Space::SampleWeight;
}
/// Spaces with one entry per sample, channel and position.
constexpr bool isFullSpace(Space space) {
  return space == Space::In || space == Space::Out || space == Space::Logits ||
         space == Space::Layer || space == Space::Other || space == Space::Heads ||
         space == Space::Tokens || space == Space::Patches || space == Space::HeadMaps;
}

/// The space of an elementwise result; `exists` is false where the operands do not broadcast
/// against each other.
struct JoinedSpace {
  Space space, base;
  bool exists;
};
constexpr JoinedSpace joinSpaces(Space s, Space sBase, Space t, Space tBase) {
  if (s == t && sBase == tBase)
    return {s, sBase, true};
  if (t == Space::Scalar || (t == Space::PerSample && s != Space::Scalar && s != Space::Weight))
    return {s, sBase, true};
  if (s == Space::Scalar || (s == Space::PerSample && t != Space::Weight))
    return {t, tBase, true};
  // A reduced expression against the space it was reduced from, or against the other reduction of
  // it.
  if (sBase == tBase && isFullSpace(sBase))
    return {sBase, sBase, true};
  return {s, sBase, false};
}

/// True where an expression of space S (reduced from Base) is, or broadcasts to, the full space
/// `full`.
constexpr bool broadcastsTo(Space s, Space base, Space full) {
  return base == full || s == Space::Scalar || s == Space::PerSample;
}

namespace detail {
template <Space S, Space B> constexpr void isExprOf(const Expr<S, B> &) {}
template <Space S, Space B> constexpr Expr<S, B> toExpr(const Expr<S, B> &e) { return e; }
} // namespace detail

template <class T>
concept AnyExpr = requires(const T &e) { detail::isExprOf(e); };
template <class T>
concept Number = std::same_as<T, double> || std::same_as<T, int>;
template <class T>
concept Operand = AnyExpr<T> || Number<T>;

namespace detail {
template <Space S, Space Base = S> constexpr Expr<S, Base> makeNode(TapeBuilder *tape, Node node) {
  node.space = S;
  return {tape, tape->intern(node)};
}

constexpr Expr<Space::Scalar> constant(TapeBuilder *tape, double value) {
  return makeNode<Space::Scalar>(tape, {.kind = NodeKind::Constant, .value = value});
}

template <Operand T> constexpr auto lift(TapeBuilder *tape, const T &value) {
  if constexpr (AnyExpr<T>)
    return toExpr(value);
  else
    return constant(tape, double(value));
}

template <Operand A, Operand B> constexpr TapeBuilder *tapeOf(const A &a, const B &b) {
  if constexpr (AnyExpr<A>)
    return a.tape;
  else
    return b.tape;
}

template <AnyExpr A> constexpr auto unary(NodeKind kind, const A &a) {
  return makeNode<A::space, A::base>(a.tape, {.kind = kind, .a = a.id});
}

/// Joins two operands; `node` arrives with kind (and division) set.
template <Operand A, Operand B> constexpr auto binary(Node node, const A &a, const B &b) {
  TapeBuilder *tape = tapeOf(a, b);
  const auto l = lift(tape, a);
  const auto r = lift(tape, b);
  using L = decltype(l);
  using R = decltype(r);
  constexpr JoinedSpace joined = joinSpaces(L::space, L::base, R::space, R::base);
  static_assert(joined.exists, "saliency rule: the two sides of an elementwise operation must lie "
                               "in the same space, or one must be a scalar or a "
                               "reduction of the other; forward(w, x) brings In to Out, adjoint(w, "
                               "r) and vjp(r) bring Out to In");
  node.a = l.id;
  node.b = r.id;
  return makeNode<joined.space, joined.base>(tape, node);
}
} // namespace detail

template <class A, class B>
concept Operands = Operand<A> && Operand<B> && (AnyExpr<A> || AnyExpr<B>);

template <AnyExpr A> constexpr auto operator-(const A &a) {
  return detail::unary(NodeKind::Neg, a);
}

template <class A, class B>
  requires Operands<A, B>
constexpr auto operator+(const A &a, const B &b) {
  return detail::binary({.kind = NodeKind::Add}, a, b);
}
template <class A, class B>
  requires Operands<A, B>
constexpr auto operator-(const A &a, const B &b) {
  return detail::binary({.kind = NodeKind::Sub}, a, b);
}
template <class A, class B>
  requires Operands<A, B>
constexpr auto operator*(const A &a, const B &b) {
  return detail::binary({.kind = NodeKind::Mul}, a, b);
}
/// Plain division. Where the denominator can come near zero, choose one of the named divisions of
/// Vocabulary.h.
template <class A, class B>
  requires Operands<A, B>
constexpr auto operator/(const A &a, const B &b) {
  return detail::binary({.kind = NodeKind::Divide, .division = Division::Plain}, a, b);
}
template <class A, class B>
  requires Operands<A, B>
constexpr auto operator<(const A &a, const B &b) {
  return detail::binary({.kind = NodeKind::Less}, a, b);
}
template <class A, class B>
  requires Operands<A, B>
constexpr auto operator<=(const A &a, const B &b) {
  return detail::binary({.kind = NodeKind::LessEqual}, a, b);
}
template <class A, class B>
  requires Operands<A, B>
constexpr auto operator>(const A &a, const B &b) {
  return detail::binary({.kind = NodeKind::Greater}, a, b);
}
template <class A, class B>
  requires Operands<A, B>
constexpr auto operator>=(const A &a, const B &b) {
  return detail::binary({.kind = NodeKind::GreaterEqual}, a, b);
}
template <class A, class B>
  requires Operands<A, B>
constexpr auto operator==(const A &a, const B &b) {
  return detail::binary({.kind = NodeKind::Equal}, a, b);
}
template <class A, class B>
  requires Operands<A, B>
constexpr auto operator!=(const A &a, const B &b) {
  return 1 - (a == b);
}

} // namespace saliency::rules

#endif // SALIENCY_RULES_LANGUAGE_EXPR_H
