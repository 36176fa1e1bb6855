// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "tools/saliency-run/Options.h"
#include "tools/saliency-run/Compile.h"
#include "tools/saliency-run/PictureOptions.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>

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

Exit codes: 0 success, 1 bad input, 2 not supported.)";

static std::string footer() {
  std::string text = presetHelp();
  if (std::string methods = methodHelp(); !methods.empty())
    text += "\nMethods:\n" + methods + "\n";
  return text + "\n" + examples;
}

std::optional<std::vector<int64_t>> parseIntegers(const std::string &text) {
  std::vector<int64_t> numbers;
  const char *at = text.data(), *end = at + text.size();
  while (true) {
    int64_t number = 0;
    auto [next, code] = std::from_chars(at, end, number);
    if (code != std::errc())
      return std::nullopt;
    numbers.push_back(number);
    if (next == end)
      return numbers;
    if (*next != ',')
      return std::nullopt;
    at = next + 1;
  }
}

std::optional<TargetChoice> parseTarget(const std::string &text, std::string &error) {
  TargetChoice choice;
  if (text.empty())
    return choice;
  bool top = text.starts_with("top");
  std::optional<std::vector<int64_t>> numbers = parseIntegers(top ? text.substr(3) : text);
  bool valid = numbers && (!top || numbers->size() == 1);
  for (int64_t number : valid ? *numbers : std::vector<int64_t>())
    valid &= number >= (top ? 1 : 0) && number <= INT32_MAX;
  if (!valid) {
    error = "--target must be class numbers such as 3,5 or topK such as top3, found '" + text + "'";
    return std::nullopt;
  }
  if (top) {
    choice.top = numbers->front();
    return choice;
  }
  choice.classes = *numbers;
  std::sort(numbers->begin(), numbers->end());
  if (auto twice = std::adjacent_find(numbers->begin(), numbers->end()); twice != numbers->end()) {
    error = "--target must name each class once, found " + std::to_string(*twice) + " twice";
    return std::nullopt;
  }
  return choice;
}

static bool splitParams(const std::vector<std::string> &texts, RunOptions &options,
                        std::string &error) {
  for (const std::string &text : texts) {
    size_t equals = text.find('=');
    if (equals == 0 || equals == std::string::npos) {
      error = "--param must be KEY=VALUE, found '" + text + "'";
      return false;
    }
    std::string key = text.substr(0, equals);
    for (const auto &[known, value] : options.params) {
      if (known == key) {
        error = "--param must give each key once, found '" + key + "' twice";
        return false;
      }
    }
    options.params.emplace_back(key, text.substr(equals + 1));
  }
  return true;
}

namespace {
/// Options that are texts on the command line and something else afterwards.
struct RawOptions {
  std::vector<std::string> params;
  std::string target;
};
} // namespace

static void declareWhat(CLI::App &app, RunOptions &options, RawOptions &raw) {
  const char *group = "What";
  app.add_option("--method", options.method,
                 "attribution method, for an ONNX model; several, separated by commas, share one "
                 "forward pass")
      ->type_name("NAME")
      ->group(group);
  app.add_option("--param", raw.params, "a parameter of the method; may be repeated")
      ->allow_extra_args(false)
      ->type_name("KEY=VALUE")
      ->group(group);
  app.add_option("--conventions", options.conventions,
                 "a library's set of switches: zennit, captum, torchray, ...")
      ->type_name("NAME")
      ->group(group);
  app.add_option(
         "--then", options.steps,
         "a step that refines the 2-D map: gradual-extrapolation[:KEY=VALUE,...]; may be repeated")
      ->allow_extra_args(false)
      ->type_name("NAME[:...]")
      ->group(group);
  app.add_option("--condition", options.conditions,
                 "VALUE:CHANNEL,...: carry relevance on through these channels of a value alone; "
                 "may be repeated")
      ->allow_extra_args(false)
      ->type_name("CONDITION")
      ->group(group);
  app.add_option("--class-maps", options.classMaps,
                 "of a detector: the heads' class scores, samples x (anchors * classes) x spatial, "
                 "before softmax or sigmoid; a class "
                 "scores what its best anchor and position do")
      ->type_name("NAME,...")
      ->group(group);
  app.add_option("--anchors", options.anchors,
                 "anchors of each of these maps, or one number for all; channels are anchor by "
                 "anchor; default: 1")
      ->type_name("NUMBER,...")
      ->group(group);
  app.add_option("--composite", options.composite,
                 "which layer takes which rule of the method: a name, or a .yaml file")
      ->type_name("NAME")
      ->group(group);
  for (const auto &[name, text] : canonizers()) {
    auto store = [&options, name = name](const std::string &value) {
      options.canonizers[name] = value == "on";
    };
    app.add_option_function<std::string>("--" + name, store,
                                         text + "; default: as the conventions ask")
        ->check(CLI::IsMember({"on", "off"}))
        ->type_name("on|off")
        ->group(group);
  }
  app.add_flag("--report-canonizers", options.reportCanonizers,
               "say on standard error what these folded, and the largest change of an output on "
               "random inputs")
      ->group(group);
  app.add_option("--target", raw.target,
                 "such as 3,5 or top3; default: the class with the highest logit")
      ->type_name("CLASSES")
      ->group(group);
  app.add_option("--schedule", options.schedule, "plain or vector, for an ONNX model")
      ->check(CLI::IsMember({"plain", "vector"}))
      ->type_name("NAME")
      ->group(group);
  app.add_option("--threads", options.threads, "default: one per processor")
      ->check(CLI::Range(1, 1024))
      ->type_name("N")
      ->group(group);
}

static void declareOutput(CLI::App &app, RunOptions &options) {
  const char *group = "Output";
  app.add_option("--out-dir", options.outDir,
                 "folder of the files, made if absent; default: the current one")
      ->type_name("DIR")
      ->group(group);
  app.add_flag("--map2d", options.map2d, "also write the 2-D maps")->group(group);
  app.add_flag("--logits", options.logits, "also write the logits")->group(group);
  app.add_flag("--prepared", options.prepared, "also write the input as the network takes it")
      ->group(group);
  app.add_flag("--dump-relevance", options.dumpRelevance, "also write the relevance of every layer")
      ->group(group);
  app.add_flag("--report", options.report, "also say where relevance went, layer by layer")
      ->group(group);
  app.add_option("--labels", options.labels, "names of the classes, one a line")
      ->type_name("FILE")
      ->group(group);
  app.add_flag("--json", options.json, "one JSON document on standard output instead of text")
      ->group(group);
  app.add_flag("--quiet", options.quiet, "no text and no progress")->group(group);
}

std::optional<RunOptions> parseOptions(int argc, char **argv, int &exitCode) {
  RunOptions options;
  RawOptions raw;
  CLI::App app(description, "saliency-run");
  app.footer(footer);
  app.get_formatter()->column_width(26);
  app.add_option("MODEL", options.model, "network (.onnx) or compiled explainer (.so)")
      ->required()
      ->type_name(" ");
  app.add_option("INPUT", options.inputs, "JPEG, PNG or .npy files")->required()->type_name(" ");
  declareWhat(app, options, raw);
  declareOutput(app, options);
  declarePictures(app, options);
  std::string error;
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp &help) {
    exitCode = app.exit(help);
    return std::nullopt;
  } catch (const CLI::ParseError &problem) {
    error = problem.what();
  }
  if (error.empty())
    if (std::optional<TargetChoice> choice = parseTarget(raw.target, error))
      options.target = *choice;
  if (error.empty() && splitParams(raw.params, options, error) && checkColours(options, error))
    return options;
  std::cerr << "saliency-run: error: " << error << std::endl;
  exitCode = 1;
  return std::nullopt;
}

} // namespace saliency
