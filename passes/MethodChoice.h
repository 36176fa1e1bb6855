// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What a user asks for by `--emit=rsp,lrp-epsilon-plus,grad-cam` and the options that go with it,
// dealt out to the methods.
#ifndef SALIENCY_PASSES_METHODCHOICE_H
#define SALIENCY_PASSES_METHODCHOICE_H

#include "passes/attribution/binding/BoundMethod.h"
#include "passes/request/CompileRequest.h"

namespace saliency {

/// One method with what is meant for it.
struct MethodChoice {
  std::string name; ///< as the user wrote it: `lrp-NAME` is LRP by the composite of that name
  const rules::MethodTable *table = nullptr; ///< null: the network alone
  std::string conventions, composite;
  ParameterList parameters;

  /// "composite=preset-a epsilon=0.1": what differs from the defaults.
  std::string describe() const;
};

/// The error names what is not known, and what would be.
llvm::Expected<std::vector<MethodChoice>> chooseMethods(const CompileRequest &request);

/// Whether a method among those of `methods` takes `key` as a per-call tensor.
bool declaresCallTensor(llvm::StringRef methods, llvm::StringRef key);

} // namespace saliency

#endif // SALIENCY_PASSES_METHODCHOICE_H
