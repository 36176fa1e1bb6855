// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Mutations that keep a model a protobuf message: blind changes of bytes seldom get past the
// parser. One field of one message of the tree is changed by reflection; now and then the bytes are
// changed blindly all the same.
#include "onnx/onnx_pb.h"
#include <random>
#include <vector>

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

extern "C" size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t maxSize);

namespace {
class Mutator {
public:
  explicit Mutator(unsigned seed) : random(seed) {}

  void mutate(Message &root) {
    collect(root);
    Message &message = *messages[pick(messages.size())];
    const auto *descriptor = message.GetDescriptor();
    if (descriptor->field_count() == 0)
      return;
    const FieldDescriptor *field = descriptor->field(pick(descriptor->field_count()));
    field->is_repeated() ? changeRepeated(message, field) : changeSingular(message, field);
  }

private:
  size_t pick(size_t count) { return std::uniform_int_distribution<size_t>(0, count - 1)(random); }

  /// Every message and every string of the tree.
  void collect(Message &message) {
    messages.push_back(&message);
    const Reflection &reflection = *message.GetReflection();
    std::vector<const FieldDescriptor *> fields;
    reflection.ListFields(message, &fields);
    for (const FieldDescriptor *field : fields) {
      bool repeated = field->is_repeated();
      int count = repeated ? reflection.FieldSize(message, field) : 1;
      for (int i = 0; i < std::min(count, 64); ++i) {
        if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE)
          collect(repeated ? *reflection.MutableRepeatedMessage(&message, field, i)
                           : *reflection.MutableMessage(&message, field));
        else if (field->cpp_type() == FieldDescriptor::CPPTYPE_STRING)
          strings.push_back(repeated ? reflection.GetRepeatedString(message, field, i)
                                     : reflection.GetString(message, field));
      }
    }
  }

  int64_t number() {
    static constexpr int64_t interesting[] = {
        0,   1,   -1,    2,         3,         4,         7,         8,         13,        16, 22,
        127, 256, 65535, INT32_MAX, INT32_MIN, INT64_MAX, INT64_MIN, 1ll << 31, 1ll << 40, -2};
    return pick(4) == 0 ? static_cast<int64_t>(pick(64)) - 8
                        : interesting[pick(std::size(interesting))];
  }

  std::string text() {
    static const char *const words[] = {
        "Conv",      "Gemm",    "MatMul",  "Reshape",      "Slice",     "Pad",       "Concat",
        "MaxPool",   "Softmax", "Split",   "Transpose",    "Gather",    "Shape",     "Expand",
        "Cast",      "Add",     "Div",     "Where",        "Tile",      "Range",     "Squeeze",
        "Unsqueeze", "Clip",    "Flatten", "ReduceMean",   "ReduceMax", "Dropout",   "Constant",
        "axis",      "axes",    "pads",    "kernel_shape", "strides",   "dilations", "group",
        "auto_pad",  "perm",    "",        "SAME_UPPER",   "value",     "keepdims",  "x"};
    return !strings.empty() && pick(2) ? strings[pick(strings.size())]
                                       : words[pick(std::size(words))];
  }

  void changeSingular(Message &message, const FieldDescriptor *field) {
    const Reflection &reflection = *message.GetReflection();
    if (pick(8) == 0)
      return reflection.ClearField(&message, field);
    switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
      return reflection.SetInt32(&message, field, static_cast<int32_t>(number()));
    case FieldDescriptor::CPPTYPE_INT64:
      return reflection.SetInt64(&message, field, number());
    case FieldDescriptor::CPPTYPE_FLOAT:
      return reflection.SetFloat(&message, field, static_cast<float>(number()));
    case FieldDescriptor::CPPTYPE_ENUM:
      return reflection.SetEnumValue(&message, field, static_cast<int>(pick(16)));
    case FieldDescriptor::CPPTYPE_STRING:
      return reflection.SetString(&message, field, text());
    case FieldDescriptor::CPPTYPE_MESSAGE:
      reflection.MutableMessage(&message, field);
      return;
    default:
      return;
    }
  }

  void changeRepeated(Message &message, const FieldDescriptor *field) {
    const Reflection &reflection = *message.GetReflection();
    int count = reflection.FieldSize(message, field);
    size_t choice = pick(4);
    if (count > 0 && choice == 0)
      return reflection.RemoveLast(&message, field);
    if (count > 1 && choice == 1)
      return reflection.SwapElements(&message, field, static_cast<int>(pick(count)),
                                     static_cast<int>(pick(count)));
    bool add = count == 0 || choice == 2;
    int at = add ? 0 : static_cast<int>(pick(count));
    switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
      return add ? reflection.AddInt32(&message, field, static_cast<int32_t>(number()))
                 : reflection.SetRepeatedInt32(&message, field, at, static_cast<int32_t>(number()));
    case FieldDescriptor::CPPTYPE_INT64:
      return add ? reflection.AddInt64(&message, field, number())
                 : reflection.SetRepeatedInt64(&message, field, at, number());
    case FieldDescriptor::CPPTYPE_FLOAT:
      return add ? reflection.AddFloat(&message, field, static_cast<float>(number()))
                 : reflection.SetRepeatedFloat(&message, field, at, static_cast<float>(number()));
    case FieldDescriptor::CPPTYPE_STRING:
      return add ? reflection.AddString(&message, field, text())
                 : reflection.SetRepeatedString(&message, field, at, text());
    case FieldDescriptor::CPPTYPE_MESSAGE: {
      Message *added = reflection.AddMessage(&message, field);
      if (count > 0)
        added->CopyFrom(
            reflection.GetRepeatedMessage(message, field, static_cast<int>(pick(count))));
      return;
    }
    default:
      return;
    }
  }

  std::minstd_rand random;
  std::vector<Message *> messages;
  std::vector<std::string> strings;
};
} // namespace

extern "C" size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t maxSize,
                                          unsigned seed) {
  onnx::ModelProto model;
  if (seed % 16 == 0 || !model.ParseFromArray(data, static_cast<int>(size)))
    return LLVMFuzzerMutate(data, size, maxSize);
  for (unsigned i = 0, changes = 1 + seed % 3; i != changes; ++i)
    Mutator(seed + i).mutate(model);
  size_t length = model.ByteSizeLong();
  if (length > maxSize)
    return size;
  model.SerializeToArray(data, static_cast<int>(length));
  return length;
}
