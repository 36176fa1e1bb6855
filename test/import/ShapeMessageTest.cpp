// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Rules of operators that rearrange entries: reshapes and axes, parts and joins, padding.
#include "test/import/RefusedNode.h"

using namespace saliency;
using namespace saliency::test;

TEST(Messages, Shapes) {
  auto reshape = [](std::vector<int64_t> shape) {
    return [shape](TestModel &m) { m.ints("s", shape).node("Reshape", {"x", "s"}); };
  };
  expect({Bad, "a reshape keeps the number of entries, found extents [1, 4, 8, 8] to become [5]",
          reshape({5})});
  expect({Bad, "the new shape has extents and at most one -1, found [-1, -1]", reshape({-1, -1})});
  expect({Bad, "the new shape has extents and at most one -1, found [-2]", reshape({-2})});
  expect(
      {Bad, "the -1 of the new shape stands for a whole extent, found [3, -1]", reshape({3, -1})});
  expect({Bad, "a 0 in the new shape copies an extent of the data", reshape({1, 4, 8, 8, 0})});
  expect({Bad, "the new shape has as many entries as the data",
          reshape({int64_t(1) << 40, int64_t(1) << 40, -1})});
  expect({Bad, "the new shape must be a list of integers, found float32 with extents [1]",
          [](TestModel &m) {
            m.weights("s", {1});
            m.node("Reshape", {"x", "s"});
          }});
  expect({Unsupported, "the new shape must be constant, found computed value 'x'",
          [](TestModel &m) { m.node("Reshape", {"x", "x"}); }});
  expect({Bad, "the axis lies in [-4, 4], found 5",
          [](TestModel &m) { m.node("Flatten", {"x"}).i("axis", 5); }});
  expect({Bad,
          "a squeezed axis has extent 1, found 4 on axis 1",
          [](TestModel &m) { m.node("Squeeze", {"x"}).ints("axes", {1}); },
          {1, 4},
          11});
  expect({Bad, "axes are required, found none", [](TestModel &m) { m.node("Unsqueeze", {"x"}); }});
  expect({Bad,
          "axes are named once, found 0 twice in [0, 0]",
          [](TestModel &m) { m.node("Unsqueeze", {"x"}).ints("axes", {0, 0}); },
          {1, 4},
          11});
  expect({Bad, "perm names every axis of the data [1, 4, 8, 8], found [0, 1]",
          [](TestModel &m) { m.node("Transpose", {"x"}).ints("perm", {0, 1}); }});
  expect({Unsupported, "networks compute in float32, found a cast of data to int64",
          [](TestModel &m) { m.node("Cast", {"x"}).i("to", onnx::TensorProto::INT64); }});
  expect({Unsupported, "casts lead to numbers of 8 bits or more, found STRING",
          [](TestModel &m) { m.node("Cast", {"x"}).i("to", onnx::TensorProto::STRING); }});
}

TEST(Messages, Parts) {
  auto slice = [](std::vector<int64_t> starts, std::vector<int64_t> ends, std::vector<int64_t> axes,
                  std::vector<int64_t> steps) {
    return [=](TestModel &m) {
      m.ints("s", starts).ints("e", ends).ints("a", axes).ints("st", steps);
      m.node("Slice", {"x", "s", "e", "a", "st"});
    };
  };
  expect({Bad, "a step is not 0, found 0 on axis 2", slice({0}, {1}, {2}, {0})});
  expect({Bad, "an axis lies in [-4, 3], found 7", slice({0}, {1}, {7}, {1})});
  expect({Bad, "starts, ends, axes and steps have one length, found 1, 2, 1 and 1",
          slice({0}, {1, 2}, {1}, {1})});
  expect(
      {Unsupported, "results have entries, found extents [1, 4, 0, 8]", slice({3}, {3}, {2}, {1})});
  expect({Bad, "starts and ends are required, found none",
          [](TestModel &m) { m.node("Slice", {"x"}); }});
  auto split = [](TestModel &m) { return m.node("Split", {"x"}, {"y", "z", "u"}).i("axis", 1); };
  expect({Bad, "an axis of extent 4 must divide into the outputs, found 3",
          [&](TestModel &m) { split(m); }});
  expect({Bad,
          "split has one extent for each of 3 outputs, 4 in all, found [1, 1, 1]",
          [&](TestModel &m) { split(m).ints("split", {1, 1, 1}); },
          {1, 4},
          11});
  expect({Bad,
          "num_outputs is the number of outputs (3), found 2",
          [&](TestModel &m) { split(m).i("num_outputs", 2); },
          {1, 4},
          18});
  expect({Bad, "indices lie in [-4, 3], found 4", [](TestModel &m) {
            m.ints("i", {4});
            m.node("Gather", {"x", "i"}).i("axis", 1);
          }});
  expect({Bad, "indices are int32 or int64, found float32", [](TestModel &m) {
            m.weights("i", {1});
            m.node("Gather", {"x", "i"});
          }});
  expect({Unsupported, "results have entries, found none along axis 1", [](TestModel &m) {
            m.ints("i", {});
            m.node("Gather", {"x", "i"}).i("axis", 1);
          }});
  expect({Bad, "attribute 'axis' is required, found none",
          [](TestModel &m) { m.node("Concat", {"x", "x"}); }});
}

TEST(Messages, Padding) {
  auto pad = [](std::vector<int64_t> pads) {
    return [pads](TestModel &m) { m.ints("p", pads).node("Pad", {"x", "p"}); };
  };
  expect({Bad, "pads has two entries for each of 4 axes, found [1, 1]", pad({1, 1})});
  expect({Bad, "pads lie in [-2^30, 2^30]", pad({0, 0, 0, 0, 0, 0, 0, INT64_MIN})});
  expect({Bad, "negative padding leaves entries, found -5 and -3 on axis 2",
          pad({0, 0, -5, 0, 0, 0, -3, 0})});
  expect({Bad, "pads are required, found none", [](TestModel &m) { m.node("Pad", {"x"}); }});
  expect({Bad, "a mode of padding is one that ONNX defines, found 'mirror'", [](TestModel &m) {
            m.ints("p", {0, 0, 1, 1, 0, 0, 1, 1});
            m.node("Pad", {"x", "p"}).s("mode", "mirror");
          }});
  expect({Bad, "the padding's value is one number, found extents [2]", [](TestModel &m) {
            m.ints("p", {0, 0, 1, 1, 0, 0, 1, 1}).weights("v", {2});
            m.node("Pad", {"x", "p", "v"});
          }});
}

TEST(Messages, AbsurdResults) {
  constexpr int64_t big = int64_t(1) << 30;
  expect(
      {Bad,
       "a result has at most 1099511627776 entries, found extents [1, 4, 1073741832, 1073741832]",
       [](TestModel &m) { m.ints("p", {0, 0, big, big, 0, 0, 0, 0}).node("Pad", {"x", "p"}); }});
}
