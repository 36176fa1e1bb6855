// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What a user asks for by `--emit=rsp,lrp-epsilon-plus,grad-cam` and the options that go with it.
#ifndef SALIENCY_PASSES_METHODCHOICE_H
#define SALIENCY_PASSES_METHODCHOICE_H

#include "passes/attribution/binding/BoundMethod.h"

namespace saliency {

/// The options of one command line. Each of the others may be for one of the methods only:
/// `METHOD:VALUE`; otherwise it is for every method that knows it, and an error where none does.
struct MethodOptions {
  std::string methods;     ///< names of methods separated by commas; `forward` is the network alone
  std::string conventions; ///< names of conventions separated by commas
  std::string composite;   ///< a name or a .yaml file
  ParameterList parameters;
};

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
llvm::Expected<std::vector<MethodChoice>> chooseMethods(const MethodOptions &options);

/// Whether a method among those of `methods` takes `key` as a per-call tensor.
bool declaresCallTensor(llvm::StringRef methods, llvm::StringRef key);

} // namespace saliency

#endif // SALIENCY_PASSES_METHODCHOICE_H
