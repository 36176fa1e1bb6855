// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What a node may say at all: the attributes of its operator and their types, the number of its
// inputs and outputs.
#include "test/import/RefusedNode.h"

using namespace saliency;
using namespace saliency::test;

TEST(Messages, Attributes) {
  expect({Bad, "attributes are those of Relu-13, found 'slope'",
          [](TestModel &m) { m.node("Relu", {"x"}).f("slope", 1); }});
  expect({Bad, "an attribute is given once, found 'axis' twice",
          [](TestModel &m) { m.node("Flatten", {"x"}).i("axis", 1).i("axis", 1); }});
  expect({Bad, "attribute 'axis' is an integer, found type FLOAT",
          [](TestModel &m) { m.node("Flatten", {"x"}).f("axis", 1); }});
  expect({Bad, "attribute 'pads' is a list of integers, found type INT",
          [](TestModel &m) { conv(m).i("pads", 1); }});
  expect({Bad, "attribute 'alpha' is a float, found type INT",
          [](TestModel &m) { m.node("LeakyRelu", {"x"}).i("alpha", 1); }});
  expect({Bad, "attribute 'auto_pad' is a string, found type INT",
          [](TestModel &m) { conv(m).i("auto_pad", 1); }});
  expect({Bad, "attribute 'value' is a tensor, found type INT",
          [](TestModel &m) { m.node("Constant", {}, {"y"}).i("value", 1); }});
  expect({Bad, "attribute 'ceil_mode' is 0 or 1, found 2", [](TestModel &m) {
            m.node("MaxPool", {"x"}).ints("kernel_shape", {2, 2}).i("ceil_mode", 2);
          }});
  expect(
      {Bad, "attributes refer to others only inside functions, found 'axis' doing so",
       [](TestModel &m) {
         m.node("Flatten", {"x"}).i("axis", 1).proto.mutable_attribute(0)->set_ref_attr_name("a");
       }});
}

TEST(Messages, Arity) {
  expect({Bad, "the operator has at least 2 and at most 3 inputs, found 1",
          [](TestModel &m) { m.node("Conv", {"x"}); }});
  expect({Bad, "the operator has at least 1 and at most 1 outputs, found 2",
          [](TestModel &m) { m.node("Relu", {"x"}, {"y", "z"}); }});
  expect({Bad, "input 1 is required, found none", [](TestModel &m) { m.node("Add", {"x", ""}); }});
}
