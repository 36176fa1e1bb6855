// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Every rule that an operator's handler checks, with the message it gives: the rule first, then
// what was found.
#include "test/import/TestModel.h"

#include "gmock/gmock.h"

using namespace saliency;
using namespace saliency::test;
using testing::HasSubstr;

namespace {
constexpr ImportStatus Bad = ImportStatus::BadInput, Unsupported = ImportStatus::Unsupported;

struct Case {
  ImportStatus status;
  std::string message;
  std::function<void(TestModel &)> build;
  std::vector<int64_t> input = {1, 4, 8, 8};
  int64_t opset = 13;
};

void expect(const Case &test) {
  TestModel model(test.input, test.opset);
  test.build(model);
  Imported imported = importModel(model);
  EXPECT_EQ(imported.status, test.status) << imported.messages;
  EXPECT_THAT(imported.messages, HasSubstr(test.message));
  EXPECT_THAT(imported.messages, HasSubstr("model.onnx: node '"));
  EXPECT_THAT(imported.messages, HasSubstr(", opset " + std::to_string(test.opset) + "): "));
}

TestNode conv(TestModel &model) {
  model.weights("w", {2, 4, 3, 3});
  return model.node("Conv", {"x", "w"});
}
} // namespace

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

TEST(Messages, Dense) {
  expect({Bad, "the factors are matrices, found extents [1, 4, 8, 8]", [](TestModel &m) {
            m.weights("w", {4, 4});
            m.node("Gemm", {"x", "w"});
          }});
  expect({Bad,
          "a dense layer's weights have one column per feature (3)",
          [](TestModel &m) {
            m.weights("w", {4, 2});
            m.node("Gemm", {"x", "w"});
          },
          {1, 3}});
  expect({Bad,
          "C broadcasts to the product's extents [1, 2], found [5, 2]",
          [](TestModel &m) {
            m.weights("w", {3, 2}).weights("c", {5, 2});
            m.node("Gemm", {"x", "w", "c"});
          },
          {1, 3}});
  expect({Bad,
          "the factors have at least one axis, found a scalar",
          [](TestModel &m) {
            m.weights("w", {});
            m.node("MatMul", {"x", "w"});
          },
          {1, 3}});
}

TEST(Messages, Normalization) {
  auto node = [](TestModel &m, std::vector<std::string> outputs = {"y"}) {
    for (std::string name : {"g", "b", "m", "v"})
      m.weights(name, {4});
    return m.node("BatchNormalization", {"x", "g", "b", "m", "v"}, outputs);
  };
  expect({Unsupported,
          "statistics are per channel (spatial = 1), found spatial = 0",
          [&](TestModel &m) { node(m).i("spatial", 0); },
          {1, 4},
          7});
  expect({Unsupported,
          "a network is in inference form (training_mode = 0), found training_mode = 1",
          [&](TestModel &m) { node(m).i("training_mode", 1); },
          {1, 4},
          14});
  expect({Unsupported,
          "a network is in inference form with one output, found output 1 in use",
          [&](TestModel &m) {
            node(m, {"a", "mean", "variance"});
            m.node("Relu", {"mean"});
          },
          {1, 4},
          9});
  expect({Unsupported, "the scale must be constant, found computed value 'x'",
          [](TestModel &m) { m.node("BatchNormalization", {"x", "x", "x", "x", "x"}); }});
}

TEST(Messages, LayerNormalization) {
  auto node = [](TestModel &m, std::vector<std::string> outputs, int64_t axis) {
    m.weights("g", {4}).node("LayerNormalization", {"x", "g"}, std::move(outputs)).i("axis", axis);
  };
  expect({Unsupported,
          "a layer norm keeps the axis of samples, found axis 0",
          [&](TestModel &m) { node(m, {"y"}, 0); },
          {1, 4},
          17});
  expect({Unsupported,
          "a layer norm has one output in inference, found output 1 in use",
          [&](TestModel &m) {
            node(m, {"a", "mean"}, 1);
            m.node("Relu", {"mean"});
          },
          {1, 4},
          17});
  expect({Unsupported,
          "the scale must be constant, found computed value 'x'",
          [](TestModel &m) { m.node("LayerNormalization", {"x", "x"}); },
          {1, 4},
          17});
}

TEST(Messages, LRN) {
  expect({Bad, "size counts neighbouring channels, between 1 and 2^30, found 0",
          [](TestModel &m) { m.node("LRN", {"x"}).i("size", 0); }});
  expect({Bad,
          "the data is samples x channels x spatial, found extents [1, 4]",
          [](TestModel &m) { m.node("LRN", {"x"}).i("size", 1); },
          {1, 4}});
}

TEST(Messages, Activations) {
  expect({Bad,
          "approximate is 'none' or 'tanh', found 'sigmoid'",
          [](TestModel &m) { m.node("Gelu", {"x"}).s("approximate", "sigmoid"); },
          {1, 4},
          20});
  expect({Unsupported, "a bound of Clip must be constant, found computed value 'x'",
          [](TestModel &m) { m.node("Clip", {"x", "x"}); }});
  expect({Bad, "a bound of Clip is one number, found extents [2]", [](TestModel &m) {
            m.weights("low", {2});
            m.node("Clip", {"x", "low"});
          }});
  expect({Unsupported, "a bound of Clip must be float32, found int64", [](TestModel &m) {
            m.ints("low", {2});
            m.node("Clip", {"x", "low"});
          }});
  expect({Bad, "an axis lies in [-4, 3], found 4",
          [](TestModel &m) { m.node("Softmax", {"x"}).i("axis", 4); }});
  expect({Unsupported,
          "a network is in inference form (training_mode false), found training_mode true",
          [](TestModel &m) {
            m.ints("i", {1}).weights("r", {});
            m.node("Cast", {"i"}, {"t"}).i("to", onnx::TensorProto::BOOL);
            m.node("Dropout", {"x", "r", "t"});
          }});
  expect({Bad, "training_mode is one bool, found int64 with extents [2]", [](TestModel &m) {
            m.ints("t", {0, 0});
            m.node("Dropout", {"x", "", "t"});
          }});
  expect({Unsupported, "dropout has one result in inference, found output 1 (the mask) in use",
          [](TestModel &m) {
            m.node("Dropout", {"x"}, {"d", "mask"});
            m.node("Relu", {"mask"});
          }});
}

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
  expect({Unsupported, "steps over data are positive, found -1 on axis 2",
          slice({-1}, {-9}, {2}, {-1})});
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
  expect({Unsupported, "data is gathered at 1 to 256 indices, found indices with extents [257]",
          [](TestModel &m) {
            m.ints("i", std::vector<int64_t>(257, 0));
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
  expect({Unsupported, "padding is constant, found mode 'reflect'", [](TestModel &m) {
            m.ints("p", {0, 0, 1, 1, 0, 0, 1, 1});
            m.node("Pad", {"x", "p"}).s("mode", "reflect");
          }});
  expect({Bad, "padding is constant, found mode 'mirror'", [](TestModel &m) {
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
          [](TestModel &m) { m.node("Floor", {"x"}); }});
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
