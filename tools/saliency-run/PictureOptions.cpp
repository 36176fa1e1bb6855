// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "tools/saliency-run/PictureOptions.h"
#include "runtime/image/Preprocess.h"

#include <CLI/CLI.hpp>
#include <algorithm>

namespace saliency {

std::string presetHelp() {
  std::string text = "Presets:\n";
  for (const Preset &preset : presets()) {
    std::string name = preset.name;
    text += "  " + name + std::string(16 - name.size(), ' ') + preset.summary + "\n";
  }
  return text;
}

bool checkColours(const RunOptions &options, std::string &error) {
  if (options.mean.size() != options.std.size() ||
      (options.mean.size() != 0 && options.mean.size() != 1 && options.mean.size() != 3)) {
    error = "--mean and --std must be given together, one number or three each";
    return false;
  }
  if (std::find(options.std.begin(), options.std.end(), 0.0) != options.std.end()) {
    error = "--std must not be 0";
    return false;
  }
  return true;
}

void declarePictures(CLI::App &app, RunOptions &options) {
  const char *group = "Pictures";
  app.add_option("--preset", options.preset,
                 "normalisation, see below; default for colour: torch-imagenet")
      ->type_name("NAME")
      ->group(group);
  app.add_option("--mean", options.mean, "three numbers or one: input = (px/255 - mean) / std")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->type_name("R,G,B")
      ->group(group);
  app.add_option("--std", options.std, "three numbers or one")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->type_name("R,G,B")
      ->group(group);
  app.add_option("--range", options.range,
                 "1 (default), or 255: --mean and --std are in units of px")
      ->check(CLI::IsMember({1, 255}))
      ->type_name("N")
      ->group(group);
  app.add_option("--layout", options.order, "rgb, bgr or gray; default: the preset's")
      ->check(CLI::IsMember({"rgb", "bgr", "gray"}))
      ->type_name("NAME")
      ->group(group);
  app.add_option("--crop", options.fit,
                 "center (default): scale the short side, cut the middle; none: scale both sides "
                 "to the network's")
      ->check(CLI::IsMember({"center", "none"}))
      ->type_name("NAME")
      ->group(group);
  app.add_option("--size", options.size,
                 "short side before the crop; default: the network's / 0.875, and pictures of its "
                 "size stay as they are")
      ->check(CLI::Range(1, 16384))
      ->type_name("N")
      ->group(group);
}

} // namespace saliency
