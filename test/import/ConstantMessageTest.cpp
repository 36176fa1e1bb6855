// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Rules of constants and of what is computed with them while the model is read.
#include "test/import/RefusedNode.h"

using namespace saliency;
using namespace saliency::test;

TEST(Messages, Constants) {
  expect({Bad, "a constant has one value, found 0", [](TestModel &m) { m.node("Constant", {}); }});
  expect({Bad, "a constant has one value, found 2",
          [](TestModel &m) { m.node("Constant", {}).i("value_int", 1).f("value_float", 1); }});
  expect({Unsupported, "constants are dense numbers, found attribute 'value_string'",
          [](TestModel &m) { m.node("Constant", {}).s("value_string", "a"); }});
  expect({Bad,
          "a constant is given by the attribute 'value' before version 12, found another",
          [](TestModel &m) { m.node("Constant", {}).i("value_int", 1); },
          {1, 4},
          11});
  expect({Bad, "the value is one number, found extents [2]", [](TestModel &m) {
            m.ints("s", {2});
            m.node("ConstantOfShape", {"s"}).t("value", floatTensor("", {2}, {1, 2}));
          }});
  expect({Bad, "the extents of a tensor are not negative, found [-1]", [](TestModel &m) {
            m.ints("s", {-1});
            m.node("ConstantOfShape", {"s"});
          }});
  expect({Bad, "a constant tensor has at most 2147483648 bytes, found extents [1099511627776]",
          [](TestModel &m) {
            m.ints("s", {int64_t(1) << 40});
            m.node("ConstantOfShape", {"s"});
          }});
  expect({Bad, "a range is finite, found start", [](TestModel &m) {
            for (std::string name : {"a", "b", "c"})
              *m.graph().add_initializer() = intTensor(name, {}, {0});
            m.node("Range", {"a", "b", "c"});
          }});
  expect({Bad, "start, limit and delta are numbers of one type, found float32", [](TestModel &m) {
            m.ints("a", {1}).weights("b", {1});
            m.node("Range", {"a", "b", "a"});
          }});
}

TEST(Messages, ConstantFolding) {
  auto binary = [](std::string op, std::vector<int64_t> a, std::vector<int64_t> b) {
    return [=](TestModel &m) { m.ints("a", a).ints("b", b).node(op, {"a", "b"}); };
  };
  expect({Bad, "an integer divisor is not 0, found 0 at entry 1", binary("Div", {1, 1}, {1, 0})});
  expect({Bad, "an integer divisor is not 0, found 0 at entry 0", binary("Mod", {1}, {0})});
  expect({Bad, "extents are equal or 1 to be broadcast, found [2] and [3]",
          binary("Add", {1, 1}, {1, 2, 3})});
  expect({Bad, "operands have one type, found int64 and float32", [](TestModel &m) {
            m.ints("a", {1}).weights("b", {1});
            m.node("Equal", {"a", "b"});
          }});
  expect({Unsupported, "this operator is evaluated on constants only, found a computed operand",
          [](TestModel &m) { m.node("Mod", {"x", "x"}).i("fmod", 1); }});
  expect({Unsupported, "the exponent is one number, found extents [8]", [](TestModel &m) {
            m.weights("e", {8});
            m.node("Pow", {"x", "e"});
          }});
  expect({Unsupported, "the slope must be constant, found computed value 'x'",
          [](TestModel &m) { m.node("PRelu", {"x", "x"}); }});
  expect({Unsupported,
          "constants of float32, float64, int32 and int64 are computed with, found bool",
          [](TestModel &m) {
            m.ints("a", {1});
            m.node("Equal", {"a", "a"}, {"b"});
            m.node("Neg", {"b"});
          }});
  expect({Bad, "the operand is a float, found int64", [](TestModel &m) {
            m.ints("a", {1});
            m.node("Sqrt", {"a"});
          }});
  expect({Bad, "the operand is bool, found int64", [](TestModel &m) {
            m.ints("a", {1});
            m.node("Not", {"a"});
          }});
  expect({Bad, "the condition is bool and the choices have one type, found int64, int64 and int64",
          [](TestModel &m) {
            m.ints("a", {1});
            m.node("Where", {"a", "a", "a"});
          }});
  expect({Bad, "an extreme is taken over entries, found extents [0]", [](TestModel &m) {
            m.ints("a", {});
            m.node("ReduceMax", {"a"});
          }});
  expect({Bad, "the repeats are counts, one per axis of the data [1], found [-1]",
          binary("Tile", {5}, {-1})});
  expect({Bad, "the parts have one type and the same extents except on axis 1", [](TestModel &m) {
            m.weights("a", {1, 1}).weights("b", {2, 1});
            m.node("Concat", {"a", "b"}).i("axis", 1);
          }});
  expect({Unsupported, "two constants are compared, found 3 operands", [](TestModel &m) {
            m.ints("a", {1});
            m.node("Min", {"a", "a", "a"});
          }});
}
