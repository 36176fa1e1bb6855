// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the compiler says of its methods and operators: lists, help on one method, pages of the
// documents.
#ifndef SALIENCY_TOOLS_OPT_DOCUMENTS_H
#define SALIENCY_TOOLS_OPT_DOCUMENTS_H

#include <string>

namespace saliency {

/// One line for each method, on standard output.
void listMethods();

/// A method's or step's rules and parameters, on standard output; a message where none has this
/// name.
std::string explainMethod(const std::string &name);

/// The parts of the documents that follow from the code, on standard output; docs/generate.py puts
/// them in place. A message where there is no such document.
std::string printDocument(const std::string &what);

} // namespace saliency

#endif // SALIENCY_TOOLS_OPT_DOCUMENTS_H
