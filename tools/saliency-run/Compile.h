// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The tool's only door to the compiler.

#ifndef SALIENCY_TOOLS_RUN_COMPILE_H
#define SALIENCY_TOOLS_RUN_COMPILE_H

#include "tools/saliency-run/Explainer.h"

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace saliency {

/// What to compile for this machine, with batch 1 and the target left open.
struct CompileRequest {
  std::string model;              ///< path of an ONNX file
  std::string method;             ///< "rsp"
  std::string classMaps, anchors; ///< of a detector: NAME,NAME,... and NUMBER,NUMBER,...
  /// Parameters in the order given. Those that name a per-call tensor of the method (`classes`) are
  /// in the list, so that the compiler can tell a misspelt name; their values belong to the run.
  std::vector<std::pair<std::string, std::string>> params;
  std::vector<std::string> steps;         ///< refine the 2-D map, NAME or NAME:KEY=VALUE,...
  std::string composite;                  ///< name or .yaml file; empty: none
  std::vector<std::string> conditions;    ///< VALUE:CHANNEL,CHANNEL,...
  std::string conventions;                ///< empty: the method's own
  std::map<std::string, bool> canonizers; ///< those switched on or off, by name
  bool reportCanonizers = false;
  std::string schedule;    ///< "plain", "vector", or empty: the default
  bool dumpLayers = false; ///< keep every layer's relevance as an output
  bool report = false;     ///< and where it went
};

/// Null on failure; then `error` says what (without a final newline) and `exitCode` is 1 (bad
/// input) or 2 (unsupported).
std::unique_ptr<LoadedExplainer> compileModel(const CompileRequest &request, std::string &error,
                                              int &exitCode);

/// The canonizers: their names, and what each does.
std::vector<std::pair<std::string, std::string>> canonizers();

/// The methods compiled in, one line each with name and summary, for the help text.
std::string methodHelp();

} // namespace saliency

#endif // SALIENCY_TOOLS_RUN_COMPILE_H
