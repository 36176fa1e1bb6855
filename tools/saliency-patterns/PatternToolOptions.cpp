// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tools/saliency-patterns/PatternToolOptions.h"

#include "passes/request/CommandLine.h"
#include "passes/request/RequestOptions.h"

using namespace saliency;

static const char description[] = "Estimates the pattern of every unit of a network from pictures: "
                                  "the direction along which the signal lies that the unit "
                                  "reads.\n"
                                  "--method=pattern-net and --method=pattern-attribution take the "
                                  "file: --param patterns=FILE.npz.";

static const char examples[] = R"(
Estimators:
  two-component   a = (E+[x y] - E+[x] E[y]) / (w . (E+[x y] - E+[x] E[y])), E+ over outputs above 0, where a rectifier follows;
                  elsewhere the linear one
  linear          a = cov(x, y) / var(y)
  relu.positive   two-component for every layer, as iNNvestigate's pattern of that name

Examples:
  saliency-patterns squeezenet.onnx photos/ -o patterns.npz
      of all pictures and arrays in a folder and its folders
  saliency-run squeezenet.onnx --method=pattern-attribution --param patterns=patterns.npz dog.jpg

The file holds one array for each layer with weights, in their shape and called as the ONNX value that the layer produces. Batch norm
is folded first, as both methods do. Units that were never active, and constant ones, have patterns of zeros.

Exit codes: 0 success, 1 bad input, 2 not supported.
)";

static std::optional<Mistake> setOutput(PatternToolOptions &options, std::string_view text) {
  if (!text.ends_with(".npz"))
    return Mistake{"takes a file that ends in .npz"};
  options.output = text;
  return std::nullopt;
}

std::optional<PatternToolOptions> saliency::parsePatternOptions(int argc, char **argv,
                                                                int &exitCode) {
  PatternToolOptions options;
  const OptionTable<PatternToolOptions> own = {
      {{"out-file", "FILE.npz", Group::Output, BelongsTo::Call, kPatterns, "the file of patterns",
        false, "o"},
       setOutput}};
  CommandLine line("saliency-patterns", kPatterns, description);
  line.offer(pictureOptions(), options.pictures);
  line.offer(requestOptions(), options.request);
  line.offer(own, options);
  line.offer(hostOptions(), options.host);
  line.takePlace("MODEL", "network (.onnx)", options.request.model);
  line.takePlaces("INPUT", "JPEG, PNG or .npy files, or folders of them", options.inputs);
  line.setFooter([] { return presetHelp() + examples; });
  std::string mistake;
  if (std::optional<int> done = line.parse(argc, argv)) {
    exitCode = *done;
    return std::nullopt;
  }
  if (options.output.empty())
    mistake = "--out-file is needed, a file that ends in .npz; found none";
  if (mistake.empty() && checkColours(options.pictures, mistake))
    return options;
  exitCode = line.fail(mistake);
  return std::nullopt;
}
