// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Options that several programs have: how a network wants its pictures, and how a run uses this
// machine.

#ifndef SALIENCY_TOOLS_RUN_SHAREDOPTIONS_H
#define SALIENCY_TOOLS_RUN_SHAREDOPTIONS_H

#include "passes/request/OptionTable.h"

#include <string>
#include <vector>

namespace saliency {

struct PictureOptions {
  std::string preset, order, fit;
  std::vector<double> mean, std;
  int range = 1, size = 0;
};

const OptionTable<PictureOptions> &pictureOptions();

/// What no single option can check: --mean and --std fit each other.
bool checkColours(const PictureOptions &options, std::string &error);

/// The presets, one line each, for the help text.
std::string presetHelp();

struct HostOptions {
  int threads = 0; ///< 0: one per processor
  bool quiet = false;
};

const OptionTable<HostOptions> &hostOptions();

} // namespace saliency

#endif // SALIENCY_TOOLS_RUN_SHAREDOPTIONS_H
