// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The options that say what to compile, whoever asks: the tools, documents, other languages.
#ifndef SALIENCY_REQUEST_REQUESTOPTIONS_H
#define SALIENCY_REQUEST_REQUESTOPTIONS_H

#include "passes/request/CompileRequest.h"
#include "passes/request/OptionTable.h"

namespace saliency {

/// One row for each, in the order of the help texts.
const OptionTable<CompileRequest> &requestOptions();

} // namespace saliency

#endif // SALIENCY_REQUEST_REQUESTOPTIONS_H
