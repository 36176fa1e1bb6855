// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "tools/saliency-run/SharedOptions.h"
#include "runtime/image/Preprocess.h"

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

bool checkColours(const PictureOptions &options, std::string &error) {
  if (options.mean.size() != options.std.size()) {
    error = "--mean and --std are given together, one number or three each; found " +
            std::to_string(options.mean.size()) + " and " + std::to_string(options.std.size());
    return false;
  }
  return true;
}

/// One number or three.
static auto setColours(std::vector<double> PictureOptions::*member, bool isDivisor) {
  return [=](PictureOptions &options, std::string_view text) -> std::optional<Mistake> {
    std::vector<double> numbers;
    for (std::string_view part : splitText(text, ','))
      if (std::optional<double> number = parseNumber(part))
        numbers.push_back(*number);
    bool whole = numbers.size() == splitText(text, ',').size();
    bool hasZero = isDivisor && std::find(numbers.begin(), numbers.end(), 0.0) != numbers.end();
    if (!whole || hasZero || (numbers.size() != 1 && numbers.size() != 3))
      return Mistake{isDivisor ? "takes one number or three, none of them 0"
                               : "takes one number or three"};
    options.*member = std::move(numbers);
    return std::nullopt;
  };
}

static std::optional<Mistake> setPreset(PictureOptions &options, std::string_view text) {
  std::vector<std::string> names;
  for (const Preset &preset : presets())
    names.emplace_back(preset.name);
  if (std::find(names.begin(), names.end(), text) == names.end())
    return Mistake{"is " + listText(names),
                   "'" + std::string(text) + "'" + didYouMean(text, names)};
  options.preset = text;
  return std::nullopt;
}

const OptionTable<PictureOptions> &pictureOptions() {
  using Options = PictureOptions;
  constexpr auto Input = Group::Input;
  constexpr auto Call = BelongsTo::Call;
  constexpr unsigned tools = kRun | kPatterns;
  static const OptionTable<Options> table = {
      {{"preset", "NAME", Input, Call, tools,
        "how colours become numbers, as --help lists them; default for colour: torch-imagenet"},
       setPreset},
      {{"mean", "R,G,B", Input, Call, tools, "three numbers or one: input = (px/255 - mean) / std"},
       setColours(&Options::mean, /*isDivisor=*/false)},
      {{"std", "R,G,B", Input, Call, tools, "three numbers or one, with --mean"},
       setColours(&Options::std, /*isDivisor=*/true)},
      {{"range", "N", Input, Call, tools,
        "1 (default), or 255: --mean and --std are in units of px"},
       setWord(&Options::range, {std::pair("1", 1), {"255", 255}})},
      {{"layout", "NAME", Input, Call, tools, "rgb, bgr or gray; default: the preset's"},
       setWord(&Options::order, {"rgb", "bgr", "gray"})},
      {{"crop", "NAME", Input, Call, tools,
        "center (default): scale the short side, cut the middle; none: scale both sides to the "
        "network's"},
       setWord(&Options::fit, {"center", "none"})},
      {{"size", "N", Input, Call, tools,
        "short side before the crop; default: the network's / 0.875, and pictures of its size stay "
        "as they are"},
       setNumber(&Options::size, 1, 16384)},
  };
  return table;
}

const OptionTable<HostOptions> &hostOptions() {
  constexpr unsigned tools = kRun | kPatterns;
  static const OptionTable<HostOptions> table = {
      {{"threads", "N", Group::Machine, BelongsTo::Call, tools,
        "how many threads run the explainer; default: one per processor"},
       setNumber(&HostOptions::threads, 1, 1024)},
      {{"quiet", "", Group::Output, BelongsTo::Call, tools, "no text and no progress"},
       setFlag(&HostOptions::quiet)},
  };
  return table;
}

} // namespace saliency
