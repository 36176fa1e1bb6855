// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The contractions of forward and backward code, as linalg.generic on memrefs.
#ifndef SALIENCY_TEST_PASSES_CONTRACTION_FORMS_H
#define SALIENCY_TEST_PASSES_CONTRACTION_FORMS_H

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace saliency::test {

/// out[maps[2]] += lhs[maps[0]] * rhs[maps[1]] over `extents`.
struct Form {
  std::string name;
  /// Names of the loops and whether each is a reduction.
  std::vector<std::string> dims;
  std::vector<int64_t> extents;
  std::vector<bool> reduction;
  std::array<std::string, 3> maps;
  std::array<std::vector<int64_t>, 3> shapes;
  /// Element strides of a memref, if not row-major.
  std::array<std::vector<int64_t>, 3> strides = {};
  std::array<int64_t, 3> offsets = {0, 0, 0};
  /// Elementwise ops on %a, giving %f; and on %b, giving %g.
  std::string lhsFactor = "", rhsFactor = "";
  bool zeroFill = true;
  /// Attributes of the op, such as "saliency.parallel".
  std::string attributes = "";

  std::string module() const;
  /// Floats in the buffer of operand i.
  int64_t elements(unsigned i) const;
  double flops() const;
};

struct Conv {
  int64_t n = 1, h, w, c, k, kernel = 3, stride = 1, dilation = 1;
  int64_t groups = 1;
  /// Channels of a weight panel [K/block][kh][kw][C][block]; 0: [kh][kw][C][K].
  int64_t block = 0;
  /// Weights with the summed channels last: lanes of partial sums.
  bool sumLast = false;

  int64_t inputRows() const { return (h - 1) * stride + span(); }
  int64_t inputColumns() const { return (w - 1) * stride + span(); }
  int64_t span() const { return (kernel - 1) * dilation + 1; }
};

/// y[oh,ow,k] += x[oh*s+kh*d, ow*s+kw*d, c] * W[kh,kw,c,k]; h and w are of y.
Form convolution(const Conv &conv);
/// x'[oh*s+kh*d, ow*s+kw*d, c] += R[oh,ow,k] * W[kh,k,kw,c]: strided adjoint.
Form adjoint(const Conv &conv);
/// The same sums element by element, one phase (ph, pw) of the input's grid at
/// a time: x'[ih,ph,iw,pw,c] += R[ih+th, iw+tw, k] * W[ph,pw,c,th,tw,k], R with a
/// border, W flipped and filled up with zeros to a multiple of s.
Form phasedAdjoint(const Conv &conv);
/// V[kh,kw,c,k] += x[oh*s+kh*d, ow*s+kw*d, c] * R[oh,ow,k].
Form correlation(const Conv &conv);
/// y[oh,ow,c] += x[oh*s+kh*d, ow*s+kw*d, c] * W[kh,kw,c].
Form depthwise(const Conv &conv);
/// V[kh,kw,c] += x[oh*s+kh*d, ow*s+kw*d, c] * R[oh,ow,c].
Form depthwiseCorrelation(const Conv &conv);
/// Channels-first, unpacked: y[k,oh,ow] += x[c,oh*s+kh,ow*s+kw] * W[k,c,kh,kw].
Form channelsFirst(const Conv &conv);
/// C[b,m,n] += A[b,m,k] * B[b,k,n], each operand transposed on request.
Form matmul(int64_t batch, int64_t m, int64_t n, int64_t k, bool transposeA = false,
            bool transposeB = false);
/// y[m] += W[m,k] * x[k], or W[k,m].
Form gemv(int64_t m, int64_t k, bool transpose);

} // namespace saliency::test

#endif // SALIENCY_TEST_PASSES_CONTRACTION_FORMS_H
