// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/request/RequestOptions.h"

#include "passes/rules/language/MethodTable.h"

#include <algorithm>

namespace saliency {
namespace {

using Request = CompileRequest;
using Result = std::optional<Mistake>;

Result addMethods(Request &request, std::string_view text) {
  if (text.empty())
    return Mistake{"takes the names of methods, separated by commas"};
  request.methods += (request.methods.empty() ? "" : ",") + std::string(text);
  return std::nullopt;
}

/// Adds KEY=VALUE to `parameters`.
Result addParameter(ParameterList &parameters, std::string_view text) {
  std::optional<std::pair<std::string, std::string>> given = parseKeyValue(text);
  if (!given)
    return Mistake{"takes KEY=VALUE"};
  for (const auto &[key, value] : parameters)
    if (key == given->first)
      return Mistake{"takes each key once", "'" + key + "' twice"};
  parameters.push_back(std::move(*given));
  return std::nullopt;
}

Result addStep(Request &request, std::string_view text) {
  size_t colon = text.find(':');
  StepRequest step{std::string(text.substr(0, colon)), {}};
  bool good = !step.name.empty();
  if (colon != std::string_view::npos)
    for (std::string_view setting : splitText(text.substr(colon + 1), ','))
      good &= setting.empty() || !addParameter(step.parameters, setting);
  if (!good)
    return Mistake{"takes NAME or NAME:KEY=VALUE,... with each key once"};
  request.steps.push_back(std::move(step));
  return std::nullopt;
}

Result addCondition(Request &request, std::string_view text) {
  size_t colon = text.rfind(':'); // names may have colons
  std::optional<std::vector<int64_t>> channels;
  if (colon != 0 && colon != std::string_view::npos)
    channels = parseIntegers(text.substr(colon + 1));
  if (!channels)
    return Mistake{"takes VALUE:CHANNEL,CHANNEL,... with the name of a value and numbers"};
  request.conditions.push_back({std::string(text.substr(0, colon)), std::move(*channels)});
  return std::nullopt;
}

Result setClassMaps(Request &request, std::string_view text) {
  request.classMaps.clear();
  for (std::string_view name : splitText(text, ',')) {
    if (name.empty())
      return Mistake{"takes names of values, separated by commas"};
    request.classMaps.emplace_back(name);
  }
  return std::nullopt;
}

Result setAnchors(Request &request, std::string_view text) {
  std::optional<std::vector<int64_t>> anchors = parseIntegers(text);
  if (!anchors || std::any_of(anchors->begin(), anchors->end(), [](int64_t n) { return n < 1; }))
    return Mistake{"takes numbers above 0, separated by commas"};
  request.anchors = std::move(*anchors);
  return std::nullopt;
}

bool isIdentifier(std::string_view text) {
  auto isLetter = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
  };
  auto isDigit = [](char c) { return c >= '0' && c <= '9'; };
  return !text.empty() && isLetter(text[0]) &&
         std::all_of(text.begin(), text.end(), [&](char c) { return isLetter(c) || isDigit(c); });
}

Result setPrefix(Request &request, std::string_view text) {
  if (!isIdentifier(text))
    return Mistake{"takes a C identifier"};
  request.prefix = text;
  return std::nullopt;
}

Result setDebug(Request &request, std::string_view text) {
  for (std::string_view part : splitText(text, ','))
    request.debug.emplace_back(part);
  return std::nullopt;
}

/// What rewrites the network before it is explained.
void addCanonizers(OptionTable<Request> &table) {
  for (unsigned i = 0; i != unsigned(rules::CanonizerKind::Count); ++i) {
    auto kind = rules::CanonizerKind(i);
    std::string name(rules::nameOf(kind)), help(rules::describe(kind));
    help[0] += 'a' - 'A';
    auto set = [name](Request &request, std::string_view text) -> Result {
      if (text != "on" && text != "off")
        return Mistake{"is on or off"};
      request.canonizers[name] = text == "on";
      return std::nullopt;
    };
    // Patterns are of the network as the methods see it that read them.
    bool forPatterns = kind == rules::CanonizerKind::FoldBatchNorm;
    table.push_back({{name, "on|off", Group::Method, BelongsTo::Model,
                      kOpt | kRun | (forPatterns ? kPatterns : 0u),
                      help + "; default: as the method's conventions ask" +
                          (forPatterns ? ", in saliency-patterns on" : "")},
                     set});
  }
}

OptionTable<Request> build() {
  const auto Input = Group::Input, Method = Group::Method, Output = Group::Output,
             Machine = Group::Machine, Debugging = Group::Debugging;
  const auto Model = BelongsTo::Model, Both = BelongsTo::Both;
  const unsigned opt = kOpt, compiling = kOpt | kRun;
  const bool repeats = true;
  OptionTable<Request> table = {
      {{"batch", "N", Input, Model, compiling,
        "how many inputs are explained at once, where the network's batch axis is symbolic; "
        "default: 1"},
       setNumber(&Request::batch, 1, 65536)},
      {{"output", "NAME", Input, Model, kAllTools,
        "the output that holds the class scores, of a network with several; what it does not need "
        "is not read; default: the first that can be class scores"},
       setText(&Request::output)},
      {{"class-maps", "NAME,...", Input, Model, kAllTools,
        "of a detector: the heads' class scores, samples x (anchors * classes) x spatial, before "
        "softmax or sigmoid; a class scores what its best anchor and position do"},
       setClassMaps},
      {{"anchors", "NUMBER,...", Input, Model, kAllTools,
        "anchors of each of these maps, or one number for all; channels are anchor by anchor; "
        "default: 1"},
       setAnchors},

      {{"method", "NAME,...", Method, Model, compiling,
        "the method that explains; several share one forward pass; lrp-NAME is LRP by the "
        "composite NAME, `forward` the network alone",
        repeats, "emit"},
       addMethods},
      {{"param", "KEY=VALUE", Method, Both, compiling,
        "a parameter of the method, as saliency-opt --explain-method lists them; "
        "METHOD:KEY=VALUE of one among several; may be repeated",
        repeats},
       [](Request &request, std::string_view text) {
         return addParameter(request.parameters, text);
       }},
      {{"conventions", "NAME", Method, Model, compiling,
        "another library's set of parameters: zennit, captum, torchray, ...; METHOD:NAME,... for "
        "one among several; default: the paper's"},
       setText(&Request::conventions)},
      {{"composite", "NAME", Method, Model, compiling,
        "which layer takes which rule of an LRP method: a name, or a .yaml file"},
       setText(&Request::composite)},
      {{"then", "NAME[:KEY=VALUE,...]", Method, Model, compiling,
        "a step that refines the 2-D map, such as gradual-extrapolation; may be repeated", repeats},
       addStep},
      {{"condition", "VALUE:CHANNEL,...", Method, Model, compiling,
        "carry relevance on through these channels of a value alone (CRP); may be repeated",
        repeats},
       addCondition},
      {{"require-conservation", "", Method, Model, compiling,
        "refuse layers whose rule does not keep the sum of relevance"},
       setFlag(&Request::requireConservation)},
      {{"target", "CLASS", Method, Model, opt,
        "the class to explain, fixed in the code; default: chosen in each call"},
       setNumber(&Request::target, 0, INT32_MAX, "takes a class number from 0")},
      {{"estimator", "NAME", Method, Model, kPatterns,
        "two-component (default), linear or relu.positive, as --help explains them"},
       setWord(&Request::estimator, {std::pair("two-component", SignalEstimator::TwoComponent),
                                     {"linear", SignalEstimator::Linear},
                                     {"relu.positive", SignalEstimator::ReluPositive}})},

      {{"dump-relevance", "", Output, Both, compiling, "also give the relevance of every layer"},
       setFlag(&Request::dumpRelevance)},
      {{"report", "", Output, Both, compiling, "also say where relevance went, layer by layer"},
       setFlag(&Request::report)},
      {{"prefix", "NAME", Output, Model, opt,
        "how the C functions' names begin; default: the output's name"},
       setPrefix},

      {{"schedule", "NAME", Machine, Model, kAllTools,
        "vector (default): loops tiled and vectorised; plain: straightforward loops"},
       setWord(&Request::schedule,
               {std::pair("plain", Schedule::Plain), {"vector", Schedule::Vector}})},
      {{"triple", "TRIPLE", Machine, Model, opt,
        "the machine to compile for, as LLVM names it; default: this one"},
       setText(&Request::triple)},
      {{"cpu", "NAME", Machine, Model, compiling,
        "the processor to compile for, such as x86-64-v3; default: this one"},
       setText(&Request::cpu)},

      {{"no-specialise", "", Debugging, Model, compiling,
        "keep code that sign analysis and seed slicing would remove"},
       setFlag(&Request::specialise, false)},
      {{"report-canonizers", "", Debugging, Model, compiling,
        "say on standard error what the canonizers above folded, and the largest change of an "
        "output on random inputs"},
       setFlag(&Request::reportCanonizers)},
      {{"statistics", "", Debugging, Model, compiling,
        "print what the passes counted, on standard error"},
       setFlag(&Request::statistics)},
      {{"timing", "", Debugging, Model, compiling,
        "print the time of every pass, on standard error"},
       setFlag(&Request::timing)},
      {{"debug-only", "PART,...", Debugging, Model, compiling,
        "print on standard error what these parts of the compiler decide: all, or DEBUG_TYPEs of "
        "source files such as saliency-compiler. Needs a build with assertions, which is the "
        "default",
        repeats},
       setDebug},
  };
  auto end = std::find_if(table.begin(), table.end(), [](const Option<Request> &option) {
    return option.name == "require-conservation";
  });
  OptionTable<Request> canonizers;
  addCanonizers(canonizers);
  table.insert(end, canonizers.begin(), canonizers.end());
  return table;
}

} // namespace

const OptionTable<CompileRequest> &requestOptions() {
  static const OptionTable<CompileRequest> table = build();
  return table;
}

std::string StepRequest::text() const {
  std::string text = name;
  char before = ':';
  for (const auto &[key, value] : parameters) {
    text += before + key + '=' + value;
    before = ',';
  }
  return text;
}

std::string findContradiction(const CompileRequest &request) {
  if (request.classMaps.empty() && !request.anchors.empty())
    return "--anchors are of maps of class scores, --class-maps; found anchors and no such maps";
  if (!request.classMaps.empty() && !request.output.empty())
    return "class scores are of one output, --output, or of maps, --class-maps; found both";
  if (!isIdentifier(request.prefix))
    return "a prefix is a C identifier; found '" + request.prefix + "'";
  return "";
}

} // namespace saliency
