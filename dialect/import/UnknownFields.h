// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Fields of newer ONNX versions that the packaged protobuf classes do not know. The classes keep
// them as bytes, as they stood in the file.
#ifndef SALIENCY_IMPORT_UNKNOWNFIELDS_H
#define SALIENCY_IMPORT_UNKNOWNFIELDS_H

#include "onnx/onnx_pb.h"
#include "llvm/ADT/SmallVector.h"

#include <string>

namespace saliency {

/// Which of several functions of one name is meant (IR version 10); empty where nothing is said.
std::string overloadOf(const onnx::NodeProto &node);
std::string overloadOf(const onnx::FunctionProto &function);

/// The attributes of a function that have a default (IR version 9).
llvm::SmallVector<onnx::AttributeProto> defaultsOf(const onnx::FunctionProto &function);

} // namespace saliency

#endif // SALIENCY_IMPORT_UNKNOWNFIELDS_H
