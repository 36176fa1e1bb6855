// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Rules of operators that slide a window: its extents and padding, convolutions, pools.
#include "test/import/RefusedNode.h"

using namespace saliency;
using namespace saliency::test;

TEST(Messages, Windows) {
  expect({Bad, "pads lie in [0, 1073741824], found [0, -1, 0, 0]",
          [](TestModel &m) { conv(m).ints("pads", {0, -1, 0, 0}); }});
  expect({Bad, "pads has 4 entries for this data, found [1, 1]",
          [](TestModel &m) { conv(m).ints("pads", {1, 1}); }});
  expect({Bad, "strides lie in [1, 1073741824], found [0, 1]",
          [](TestModel &m) { conv(m).ints("strides", {0, 1}); }});
  expect({Bad, "dilations lie in",
          [](TestModel &m) { conv(m).ints("dilations", {1, int64_t(1) << 40}); }});
  expect({Bad, "kernel_shape is the weights' kernel [3, 3], found [3, 5]",
          [](TestModel &m) { conv(m).ints("kernel_shape", {3, 5}); }});
  expect({Bad, "auto_pad is NOTSET, SAME_UPPER, SAME_LOWER or VALID, found 'SAME'",
          [](TestModel &m) { conv(m).s("auto_pad", "SAME"); }});
  expect({Bad, "pads and auto_pad exclude each other, found pads [1, 1, 1, 1] and auto_pad 'VALID'",
          [](TestModel &m) { conv(m).s("auto_pad", "VALID").ints("pads", {1, 1, 1, 1}); }});
  expect({Bad, "the window fits into the padded data",
          [](TestModel &m) { conv(m).ints("dilations", {4, 4}); }});
  expect({Bad, "attribute 'kernel_shape' is required, found none",
          [](TestModel &m) { m.node("MaxPool", {"x"}); }});
  expect({Bad,
          "data is samples x channels x spatial axes, found extents [1, 4]",
          [](TestModel &m) { m.node("GlobalMaxPool", {"x"}); },
          {1, 4}});
  expect({Unsupported,
          "one to three spatial axes are supported, found extents [1, 1, 1, 1, 1, 1]",
          [](TestModel &m) { m.node("GlobalMaxPool", {"x"}); },
          {1, 1, 1, 1, 1, 1}});
}

TEST(Messages, Conv) {
  expect({Bad, "group divides the data's channels (4), found 3",
          [](TestModel &m) { conv(m).i("group", 3); }});
  expect({Bad, "weights of 4 channels in 2 groups need 8 data channels, found 4",
          [](TestModel &m) { conv(m).i("group", 2); }});
  expect({Unsupported, "a convolution's weights must be constant, found computed value 'x'",
          [](TestModel &m) { m.node("Conv", {"x", "x"}); }});
  expect({Bad, "a convolution's weights are outputs x channels/groups x kernel", [](TestModel &m) {
            m.weights("w", {1, 2, 4, 3, 3});
            m.node("Conv", {"x", "w"});
          }});
  for (std::vector<int64_t> shape : {std::vector<int64_t>{3}, {1, 2, 6, 6}})
    expect({Bad, "a convolution's bias has one entry per output channel (2), found",
            [&](TestModel &m) {
              m.weights("b", shape);
              conv(m).proto.add_input("b");
            }});
}

TEST(Messages, Pools) {
  expect({Unsupported, "every window of a pool reaches into the data, found padding [2, 0]",
          [](TestModel &m) {
            m.node("MaxPool", {"x"}).ints("kernel_shape", {2, 2}).ints("pads", {2, 0, 0, 0});
          }});
  expect({Bad,
          "every window of a pool holds a cell of the data, found one over padding only: a "
          "dilation of 9 over 8 cells of spatial axis 0",
          [](TestModel &m) {
            m.node("MaxPool", {"x"})
                .ints("kernel_shape", {2, 1})
                .ints("dilations", {9, 1})
                .ints("pads", {1, 0, 1, 0});
          }});
  expect({Unsupported, "a max pool has one result, found output 1 (the indices) in use",
          [](TestModel &m) {
            m.node("MaxPool", {"x"}, {"p", "i"}).ints("kernel_shape", {2, 2});
            m.node("Cast", {"i"}).i("to", 1);
          }});
  expect({Bad, "attributes are those of AveragePool-11, found 'dilations'", [](TestModel &m) {
            m.node("AveragePool", {"x"}).ints("kernel_shape", {2, 2}).ints("dilations", {2, 2});
          }});
  expect({Unsupported, "a reduction keeps the axis of samples, found axes [0, 1, 2, 3]",
          [](TestModel &m) { m.node("ReduceMean", {"x"}); }});
}
