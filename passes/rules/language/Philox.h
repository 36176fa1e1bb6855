// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Philox4x32-10, the counter-based generator of Salmon, Moraes, Dror, Shaw 2011 ("Parallel random
// numbers: as easy as 1, 2, 3", SC11, section 3.3): every draw is a function of its own number, so
// that order, threads and batches do not matter.
#ifndef SALIENCY_RULES_LANGUAGE_PHILOX_H
#define SALIENCY_RULES_LANGUAGE_PHILOX_H

#include <array>
#include <cstdint>

namespace saliency::rules {

/// Four words of 32 random bits for a counter and a key. `Word` is a 32-bit number: uint32_t here,
/// a value in emitted code there; it has `^`, and the two halves of its product with a constant,
/// found by argument-dependent lookup where it is a class.
template <class Word> std::array<Word, 4> philox4x32(std::array<Word, 4> counter, uint64_t key) {
  constexpr uint32_t multiplier0 = 0xD2511F53, multiplier1 = 0xCD9E8D57;
  constexpr uint32_t weyl0 = 0x9E3779B9, weyl1 = 0xBB67AE85; // golden ratio, sqrt(3) - 1
  uint32_t key0 = uint32_t(key), key1 = uint32_t(key >> 32);
  for (int round = 0; round < 10; ++round) {
    const Word high0 = highProduct(counter[0], multiplier0),
               low0 = lowProduct(counter[0], multiplier0);
    const Word high1 = highProduct(counter[2], multiplier1),
               low1 = lowProduct(counter[2], multiplier1);
    counter = {high1 ^ counter[1] ^ key0, low1, high0 ^ counter[3] ^ key1, low0};
    key0 += weyl0;
    key1 += weyl1;
  }
  return counter;
}

/// A 32-bit number on this machine.
struct HostWord {
  uint32_t bits = 0;
  friend HostWord operator^(HostWord a, HostWord b) { return {a.bits ^ b.bits}; }
  friend HostWord operator^(HostWord a, uint32_t b) { return {a.bits ^ b}; }
  friend HostWord highProduct(HostWord a, uint32_t b) {
    return {uint32_t(uint64_t(a.bits) * b >> 32)};
  }
  friend HostWord lowProduct(HostWord a, uint32_t b) { return {a.bits * b}; }
};

/// Which draws: their entry (row-major), the run, and a stream of their own for each use. The seed
/// is the generator's key.
struct DrawNumber {
  uint32_t entry = 0, run = 0, stream = 0;
};
inline std::array<HostWord, 4> drawBits(const DrawNumber &number, uint64_t seed) {
  return philox4x32<HostWord>(
      {HostWord{number.entry}, HostWord{number.run}, HostWord{number.stream}, HostWord{0}}, seed);
}

/// The 24 high bits of the first word, as a fraction: uniform in [0, 1).
double drawUniform(const DrawNumber &number, uint64_t seed);
/// Box and Muller 1958: sqrt(-2 ln u) cos(2 pi v), u in (0, 1] from the first word, v in [0, 1)
/// from the second, 24 bits each.
double drawNormal(const DrawNumber &number, uint64_t seed);

} // namespace saliency::rules

#endif // SALIENCY_RULES_LANGUAGE_PHILOX_H
