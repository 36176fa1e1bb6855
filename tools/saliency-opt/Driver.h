// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef SALIENCY_TOOLS_OPT_DRIVER_H
#define SALIENCY_TOOLS_OPT_DRIVER_H

namespace saliency {

/// Compiles as the command line says; returns the exit code.
int runDriver(int argc, char **argv);

} // namespace saliency

#endif // SALIENCY_TOOLS_OPT_DRIVER_H
