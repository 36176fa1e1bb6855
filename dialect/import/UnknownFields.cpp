// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "dialect/import/UnknownFields.h"

#include <google/protobuf/unknown_field_set.h>

using google::protobuf::UnknownField;
using google::protobuf::UnknownFieldSet;

namespace saliency {

// Numbers of the fields in onnx.proto of ONNX 1.16.
static constexpr int kNodeOverload = 8, kFunctionDefaults = 11, kFunctionOverload = 13;

/// The texts, or messages still to be parsed, of field `number` in the order of the file.
static llvm::SmallVector<std::string> readField(const UnknownFieldSet &fields, int number) {
  llvm::SmallVector<std::string> found;
  for (int i = 0; i != fields.field_count(); ++i)
    if (const UnknownField &field = fields.field(i);
        field.number() == number && field.type() == UnknownField::TYPE_LENGTH_DELIMITED)
      found.push_back(field.length_delimited());
  return found;
}

static std::string lastOf(llvm::SmallVector<std::string> texts) {
  return texts.empty() ? std::string() : std::move(texts.back());
}

std::string overloadOf(const onnx::NodeProto &node) {
  return lastOf(readField(node.unknown_fields(), kNodeOverload));
}

std::string overloadOf(const onnx::FunctionProto &function) {
  return lastOf(readField(function.unknown_fields(), kFunctionOverload));
}

llvm::SmallVector<onnx::AttributeProto> defaultsOf(const onnx::FunctionProto &function) {
  llvm::SmallVector<onnx::AttributeProto> defaults;
  for (const std::string &bytes : readField(function.unknown_fields(), kFunctionDefaults)) {
    onnx::AttributeProto attribute;
    if (attribute.ParseFromString(bytes))
      defaults.push_back(std::move(attribute));
  }
  return defaults;
}

} // namespace saliency
