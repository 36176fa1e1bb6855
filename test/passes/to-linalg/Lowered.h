// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A program of saliency ops, lowered to linalg on buffers once, then compiled and run for one
// processor after another.
#ifndef SALIENCY_TEST_TO_LINALG_LOWERED_H
#define SALIENCY_TEST_TO_LINALG_LOWERED_H

#include "Harness.h"

#include "mlir/IR/BuiltinOps.h"

namespace saliency::test {

class Lowered {
public:
  /// Sets `error` where the program does not parse or a pass fails. With tuned contractions, chains
  /// on constants are folded first. `program` outlives this.
  Lowered(const Program &program, LayoutKind layout, Contractions contractions, std::string &error);

  /// The results of @f, or nothing with `error` set: by upstream's plain loops where `processor` is
  /// empty, otherwise by the compiler's own schedule and code for a processor of
  /// test/support/Processors.h.
  std::vector<Array> run(const std::string &processor, std::string &error) const;

  /// Whether both are the same operations: run for the same processor, they give the same bits.
  bool operator==(const Lowered &other) const;

private:
  const Program &program;
  mlir::OwningOpRef<mlir::ModuleOp> module;
  mlir::FunctionType type; // of @f, on tensors
};

} // namespace saliency::test

#endif // SALIENCY_TEST_TO_LINALG_LOWERED_H
