// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The facts of the sign analysis: which signs the entries of a tensor may have.
#ifndef SALIENCY_INTERFACES_SIGN_H
#define SALIENCY_INTERFACES_SIGN_H

#include <cstdint>

namespace llvm {
class raw_ostream;
}

namespace saliency {

/// A set of possible signs of a tensor's entries. NaN is outside the lattice: a fact says nothing
/// about NaN entries.
class Sign {
public:
  static constexpr Sign none() { return Sign(0); }
  static constexpr Sign zero() { return Sign(kZero); }
  static constexpr Sign nonNegative() { return Sign(kZero | kPositive); }
  static constexpr Sign nonPositive() { return Sign(kZero | kNegative); }
  static constexpr Sign positive() { return Sign(kPositive); }
  static constexpr Sign negative() { return Sign(kNegative); }
  static constexpr Sign unknown() { return Sign(kZero | kPositive | kNegative); }
  /// The fact of one number.
  static constexpr Sign of(double value) {
    return Sign(value > 0 ? kPositive : value < 0 ? kNegative : kZero);
  }

  constexpr bool mayBePositive() const { return bits & kPositive; }
  constexpr bool mayBeNegative() const { return bits & kNegative; }
  constexpr bool mayBeZero() const { return bits & kZero; }
  constexpr bool isNonNegative() const { return bits && !mayBeNegative(); }
  constexpr bool isNonPositive() const { return bits && !mayBePositive(); }
  constexpr bool isUninitialized() const { return bits == 0; }

  constexpr Sign join(Sign other) const { return Sign(bits | other.bits); }
  constexpr Sign operator-() const {
    return Sign((bits & kZero) | (mayBePositive() ? kNegative : 0) |
                (mayBeNegative() ? kPositive : 0));
  }
  /// Sums may cancel or, for tiny summands of equal sign, stay what they are; a sum of equal signs
  /// keeps that sign.
  constexpr Sign operator+(Sign other) const {
    bool positive = mayBePositive() || other.mayBePositive(),
         negative = mayBeNegative() || other.mayBeNegative();
    bool zero = (mayBeZero() && other.mayBeZero()) || (positive && negative);
    return Sign((positive ? kPositive : 0) | (negative ? kNegative : 0) | (zero ? kZero : 0));
  }
  /// Products may underflow to zero.
  constexpr Sign operator*(Sign other) const {
    bool positive =
        (mayBePositive() && other.mayBePositive()) || (mayBeNegative() && other.mayBeNegative());
    bool negative =
        (mayBePositive() && other.mayBeNegative()) || (mayBeNegative() && other.mayBePositive());
    return bits && other.bits
               ? Sign((positive ? kPositive : 0) | (negative ? kNegative : 0) | kZero)
               : none();
  }
  /// A divisor that may be zero, of either sign, gives infinities of both.
  constexpr Sign operator/(Sign other) const {
    return *this != zero() && bits && other.mayBeZero() ? unknown() : *this * other;
  }
  /// As a factor of a sum over entries that may be absent (padding, empty windows).
  constexpr Sign orZero() const { return Sign(bits | kZero); }

  constexpr bool operator==(const Sign &) const = default;
  void print(llvm::raw_ostream &os) const;

private:
  static constexpr uint8_t kZero = 1, kPositive = 2, kNegative = 4;
  constexpr explicit Sign(uint8_t bits) : bits(bits) {}
  uint8_t bits;
};

/// The fact of max(x, low).
constexpr Sign raised(Sign x, double low) {
  Sign sign = Sign::none();
  if (x.mayBePositive())
    sign = sign.join(Sign::positive());
  if (x.mayBeZero())
    sign = sign.join(low > 0 ? Sign::positive() : Sign::zero());
  if (x.mayBeNegative())
    sign = sign.join(low >= 0 ? Sign::of(low) : Sign::negative());
  return sign;
}

/// The fact of a function that keeps the sign where x is not negative and gives `below` elsewhere.
constexpr Sign withNegative(Sign x, Sign below) {
  Sign sign = x.mayBeNegative() ? below : Sign::none();
  if (x.mayBeZero())
    sign = sign.join(Sign::zero());
  return x.mayBePositive() ? sign.join(Sign::positive()) : sign;
}

} // namespace saliency

#endif // SALIENCY_INTERFACES_SIGN_H
