// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What is asked of the compiler: one struct for the tools, for C++ programs and for other
// languages. Needs neither MLIR nor LLVM. Every field that a user can set from text has a row in
// RequestOptions.cpp; a new option is a field here, a row there, and the place where it acts, which
// reads the field: the request reaches the passes whole.
#ifndef SALIENCY_REQUEST_COMPILEREQUEST_H
#define SALIENCY_REQUEST_COMPILEREQUEST_H

#include "passes/codegen/Schedule.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace saliency {

/// Settings as KEY and VALUE, in the order given.
using ParameterList = std::vector<std::pair<std::string, std::string>>;

/// A value's channels through which alone relevance is carried on (CRP, Achtibat et al. 2023). What
/// goes past the value is dropped.
struct ChannelCondition {
  std::string value; ///< ONNX name
  std::vector<int64_t> channels;
};

/// A step that refines the 2-D map of a method.
struct StepRequest {
  std::string name;
  ParameterList parameters;

  /// As it is written on the command line: NAME or NAME:KEY=VALUE,...
  std::string text() const;
};

/// From which outputs of a unit its pattern is estimated. TwoComponent: those above 0 where a
/// rectifier follows the layer, all elsewhere. Linear: all. ReluPositive: those above 0, as
/// iNNvestigate's "relu.positive".
enum class SignalEstimator { TwoComponent, Linear, ReluPositive };

/// What is asked of the explanation itself, whatever the method.
struct AttributionRequest {
  /// The class to explain, fixed in the code; otherwise every call names one class per sample, or
  /// -1 for the one with the highest score.
  std::optional<int64_t> target;
  /// Where only some channels' relevance is carried on.
  std::vector<ChannelCondition> conditions;
  /// Refuse a network with a layer whose rule does not keep the sum of relevance.
  bool requireConservation = false;
  /// Also return the relevance of every named value of the network.
  bool dumpRelevance = false;
  /// Also return where relevance went at every layer.
  bool report = false;
};

struct CompileRequest : AttributionRequest {
  // The network.
  std::string model; ///< path of an ONNX file, or of IR written at stage import or canonical
  std::optional<int64_t> batch; ///< extent of a batch axis that the network leaves open; 1
  std::string output; ///< the output that is explained; empty: the first that can be class scores
  std::vector<std::string> classMaps; ///< of a detector: names of the heads' class scores
  std::vector<int64_t> anchors;       ///< of each of these maps, or one number for all; none: 1

  // The method. Where there are several, METHOD:VALUE is for one of them; otherwise a setting is
  // for every method that knows it, and an error where none does.
  std::string methods;      ///< names separated by commas; "forward" is the network alone
  ParameterList parameters; ///< a key may be METHOD:KEY
  std::string conventions;  ///< names of conventions separated by commas; empty: the paper's
  std::string composite;    ///< which layer takes which rule: a name or a .yaml file; empty: none
  std::vector<StepRequest> steps; ///< applied to the 2-D map in this order
  std::map<std::string, bool>
      canonizers; ///< switched on or off, by name; others as the method asks
  std::optional<SignalEstimator> estimator; ///< with "forward": also sums that patterns come from

  // The code.
  std::string prefix = "saliency_model"; ///< of the C functions
  bool sharedLibrary = false;            ///< also export the names that every shared library has

  // The machine.
  Schedule schedule = Schedule::Vector;
  std::string triple, cpu; ///< as LLVM names them; empty: this machine

  // Debugging.
  bool specialise = true;         ///< use what is known of signs and of the seed
  bool reportCanonizers = false;  ///< say what the canonizers folded and how outputs change by it
  bool statistics = false;        ///< say what the passes counted
  bool timing = false;            ///< say, on standard error, what time every pass took
  std::vector<std::string> debug; ///< what these parts of the compiler decide, on standard error
};

/// The first of the request's fields that do not fit each other, as a message; empty: all do.
/// (Whether they fit the network is checked when it is compiled.)
std::string findContradiction(const CompileRequest &request);

} // namespace saliency

#endif // SALIENCY_REQUEST_COMPILEREQUEST_H
