// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Operators that become several ops: which ones, their extents, and what is refused. Their numbers
// are compared with ONNX's own tests (test/nodes).
#include "test/import/Expect.h"

using namespace saliency;
using namespace saliency::test;
using Shape = std::vector<int64_t>;

namespace {

using Build = std::function<void(TestModel &)>;

/// The ops that a network of one node becomes, and its result's extents.
std::pair<std::string, Shape> become(const Shape &input, int64_t opset, const Build &build) {
  TestModel model(input, opset);
  build(model);
  Imported imported = importOk(model);
  if (!imported.module)
    return {};
  return {imported.ops(), imported.outputShape()};
}

void expectRefused(const Shape &input, int64_t opset, ImportStatus status,
                   const std::string &message, const Build &build) {
  TestModel model(input, opset);
  build(model);
  expectError(importModel(model), status, message);
}

constexpr ImportStatus Bad = ImportStatus::BadInput, Unsupported = ImportStatus::Unsupported;

} // namespace

TEST(Composed, ReductionsOfSpatialAxes) {
  auto reduce = [](const char *op) {
    return become({1, 3, 4, 5}, 13, [&](TestModel &m) { m.node(op, {"x"}).ints("axes", {2, 3}); });
  };
  Shape pooled{1, 3, 1, 1};
  EXPECT_EQ(reduce("ReduceMin"), std::pair(std::string("neg max_pool neg"), pooled));
  EXPECT_EQ(reduce("ReduceL1"), std::pair(std::string("abs avg_pool mul"), pooled));
  EXPECT_EQ(reduce("ReduceL2"), std::pair(std::string("pow avg_pool mul pow"), pooled));
  EXPECT_EQ(reduce("ReduceSumSquare"), std::pair(std::string("pow avg_pool mul"), pooled));
  EXPECT_EQ(reduce("ReduceLogSum"), std::pair(std::string("avg_pool mul log"), pooled));
  EXPECT_EQ(reduce("ReduceLogSumExp"),
            std::pair(std::string("max_pool sub exp avg_pool mul log add"), pooled));
}

TEST(Composed, ReductionsDropAxes) {
  auto [ops, shape] = become({1, 3, 4, 5}, 18, [](TestModel &m) {
    m.ints("axes", {-3}).node("ReduceMax", {"x", "axes"}).i("keepdims", 0);
  });
  EXPECT_EQ(ops, "transpose reshape max_pool reshape");
  EXPECT_EQ(shape, (Shape{1, 4, 5}));
}

TEST(Composed, ReduceProdIsAChain) {
  auto [ops, shape] = become(
      {1, 3, 2}, 18, [](TestModel &m) { m.ints("axes", {1}).node("ReduceProd", {"x", "axes"}); });
  EXPECT_EQ(ops, "slice slice mul slice mul");
  EXPECT_EQ(shape, (Shape{1, 1, 2}));
  expectRefused({1, 65}, 18, Unsupported, "at most 64 entries",
                [](TestModel &m) { m.ints("axes", {1}).node("ReduceProd", {"x", "axes"}); });
}

TEST(Composed, NormsByStatisticsOfTheData) {
  auto [instance, instanceShape] = become({2, 4, 3, 3}, 13, [](TestModel &m) {
    m.weights("s", {4}).weights("b", {4}).node("InstanceNormalization", {"x", "s", "b"});
  });
  EXPECT_EQ(instance, "layer_norm mul add");
  auto group = [](int64_t opset, int64_t entries) {
    return become({2, 4, 3, 3}, opset, [&](TestModel &m) {
      m.weights("s", {entries}).weights("b", {entries});
      m.node("GroupNormalization", {"x", "s", "b"}).i("num_groups", 2);
    });
  };
  EXPECT_EQ(group(18, 2).first, "reshape layer_norm mul add reshape");
  EXPECT_EQ(group(21, 4).first, "reshape layer_norm reshape mul add");
  EXPECT_EQ(group(21, 4).second, (Shape{2, 4, 3, 3}));
  expectRefused({1, 4, 3, 3}, 21, Bad, "num_groups divides the data's channels (4), found 3",
                [](TestModel &m) {
                  m.weights("s", {4}).weights("b", {4});
                  m.node("GroupNormalization", {"x", "s", "b"}).i("num_groups", 3);
                });
  expectRefused({1, 4, 3, 3}, 21, Bad, "the scale has one entry for each of 4 channels",
                [](TestModel &m) {
                  m.weights("s", {2}).weights("b", {4});
                  m.node("GroupNormalization", {"x", "s", "b"}).i("num_groups", 2);
                });
  EXPECT_EQ(become({1, 4, 6}, 23,
                   [](TestModel &m) { m.weights("s", {6}).node("RMSNormalization", {"x", "s"}); })
                .second,
            (Shape{1, 4, 6}));
  EXPECT_EQ(become({1, 4, 6}, 13,
                   [](TestModel &m) { m.node("LpNormalization", {"x"}).i("p", 1).i("axis", 1); })
                .second,
            (Shape{1, 4, 6}));
  EXPECT_EQ(
      become({1, 4, 6, 5}, 13, [](TestModel &m) { m.node("MeanVarianceNormalization", {"x"}); })
          .second,
      (Shape{1, 4, 6, 5}));
  expectRefused({2, 4, 6, 5}, 13, Unsupported, "a reduction keeps the axis of samples",
                [](TestModel &m) { m.node("MeanVarianceNormalization", {"x"}); });
}

TEST(Composed, BatchNormInTrainingForm) {
  for (bool named : {true, false}) {
    TestModel model({1, 4, 3, 3}, 9);
    model.weights("s", {4}).weights("b", {4}).weights("m", {4}).weights("v", {4});
    std::vector<std::string> outputs = {"y", "", "", "", ""};
    if (named)
      outputs = {"y", "mean", "var", "saved_mean", "saved_var"};
    model.node("BatchNormalization", {"x", "s", "b", "m", "v"}, outputs);
    if (named)
      expectError(importModel(model), Unsupported, "a network is in inference form");
    else
      EXPECT_EQ(importOk(model).ops(), "batch_norm");
  }
}

TEST(Composed, LargestAndSmallest) {
  auto [data, shape] = become({1, 3, 4}, 13, [](TestModel &m) {
    m.node("Relu", {"x"}, {"r"});
    m.counting("c", {4}).node("Max", {"x", "r", "c"});
  });
  EXPECT_EQ(data, "relu reshape reshape reshape concat transpose reshape max_pool reshape");
  EXPECT_EQ(shape, (Shape{1, 3, 4}));
  auto limit = [](const char *op, const std::vector<std::string> &inputs) {
    return become({1, 3, 4}, 13, [&](TestModel &m) { m.weights("c", {}).node(op, inputs); }).first;
  };
  EXPECT_EQ(limit("Max", {"x", "c"}), "clip");
  EXPECT_EQ(limit("Min", {"c", "x"}), "clip");
}

TEST(Composed, ChoicesThatAreKnown) {
  onnx::TensorProto mask;
  mask.set_name("m");
  mask.set_data_type(onnx::TensorProto::BOOL);
  mask.add_dims(4);
  for (int bit : {1, 0, 0, 1})
    mask.add_int32_data(bit);
  auto choose = [&](const std::vector<std::string> &inputs) {
    return become({1, 3, 4}, 16, [&](TestModel &m) {
      *m.graph().add_initializer() = mask;
      m.weights("low", {}, -1e9f).node("Where", inputs);
    });
  };
  EXPECT_EQ(choose({"m", "x", "low"}), std::pair(std::string("mul add"), Shape{1, 3, 4}));
  EXPECT_EQ(choose({"m", "x", "x"}).first, "mul mul add");
  expectRefused({1, 4}, 16, Bad, "the condition of a choice is bool, found float32",
                [](TestModel &m) { m.weights("c", {4}).node("Where", {"c", "x", "x"}); });
}

TEST(Composed, Einsum) {
  auto einsum = [](const Shape &input, const std::string &equation, const Shape &weights) {
    return become(input, 13, [&](TestModel &m) {
      std::vector<std::string> inputs = {"x"};
      if (!weights.empty()) {
        m.weights("w", weights);
        inputs.push_back("w");
      } else if (equation.find(',') != std::string::npos) {
        inputs.push_back("x");
      }
      m.node("Einsum", inputs).s("equation", equation);
    });
  };
  EXPECT_EQ(einsum({2, 3, 4, 5}, "bhid, bhjd -> bhij", {}),
            std::pair(std::string("transpose matmul"), Shape{2, 3, 4, 4}));
  EXPECT_EQ(einsum({2, 4, 5}, "nti,oi->nto", {6, 5}),
            std::pair(std::string("gemm"), Shape{2, 4, 6}));
  EXPECT_EQ(einsum({2, 4, 5}, "nti->nit", {}), std::pair(std::string("transpose"), Shape{2, 5, 4}));
  EXPECT_EQ(einsum({2, 4, 5}, "nti->ni", {}).second, (Shape{2, 5}));
  EXPECT_EQ(einsum({2, 4, 5}, "nab,nb", {2, 5}).second, (Shape{4})) << "implicit: a is left over";
  expectRefused({2, 3, 3}, 13, Unsupported, "none twice, found 'nii->ni'",
                [](TestModel &m) { m.node("Einsum", {"x"}).s("equation", "nii->ni"); });
  expectRefused({2, 3}, 13, Bad, "a term names every axis of its input [2, 3], found 'abc'",
                [](TestModel &m) { m.node("Einsum", {"x"}).s("equation", "abc->a"); });
  expectRefused({2, 3}, 13, Bad, "the result's subscripts are those of terms, found 'c'",
                [](TestModel &m) { m.node("Einsum", {"x"}).s("equation", "ab->ac"); });
}

TEST(Composed, ConvTranspose) {
  auto transposed = [](const std::function<void(TestNode)> &set) {
    return become({1, 4, 3, 5}, 13, [&](TestModel &m) {
      m.counting("w", {4, 2, 3, 3}).counting("b", {4});
      TestNode node = m.node("ConvTranspose", {"x", "w", "b"}).i("group", 2);
      set(node);
    });
  };
  EXPECT_EQ(transposed([](TestNode) {}), std::pair(std::string("pad conv"), Shape{1, 4, 5, 7}));
  EXPECT_EQ(transposed([](TestNode n) {
              n.ints("strides", {2, 2}).ints("pads", {1, 1, 1, 1}).ints("output_padding", {1, 0});
            }).second,
            (Shape{1, 4, 6, 9}));
  EXPECT_EQ(transposed([](TestNode n) {
              n.ints("strides", {2, 3}).ints("output_shape", {6, 15});
            }).second,
            (Shape{1, 4, 6, 15}));
  EXPECT_EQ(transposed([](TestNode n) { n.ints("pads", {3, 0, 0, 0}); }).first, "pad slice conv");
  expectRefused({1, 3, 4, 4}, 13, Bad, "channels x outputs/groups x kernel", [](TestModel &m) {
    m.weights("w", {4, 2, 3, 3}).node("ConvTranspose", {"x", "w"});
  });
}

TEST(Composed, TrianglesAndRunningSums) {
  EXPECT_EQ(become({1, 3, 4}, 14,
                   [](TestModel &m) {
                     *m.graph().add_initializer() = intTensor("axis", {}, {-2});
                     m.node("CumSum", {"x", "axis"});
                   }),
            std::pair(std::string("transpose gemm transpose"), Shape{1, 3, 4}));
  EXPECT_EQ(become({1, 3, 4}, 14, [](TestModel &m) { m.node("Trilu", {"x"}).i("upper", 0); }).first,
            "mul");
  expectRefused({2, 3}, 14, Unsupported, "samples are kept apart", [](TestModel &m) {
    *m.graph().add_initializer() = intTensor("axis", {}, {0});
    m.node("CumSum", {"x", "axis"});
  });
}

TEST(Composed, EntriesReplaced) {
  EXPECT_EQ(become({1, 3, 4}, 16,
                   [](TestModel &m) {
                     *m.graph().add_initializer() = intTensor("i", {1, 2}, {0, -1});
                     m.weights("u", {1, 4}).node("ScatterND", {"x", "i", "u"});
                   }),
            std::pair(std::string("reshape concat take reshape"), Shape{1, 3, 4}));
  expectRefused({1, 3, 4}, 16, Bad, "updates have the extents [1, 4], found [4]", [](TestModel &m) {
    *m.graph().add_initializer() = intTensor("i", {1, 2}, {0, -1});
    m.weights("u", {4}).node("ScatterND", {"x", "i", "u"});
  });
  expectRefused({1, 3}, 16, Bad, "indices lie in [-3, 2], found 3", [](TestModel &m) {
    *m.graph().add_initializer() = intTensor("i", {1, 1}, {3});
    m.weights("u", {1, 1}).node("ScatterElements", {"x", "i", "u"}).i("axis", 1);
  });
  expectRefused(
      {1, 3}, 16, Unsupported, "entries are replaced, found reduction 'add'", [](TestModel &m) {
        *m.graph().add_initializer() = intTensor("i", {1, 1}, {1});
        m.weights("u", {1, 1}).node("ScatterElements", {"x", "i", "u"}).s("reduction", "add");
      });
  expectRefused({2, 3}, 16, Unsupported, "entries of one sample are replaced", [](TestModel &m) {
    *m.graph().add_initializer() = intTensor("i", {1, 1}, {1});
    m.weights("u", {1, 1}).node("ScatterElements", {"x", "i", "u"}).i("axis", 1);
  });
}
