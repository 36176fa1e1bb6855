// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The options that say how a network wants its pictures, which several tools have.

#ifndef SALIENCY_TOOLS_RUN_PICTUREOPTIONS_H
#define SALIENCY_TOOLS_RUN_PICTUREOPTIONS_H

#include "tools/saliency-run/Options.h"

namespace CLI {
class App;
}

namespace saliency {

void declarePictures(CLI::App &app, RunOptions &options);

/// What the parser cannot check: --mean and --std fit each other.
bool checkColours(const RunOptions &options, std::string &error);

/// The presets, one line each, for the help text.
std::string presetHelp();

} // namespace saliency

#endif // SALIENCY_TOOLS_RUN_PICTUREOPTIONS_H
