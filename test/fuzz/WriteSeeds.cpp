// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// WriteSeeds <folder>: writes the corpora that fuzzing starts from. import/: small models that
// together use every handler; parser/: the modules they become; parser.dict: the dialect's words.
#include "test/import/TestModel.h"

#include "llvm/Support/raw_ostream.h"
#include <filesystem>
#include <fstream>

using namespace saliency;
using namespace saliency::test;

static TestModel convolutions() {
  TestModel model({0, 4, 8, 8}, 13);
  model.counting("w", {4, 2, 3, 3}).weights("b", {4});
  for (std::string name : {"g", "s", "m", "v"})
    model.weights(name, {4});
  model.node("Conv", {"x", "w", "b"}, {"a"}).ints("pads", {1, 1, 1, 1}).i("group", 2);
  model.node("BatchNormalization", {"a", "g", "s", "m", "v"}, {"n"}).f("epsilon", 1e-5f);
  model.node("Relu", {"n"}, {"c"});
  model.node("MaxPool", {"c"}, {"d"})
      .ints("kernel_shape", {2, 2})
      .ints("strides", {2, 2})
      .i("ceil_mode", 1);
  model.node("AveragePool", {"d"}, {"e"}).ints("kernel_shape", {2, 2}).s("auto_pad", "SAME_UPPER");
  model.node("Concat", {"d", "e"}, {"f"}).i("axis", 1);
  model.node("GlobalAveragePool", {"f"}, {"h"});
  model.node("Flatten", {"h"}, {"i"});
  model.counting("weights", {8, 5}).weights("bias", {5});
  model.node("Gemm", {"i", "weights", "bias"}, {"j"}).f("alpha", 0.5f);
  model.node("Softmax", {"j"});
  return model;
}

static TestModel shapes() {
  TestModel model({2, 3, 8, 8}, 13);
  model.ints("zero", {0})
      .ints("tail", {-1})
      .ints("starts", {1, 1})
      .ints("ends", {7, 100})
      .ints("axes", {2, 3});
  model.ints("steps", {1, 2}).ints("pads", {0, 0, 1, 1, 0, 0, 1, -1}).ints("two", {2});
  model.node("Shape", {"x"}, {"shape"});
  model.node("Gather", {"shape", "zero"}, {"batch"});
  model.node("Mul", {"batch", "two"}, {"twice"});
  model.node("Div", {"twice", "two"}, {"once"});
  model.node("Slice", {"x", "starts", "ends", "axes", "steps"}, {"a"});
  model.node("Pad", {"a", "pads"}, {"b"});
  model.node("Split", {"b"}, {"c", "d", "e"}).i("axis", 1);
  model.node("Sum", {"c", "d", "e"}, {"f"});
  model.node("Concat", {"once", "tail"}, {"target"}).i("axis", 0);
  model.node("Reshape", {"f", "target"}, {"g"});
  model.node("Unsqueeze", {"g", "zero"}, {"h"});
  model.node("Transpose", {"h"}, {"i"}).ints("perm", {1, 0, 2});
  model.node("Squeeze", {"i"}, {"j"});
  model.node("ReduceMean", {"i"}).ints("axes", {2});
  return model;
}

static TestModel constants() {
  TestModel model({1, 6}, 18);
  model.counting("a", {2, 3}).ints("n", {2, 2}).ints("e", {2, 2, 3}).ints("r", {1});
  model.node("Constant", {}, {"c"}).floats("value_floats", {1, 2, 3});
  model.node("ConstantOfShape", {"n"}, {"z"}).t("value", floatTensor("", {1}, {2}));
  model.node("Tile", {"a", "n"}, {"t"});
  model.node("Expand", {"a", "e"}, {"ex"});
  model.node("Greater", {"a", "c"}, {"big"});
  model.node("Not", {"big"}, {"small"});
  model.node("Where", {"small", "a", "c"}, {"w"});
  model.node("Pow", {"w", "c"}, {"p"});
  model.node("Sqrt", {"p"}, {"q"});
  model.node("ReduceSum", {"q", "r"}, {"sum"}).i("keepdims", 0);
  model.node("ReduceMax", {"q"}, {"max"});
  model.node("Cast", {"sum"}, {"int"}).i("to", onnx::TensorProto::INT64);
  model.node("Mod", {"int", "n"}, {"mod"});
  *model.graph().add_initializer() = intTensor("one", {}, {1});
  *model.graph().add_initializer() = intTensor("nine", {}, {9});
  model.node("Range", {"one", "nine", "one"}, {"range"});
  model.node("Clip", {"x", "", ""}, {"clip"});
  model.node("LeakyRelu", {"clip"}, {"leaky"}).f("alpha", 0.1f);
  model.node("Sigmoid", {"leaky"}, {"sig"});
  model.node("Tanh", {"sig"}, {"tanh"});
  model.node("Dropout", {"tanh"}, {"drop"});
  model.node("Identity", {"drop"}, {"same"});
  model.node("Sub", {"same", "x"}, {"sub"});
  model.counting("k", {6, 4}).node("MatMul", {"sub", "k"}, {"mm"});
  model.node("Mul", {"mm", "mm"});
  return model;
}

/// Opset 7 spellings: parameters as attributes.
static TestModel old() {
  TestModel model({1, 2, 6, 6}, 7);
  model.node("Pad", {"x"}, {"a"})
      .ints("pads", {0, 0, 1, 1, 0, 0, 1, 1})
      .s("mode", "constant")
      .f("value", 0);
  model.node("Slice", {"a"}, {"b"}).ints("starts", {1}).ints("ends", {5}).ints("axes", {2});
  model.node("Clip", {"b"}, {"c"}).f("min", 0).f("max", 6);
  model.node("Unsqueeze", {"c"}, {"d"}).ints("axes", {0});
  model.node("Squeeze", {"d"}, {"e"}).ints("axes", {0});
  model.node("Softmax", {"e"}, {"f"});
  model.node("Dropout", {"f"}, {"g", "mask"}).f("ratio", 0.5f);
  model.node("GlobalMaxPool", {"g"});
  return model;
}

static void write(const std::filesystem::path &path, const std::string &bytes) {
  std::ofstream(path, std::ios::binary) << bytes;
}

static std::string quoted(llvm::StringRef word) { return "\"" + word.str() + "\"\n"; }

int main(int argc, char **argv) {
  std::filesystem::path folder = argc > 1 ? argv[1] : ".";
  std::filesystem::create_directories(folder / "import");
  std::filesystem::create_directories(folder / "parser");
  std::string dictionary;
  for (auto &[name, model] : {std::pair("convolutions", convolutions()),
                              {"shapes", shapes()},
                              {"constants", constants()},
                              {"old", old()}}) {
    write(folder / "import" / (std::string(name) + ".onnx"), model.proto.SerializeAsString());
    Imported imported = importModel(model);
    if (!imported.module) {
      llvm::errs() << "seed '" << name << "' does not import: " << imported.messages;
      return 1;
    }
    std::string text;
    llvm::raw_string_ostream(text) << *imported.module;
    write(folder / "parser" / (std::string(name) + ".mlir"), text);
    if (dictionary.empty())
      for (mlir::RegisteredOperationName op :
           imported.context->getRegisteredOperationsByDialect("saliency")) {
        dictionary += quoted(op.getStringRef());
        for (mlir::StringAttr attribute : op.getAttributeNames())
          dictionary += quoted(attribute.getValue());
      }
  }
  for (llvm::StringRef word : {"tensor<1x4xf32>", "tensor<2x3x4x4xf32>", "array<i64: 1, 2>",
                               "#saliency.window<", "kernel = [", "#saliency.division<stab>",
                               "#saliency.reduction<sum>", "dense<1.0>", "dense_resource<w>"})
    dictionary += quoted(word);
  write(folder / "parser.dict", dictionary);
  return 0;
}
