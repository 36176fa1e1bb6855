// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "tools/saliency-run/RunOptions.h"
#include "passes/request/CommandLine.h"
#include "passes/request/RequestOptions.h"
#include "passes/rules/Registry.h"

#include <algorithm>

namespace saliency {

static const char description[] =
    "Explains what a network sees in a picture: one relevance map per picture and class.\n"
    "Compiles MODEL.onnx for one attribution method, or takes an EXPLAINER.so with its .weights "
    "file beside it.";

static const char examples[] = R"(Examples:
  saliency-run squeezenet.onnx --method=rsp --target=top2 --out-dir=maps dog.jpg
      explains the two best classes: maps/dog_t207.npy, .png, .overlay.png and so on
  saliency-run net.onnx --method=rsp --param seed=hostile --param classes=3,4,0 --target=3,4 x.npy
      parameters of the method; `classes` is a value of the call, the rest is compiled in
  saliency-run rsp.so --labels=labels.txt --json *.jpg > result.json
      a compiled explainer, for scripts
  saliency-run net.onnx --method=lrp-epsilon --report photo.png
      also a table of the layers that lose relevance: to stabilisers, biases, dead units, the rule itself

Files, for every input STEM.jpg and class C, with the batch axis and as float32:
  STEM_tC.npy             the unprocessed relevance, in the shape of the network's input (or of the method's layer)
  STEM_tC.map2d.npy       --map2d: the method's own 2-D map, or the channel sum
  STEM_tC.layers.npz      --dump-relevance: every layer, by ONNX value name
  STEM.logits.npy         --logits
  STEM.input.npy          --prepared: the network's input, for example to give to a compiled explainer
  STEM_tC.png             pictures only: blue negative, white zero, red positive; full colour at the 99.5th percentile
  STEM_tC.overlay.png     pictures only: the same over the photograph
A .npy input is taken as it is; if it holds several images, their maps are stacked, and without --target=CLASSES, where
each image has its own classes, the files are named STEM_ttop1.npy, STEM_ttop2.npy and so on.

Exit codes: 0 success, 1 bad input, 2 not supported.
)";

static std::string footer() {
  std::string text = presetHelp() + "\nMethods:\n";
  for (const rules::MethodTable *table : rules::allMethods())
    text += "  " + std::string(table->name) +
            std::string(table->name.size() < 18 ? 18 - table->name.size() : 1, ' ') +
            std::string(table->title) + '\n';
  return text + '\n' + examples;
}

std::optional<Mistake> parseTarget(std::string_view text, TargetChoice &choice) {
  choice = TargetChoice();
  if (text.empty())
    return std::nullopt;
  bool top = text.starts_with("top");
  std::optional<std::vector<int64_t>> numbers = parseIntegers(top ? text.substr(3) : text);
  bool valid = numbers && (!top || numbers->size() == 1);
  for (int64_t number : valid ? *numbers : std::vector<int64_t>())
    valid &= number >= (top ? 1 : 0) && number <= INT32_MAX;
  if (!valid)
    return Mistake{"takes class numbers such as 3,5 or topK such as top3"};
  if (top) {
    choice.top = numbers->front();
    return std::nullopt;
  }
  choice.classes = *numbers;
  std::sort(numbers->begin(), numbers->end());
  if (auto twice = std::adjacent_find(numbers->begin(), numbers->end()); twice != numbers->end())
    return Mistake{"takes each class once", std::to_string(*twice) + " twice"};
  return std::nullopt;
}

/// What belongs to the run; the others are requestOptions(), pictureOptions(), hostOptions().
static const OptionTable<RunOptions> &runOptions() {
  using Options = RunOptions;
  constexpr auto Call = BelongsTo::Call;
  constexpr auto Output = Group::Output;
  static const OptionTable<Options> table = {
      {{"target", "CLASSES", Group::Method, Call, kRun,
        "the classes to explain, such as 3,5 or top3; default: the class with the highest logit"},
       [](Options &options, std::string_view text) { return parseTarget(text, options.target); }},
      {{"out-dir", "DIR", Output, Call, kRun,
        "folder of the files, made if absent; default: the current one"},
       setText(&Options::outDir)},
      {{"map2d", "", Output, Call, kRun, "also write the 2-D maps"}, setFlag(&Options::map2d)},
      {{"logits", "", Output, Call, kRun, "also write the logits"}, setFlag(&Options::logits)},
      {{"prepared", "", Output, Call, kRun, "also write the input as the network takes it"},
       setFlag(&Options::prepared)},
      {{"labels", "FILE", Output, Call, kRun, "names of the classes, one a line"},
       setText(&Options::labels)},
      {{"json", "", Output, Call, kRun, "one JSON document on standard output instead of text"},
       setFlag(&Options::json)},
  };
  return table;
}

std::optional<RunOptions> parseRunOptions(int argc, char **argv, int &exitCode) {
  RunOptions options;
  CommandLine line("saliency-run", kRun, description);
  line.offer(pictureOptions(), options.pictures);
  line.offer(requestOptions(), options.compile);
  line.offer(runOptions(), options);
  line.offer(hostOptions(), options.host);
  line.takePlace("MODEL", "network (.onnx) or compiled explainer (.so)", options.compile.model);
  line.takePlaces("INPUT", "JPEG, PNG or .npy files", options.inputs);
  line.setFooter(footer);
  if (std::optional<int> done = line.parse(argc, argv)) {
    exitCode = *done;
    return std::nullopt;
  }
  if (std::string error; !checkColours(options.pictures, error)) {
    exitCode = line.fail(error);
    return std::nullopt;
  }
  for (const OptionInfo *option : line.getGiven())
    if (option->belongsTo == BelongsTo::Model)
      options.ofModel.push_back(option->flag());
  return options;
}

} // namespace saliency
