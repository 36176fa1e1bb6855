// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Whatever the bytes, the importer gives a verified module, or none and a message.
#include "dialect/import/Import.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/IR/Verifier.h"
#include "llvm/Support/ErrorHandling.h"

using namespace mlir;
using namespace saliency;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  MLIRContext context(MLIRContext::Threading::DISABLED);
  size_t messages = 0;
  context.getDiagEngine().registerHandler([&](Diagnostic &) {
    ++messages;
    return success();
  });
  ImportOptions options;
  options.batch = 2;
  options.maxConstantBytes = 1 << 20;
  ImportResult result =
      importOnnxBuffer(llvm::StringRef(reinterpret_cast<const char *>(data), size), "fuzz.onnx", context, options);
  bool imported = result.status == ImportStatus::Ok;
  if (imported != static_cast<bool>(result.module) || imported != (messages == 0))
    llvm::report_fatal_error("status, module and messages disagree");
  if (imported && failed(verify(*result.module)))
    llvm::report_fatal_error("the imported module is invalid");
  return 0;
}
