// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Whatever the bytes, the importer gives a verified module, or none and a message.
#include "dialect/import/Import.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/IR/Verifier.h"
#include "onnx/onnx_pb.h"
#include "llvm/Support/ErrorHandling.h"

using namespace mlir;
using namespace saliency;

static void import(llvm::StringRef bytes, const ImportOptions &options) {
  MLIRContext context(MLIRContext::Threading::DISABLED);
  size_t messages = 0;
  context.getDiagEngine().registerHandler([&](Diagnostic &) {
    ++messages;
    return success();
  });
  ImportResult result = importOnnxBuffer(bytes, "fuzz.onnx", context, options);
  bool imported = result.status == ImportStatus::Ok;
  if (imported != static_cast<bool>(result.module) || imported != (messages == 0))
    llvm::report_fatal_error("status, module and messages disagree");
  if (imported && failed(verify(*result.module)))
    llvm::report_fatal_error("the imported module is invalid");
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  llvm::StringRef bytes(reinterpret_cast<const char *>(data), size);
  ImportOptions options;
  options.batch = 2;
  options.maxConstantBytes = 1 << 20;
  import(bytes, options);
  // The part of the network that a value halfway needs.
  onnx::ModelProto model;
  if (!model.ParseFromArray(data, static_cast<int>(size)) || model.graph().node_size() == 0)
    return 0;
  const onnx::NodeProto &node = model.graph().node(model.graph().node_size() / 2);
  options.outputs.assign(node.output().begin(), node.output().end());
  import(bytes, options);
  return 0;
}
