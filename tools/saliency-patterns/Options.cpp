// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tools/saliency-patterns/Options.h"

#include "tools/saliency-run/PictureOptions.h"

#include <CLI/CLI.hpp>
#include <iostream>

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

Exit codes: 0 success, 1 bad input, 2 not supported.)";

static std::optional<SignalEstimator> estimatorOf(const std::string &name) {
  return name == "two-component"   ? std::optional(SignalEstimator::TwoComponent)
         : name == "linear"        ? std::optional(SignalEstimator::Linear)
         : name == "relu.positive" ? std::optional(SignalEstimator::ReluPositive)
                                   : std::nullopt;
}

std::optional<PatternToolOptions> saliency::parsePatternOptions(int argc, char **argv,
                                                                int &exitCode) {
  PatternToolOptions options;
  std::string estimator = "two-component", foldBatchNorm = "on", schedule = "vector", error;
  CLI::App app(description, "saliency-patterns");
  app.footer([] { return presetHelp() + examples; });
  app.get_formatter()->column_width(26);
  app.add_option("MODEL", options.estimator.model, "network (.onnx)")->required()->type_name(" ");
  app.add_option("INPUT", options.run.inputs, "JPEG, PNG or .npy files, or folders of them")
      ->required()
      ->type_name(" ");
  app.add_option("-o,--output", options.output, "the file of patterns")
      ->required()
      ->type_name("FILE.npz");
  app.add_option("--estimator", estimator,
                 "two-component (default), linear or relu.positive, see below")
      ->type_name("NAME");
  app.add_option("--class-maps", options.estimator.classMaps,
                 "of a detector: the heads' class scores, samples x (anchors * classes) x spatial, "
                 "before softmax or sigmoid")
      ->type_name("NAME,...");
  app.add_option("--anchors", options.estimator.anchors,
                 "anchors of each of these maps, or one number for all; channels are anchor by "
                 "anchor; default: 1")
      ->type_name("NUMBER,...");
  app.add_option("--fold-batch-norm", foldBatchNorm,
                 "on (default), or off: for maps made with the same option")
      ->check(CLI::IsMember({"on", "off"}))
      ->type_name("");
  app.add_option("--schedule", schedule, "plain or vector (default)")
      ->check(CLI::IsMember({"plain", "vector"}))
      ->type_name("");
  app.add_option("--threads", options.run.threads, "default: one per processor")
      ->check(CLI::Range(1, 1024))
      ->type_name("N");
  app.add_flag("--quiet", options.run.quiet, "no text and no progress");
  declarePictures(app, options.run);
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp &help) {
    exitCode = app.exit(help);
    return std::nullopt;
  } catch (const CLI::ParseError &problem) {
    error = problem.what();
  }
  std::optional<SignalEstimator> chosen = estimatorOf(estimator);
  if (error.empty() && !chosen)
    error = "--estimator must be two-component, linear or relu.positive, found '" + estimator + "'";
  if (error.empty() && !options.output.ends_with(".npz"))
    error = "--output must end in .npz, found '" + options.output + "'";
  if (error.empty() && checkColours(options.run, error)) {
    options.estimator.estimator = *chosen;
    options.estimator.foldBatchNorm = foldBatchNorm == "on";
    options.estimator.vectorised = schedule == "vector";
    return options;
  }
  std::cerr << "saliency-patterns: error: " << error << std::endl;
  exitCode = 1;
  return std::nullopt;
}
