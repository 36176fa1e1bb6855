// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Whatever the text, the dialect's parser and verifiers accept or refuse it; what they accept
// prints and parses again.
#include "dialect/SaliencyDialect.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Parser/Parser.h"
#include "llvm/Support/ErrorHandling.h"

using namespace mlir;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  MLIRContext context(MLIRContext::Threading::DISABLED);
  context.loadDialect<saliency::SaliencyDialect, func::FuncDialect, arith::ArithDialect>();
  context.getDiagEngine().registerHandler([](Diagnostic &) { return success(); });
  ParserConfig config(&context);
  auto module = parseSourceString<ModuleOp>(
      llvm::StringRef(reinterpret_cast<const char *>(data), size), config);
  if (!module)
    return 0;
  std::string text;
  llvm::raw_string_ostream(text) << *module;
  if (!parseSourceString<ModuleOp>(text, config))
    llvm::report_fatal_error("a printed module does not parse");
  return 0;
}
