// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "test/passes/contraction/RandomForms.h"

#include <algorithm>

namespace saliency::test {
namespace {

class Draw {
public:
  explicit Draw(uint64_t seed) : engine(seed) {}

  int64_t from(int64_t low, int64_t high) {
    return low + int64_t(engine() % uint64_t(high - low + 1));
  }
  bool chance(int64_t percent) { return from(1, 100) <= percent; }

  Conv conv() {
    Conv conv{.h = from(1, 9), .w = from(1, 17), .c = 1, .k = 1};
    conv.n = chance(20) ? 2 : 1;
    conv.kernel = chance(30) ? 1 : from(2, 3);
    conv.stride = chance(30) ? 2 : 1;
    conv.dilation = chance(20) ? 2 : 1;
    conv.groups = chance(20) ? from(2, 3) : 1;
    conv.c = from(1, 19) * conv.groups;
    conv.k = from(1, 41) * conv.groups;
    return conv;
  }

  /// Every loop walks through a random choice of the operands, in any order.
  Form einsum() {
    Form form;
    form.name = "einsum";
    int64_t count = from(2, 5);
    std::array<std::vector<int64_t>, 3> members;
    for (int64_t d = 0; d < count; ++d) {
      form.dims.push_back("d" + std::to_string(d));
      form.extents.push_back(from(1, chance(30) ? 33 : 7));
      int64_t in = from(1, 7);
      if (in == 4) // in the output alone: a broadcast of the product
        in = 7;
      for (unsigned i = 0; i < 3; ++i)
        if (in >> i & 1)
          members[i].push_back(d);
      form.reduction.push_back(!(in >> 2 & 1));
    }
    for (unsigned i = 0; i < 3; ++i) {
      std::shuffle(members[i].begin(), members[i].end(), engine);
      for (int64_t d : members[i]) {
        form.maps[i] += (form.maps[i].empty() ? "" : ", ") + form.dims[d];
        form.shapes[i].push_back(form.extents[d]);
      }
      if (members[i].empty()) {
        form.maps[i] = "0";
        form.shapes[i] = {1};
      }
    }
    return form;
  }

  Form form() {
    Conv c = conv();
    switch (from(0, 9)) {
    case 0:
      c.sumLast = chance(30);
      if (!c.sumLast && chance(60)) {
        c.block = int64_t(1) << from(0, 5);
        c.k = c.groups * c.block * from(1, 3);
      }
      return convolution(c);
    case 1:
      return adjoint(c);
    case 2:
      return correlation(c);
    case 3:
      c.groups = 1;
      return depthwise(c);
    case 4:
      c.groups = 1;
      return depthwiseCorrelation(c);
    case 5:
      c.groups = 1;
      return channelsFirst(c);
    case 6:
      return matmul(from(1, 2), from(1, 40), from(1, 70), from(1, 40), chance(50), chance(50));
    case 7:
      c.groups = 1;
      return phasedAdjoint(c);
    case 8:
      return gemv(from(1, 70), from(1, 70), chance(50));
    default:
      return einsum();
    }
  }

  /// Gaps between rows, as of a view on a larger tensor.
  void spread(Form &form) {
    for (unsigned i = 0; i < 3; ++i) {
      int64_t stride = 1;
      form.strides[i].assign(form.shapes[i].size(), 0);
      for (size_t d = form.shapes[i].size(); d-- > 0;) {
        form.strides[i][d] = stride;
        stride = stride * form.shapes[i][d] + from(0, 3);
      }
      form.offsets[i] = from(0, 5);
    }
  }

private:
  std::mt19937_64 engine;
};

} // namespace

Form randomForm(uint64_t seed) {
  Draw draw(seed);
  Form form = draw.form();
  if (draw.chance(30))
    draw.spread(form);
  form.zeroFill = draw.chance(60);
  if (draw.chance(20))
    form.lhsFactor = "    %n = arith.negf %a : f32\n"
                     "    %f = arith.addf %n, %a2 : f32\n";
  if (draw.chance(20))
    form.rhsFactor = "    %l = arith.constant 0.0 : f32\n"
                     "    %g = arith.maximumf %b, %l : f32\n";
  if (!form.lhsFactor.empty())
    form.lhsFactor = "    %a2 = arith.mulf %a, %a : f32\n" + form.lhsFactor;
  if (draw.chance(30))
    form.attributes = "saliency.parallel";
  return form;
}

} // namespace saliency::test
