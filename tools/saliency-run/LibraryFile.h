// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Whether a shared library can be handed to the system's loader, which maps it unseen: a library
// without its end would kill the program by a signal.

#ifndef SALIENCY_TOOLS_RUN_LIBRARYFILE_H
#define SALIENCY_TOOLS_RUN_LIBRARYFILE_H

#include <string>

namespace saliency {

/// Whether all that the headers of an ELF file name lies within the file. `error` names the file
/// and what is missing. Kinds that the loader refuses by itself (other formats, processors, file
/// types) are left to it.
bool checkLibraryFile(const std::string &path, std::string &error);

} // namespace saliency

#endif // SALIENCY_TOOLS_RUN_LIBRARYFILE_H
