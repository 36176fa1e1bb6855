// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tools/saliency-opt/Options.h"

#include "dialect/import/Operators.h"
#include "passes/rules/Registry.h"
#include "passes/rules/printing/Print.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSwitch.h"
#include "llvm/Support/Path.h"

#include <CLI/CLI.hpp>
#include <iostream>

using namespace saliency;
using llvm::StringRef;

static StringRef extensionOf(StringRef path) { return llvm::sys::path::extension(path); }

static bool isOutputExtension(StringRef extension) {
  return llvm::is_contained({StringRef(".mlir"), StringRef(".mlirbc"), StringRef(".ll"),
                             StringRef(".o"), StringRef(".so")},
                            extension);
}

bool saliency::isDriverCommand(int argc, char **argv) {
  static constexpr llvm::StringLiteral ours[] = {"--emit", "--stage", "--list-methods",
                                                 "--explain-method", "--document"};
  if (argc < 2)
    return true;
  for (int i = 1; i < argc; ++i) {
    StringRef argument(argv[i]);
    bool isOurs =
        llvm::any_of(ours, [&](StringRef option) { return argument.starts_with(option); });
    if ((isOurs && !argument.starts_with("--emit-bytecode")) || extensionOf(argument) == ".onnx" ||
        argument == "--help" || argument == "-h")
      return true;
    if (argument == "-o" && i + 1 < argc && isOutputExtension(extensionOf(argv[i + 1])) &&
        extensionOf(argv[i + 1]) != ".mlir")
      return true;
  }
  return false;
}

/// A C identifier from a file's stem.
static std::string prefixFor(StringRef path) {
  std::string prefix;
  for (char c : llvm::sys::path::stem(path))
    prefix += llvm::isAlnum(c) || c == '_' ? c : '_';
  if (prefix.empty() || llvm::isDigit(prefix[0]))
    prefix = "saliency_" + prefix;
  return prefix;
}

static bool isIdentifier(StringRef text) {
  return !text.empty() && !llvm::isDigit(text[0]) &&
         llvm::all_of(text, [](char c) { return llvm::isAlnum(c) || c == '_'; });
}

/// `--emit-NAME` as `--emit=NAME` where no method is called NAME, so that the mistake is explained
/// like any other.
static std::string emitOption(StringRef argument) {
  StringRef name = argument;
  return name.consume_front("--emit-") && !rules::findMethod({name.data(), name.size()})
             ? ("--emit=" + name).str()
             : argument.str();
}

static const std::pair<const char *, Stage> kStages[] = {
    {"import", Stage::Import},           {"canonical", Stage::Canonical},
    {"attribution", Stage::Attribution}, {"specialised", Stage::Specialised},
    {"linalg", Stage::Linalg},           {"buffers", Stage::Buffers},
    {"scheduled", Stage::Scheduled},     {"llvm", Stage::LLVM}};

static void listMethods() {
  for (const rules::MethodTable *table : rules::allMethods())
    std::cout << "  " << std::left << std::setw(19) << table->name << ' ' << table->title << '\n';
}

static const rules::MethodTable *findMethodOrStep(std::string_view name) {
  const rules::MethodTable *table = rules::findMethod(name);
  return table ? table : rules::findStep(name);
}

/// The parts of the documents that follow from the code; docs/generate.py puts them in place.
static bool printDocument(StringRef what) {
  if (what == "method-index")
    std::cout << rules::printIndex(rules::allMethods());
  else if (what == "step-index")
    std::cout << rules::printIndex(rules::allSteps());
  else if (const rules::MethodTable *table = findMethodOrStep(what); table)
    std::cout << rules::printPage(*table);
  else if (what == "operators")
    for (const Operator &op : getOperators())
      std::cout << op.name.str() << '\n';
  else
    return false;
  return true;
}

std::optional<DriverOptions> saliency::parseOptions(int argc, char **argv, int &exitCode) {
  DriverOptions options;
  CLI::App app("Compiles an ONNX classifier and an attribution method into code that explains the "
               "classifier's decisions.\n"
               "With other arguments (no model.onnx, --emit or output file) it runs single passes "
               "as mlir-opt does: saliency-opt --help-passes",
               "saliency-opt");
  app.footer("Examples:\n"
             "  saliency-opt model.onnx --emit-rsp -o rsp.o              object, C header rsp.h "
             "and weights rsp.weights\n"
             "  saliency-opt model.onnx --emit-lrp-epsilon --param epsilon=0.1 -o lrp.so\n"
             "  saliency-opt model.onnx --emit=rsp,grad-cam,lrp-epsilon-plus -o maps.o   three "
             "maps of one call, one forward pass\n"
             "  saliency-opt model.onnx --emit-gradient --target=243     IR on standard output\n"
             "  saliency-opt model.onnx --emit-rsp --stage=linalg -o rsp.mlir   IR as text, "
             "weights in rsp.mlir.weights\n"
             "Exit code: 0 done, 1 bad input, 2 valid but unsupported.\n");
  std::string emit, stage, schedule = "vector", triple, cpu, explain, document;
  std::vector<std::string> parameters, conditions, methodFlags;
  bool list = false, noSpecialise = false;
  int64_t target = -1;

  app.add_option("model", options.compile.model,
                 "ONNX model, or IR of an earlier stage (.mlir, .mlirbc)");
  app.add_option(
      "-o,--output", options.output,
      "Output; its extension says what: .o .so .ll .mlir .mlirbc (default: IR on standard output)");
  app.add_option("--emit", emit,
                 "Methods to emit, separated by commas, lrp-COMPOSITE among them; `forward` is the "
                 "network alone");
  for (const rules::MethodTable *table : rules::allMethods()) {
    std::string name(table->name);
    app.add_flag_callback(
           "--emit-" + name, [&methodFlags, name] { methodFlags.push_back(name); },
           std::string(table->title))
        ->group("Methods");
  }
  app.add_option("--param", parameters,
                 "KEY=VALUE: a parameter; METHOD:KEY=VALUE of one among several methods; see "
                 "--explain-method")
      ->allow_extra_args(false);
  app.add_option("--conventions", options.compile.methods.conventions,
                 "Another library's set of parameters, e.g. zennit (default: the paper's); "
                 "METHOD:NAME,... for one among several");
  app.add_option("--class-maps", options.compile.classMaps,
                 "NAME,NAME,...: of a detector, the heads' class scores, samples x (anchors * "
                 "classes) x spatial, before softmax or sigmoid; "
                 "a class scores what its best anchor and position do");
  app.add_option("--anchors", options.compile.anchors,
                 "NUMBER,NUMBER,...: anchors of each of these maps, or one number for all "
                 "(default: 1); channels are anchor by anchor");
  app.add_option(
         "--then", options.compile.steps,
         "NAME or NAME:KEY=VALUE,...: a step that refines the 2-D map, e.g. gradual-extrapolation")
      ->allow_extra_args(false);
  app.add_option("--composite", options.compile.methods.composite,
                 "Which layer takes which rule: a name, or a .yaml file");
  app.add_flag("--explain-composite", options.explainComposite,
               "Print which rule each layer gets from the composite, and why");
  app.add_flag(
      "--explain-conservation", options.explainConservation,
      "Print what becomes of the sum of relevance at each layer, and on the way from the seed");
  app.add_option("--condition", conditions,
                 "VALUE:CHANNEL,CHANNEL,...: carry relevance on through these channels of a value "
                 "alone (CRP)")
      ->allow_extra_args(false);
  app.add_flag("--require-conservation", options.compile.attribution.requireConservation,
               "Refuse layers whose rule does not keep the sum of relevance");
  app.add_option("--target", target,
                 "Class to explain, fixed at compile time (default: chosen in each call)");
  app.add_flag("--dump-relevance", options.compile.attribution.dumpRelevance,
               "Also return every layer's relevance");
  app.add_flag("--report", options.compile.attribution.report,
               "Also return where relevance went at every layer");
  app.add_option("--batch", options.compile.batch, "Extent of a symbolic batch axis (default: 1)")
      ->check(CLI::Range(int64_t(1), int64_t(65536)));
  std::array<std::string, std::tuple_size_v<CanonizerSwitches>> canonizers;
  for (size_t i = 0; i != canonizers.size(); ++i) {
    auto kind = rules::CanonizerKind(i);
    app.add_option("--" + std::string(rules::nameOf(kind)), canonizers[i],
                   std::string(rules::describe(kind)) +
                       " (default: as the method's conventions ask)")
        ->check(CLI::IsMember({"on", "off"}));
  }
  app.add_flag("--report-canonizers", options.reportCanonizers,
               "Print what the canonizers above folded and the largest change of an output on "
               "random inputs, on standard error");
  app.add_option(
      "--stage", stage,
      "Stop here: import, canonical, attribution, specialised, linalg, buffers, scheduled, llvm");
  app.add_option("--schedule", schedule,
                 "plain: straightforward loops; vector: tiled and vectorised (default)")
      ->check(CLI::IsMember({"plain", "vector"}));
  app.add_flag("--no-specialise", noSpecialise,
               "Keep code that sign analysis and seed slicing would remove");
  app.add_option("--prefix", options.compile.prefix,
                 "Prefix of the C functions (default: the output's name)");
  app.add_option("--triple", triple,
                 "Machine to compile for, as LLVM names it (default: this one)");
  app.add_option("--cpu", cpu, "Processor to compile for, e.g. x86-64-v3 (default: this one)");
  app.add_flag("--statistics", options.statistics,
               "Print what the passes counted, on standard error");
  app.add_flag("--timing", options.compile.timing,
               "Print the time of every pass, on standard error");
  app.add_flag("--list-methods", list, "List the methods compiled in");
  app.add_option("--explain-method", explain, "Print a method's rules and parameters");
  app.add_option("--document", document,
                 "Print as Markdown: method-index, step-index or a method's page by its name; or "
                 "the names of the ONNX operators: operators");

  auto mistake = [&](const std::string &text) {
    std::cerr << "saliency-opt: error: " << text << '\n';
    exitCode = 1;
    return std::nullopt;
  };
  std::vector<std::string> arguments; // backwards, as CLI11 wants them
  for (int i = argc - 1; i > 0; --i)
    arguments.push_back(emitOption(argv[i]));
  try {
    app.parse(std::move(arguments));
  } catch (const CLI::Success &e) {
    exitCode = app.exit(e);
    return std::nullopt;
  } catch (const CLI::ParseError &e) {
    return mistake(std::string(e.what()) + " (saliency-opt --help lists all options)");
  }
  exitCode = 0;
  if (list)
    return listMethods(), std::nullopt;
  if (!explain.empty()) {
    const rules::MethodTable *table = findMethodOrStep(explain);
    if (!table)
      return mistake("no method is called '" + explain + "'; --list-methods names them");
    std::cout << rules::printHelp(*table);
    return std::nullopt;
  }
  if (!document.empty()) {
    if (!printDocument(document))
      return mistake("a document is method-index, step-index, operators or the name of a method or "
                     "step; found '" +
                     document + "'");
    return std::nullopt;
  }
  if (options.compile.model.empty())
    return mistake(
        "a model is needed: saliency-opt model.onnx --emit-rsp -o rsp.o (--help shows more)");
  if (!emit.empty())
    methodFlags.push_back(emit);

  if (!stage.empty()) {
    const auto *found =
        llvm::find_if(kStages, [&](const auto &entry) { return stage == entry.first; });
    if (found == std::end(kStages))
      return mistake("a stage is import, canonical, attribution, specialised, linalg, buffers, "
                     "scheduled or llvm; found '" +
                     stage + "'");
    options.stage = found->second;
  }
  if (app.count("--target") && target < 0)
    return mistake("a target is a class number from 0; found " + std::to_string(target));
  bool beforeMethod = options.stage && *options.stage <= Stage::Canonical;
  if (methodFlags.empty() && !beforeMethod)
    return mistake(
        "a method is needed, e.g. --emit-rsp (--list-methods names all), or --stage=import");
  options.compile.methods.methods = methodFlags.empty() ? "forward" : llvm::join(methodFlags, ",");

  StringRef extension = extensionOf(options.output);
  if (!options.output.empty() && !isOutputExtension(extension))
    return mistake("an output ends in .o, .so, .ll, .mlir or .mlirbc; found '" + options.output +
                   "'");
  if (options.stage &&
      llvm::is_contained({StringRef(".o"), StringRef(".so"), StringRef(".ll")}, extension))
    return mistake("--stage goes with IR (.mlir, .mlirbc or standard output); found '" +
                   options.output + "'");
  if (app.count("--prefix") == 0 && !options.output.empty())
    options.compile.prefix = prefixFor(options.output);
  if (!isIdentifier(options.compile.prefix))
    return mistake("a prefix is a C identifier; found '" + options.compile.prefix + "'");
  for (const std::string &text : conditions) {
    llvm::Expected<ChannelCondition> condition = ChannelCondition::parse(text);
    if (!condition)
      return mistake("--condition: " + llvm::toString(condition.takeError()));
    options.compile.attribution.conditions.push_back(std::move(*condition));
  }
  for (StringRef parameter : parameters) {
    auto [key, value] = parameter.split('=');
    if (key.empty() || !parameter.contains('='))
      return mistake("--param takes KEY=VALUE; found '" + parameter.str() + "'");
    options.compile.methods.parameters.emplace_back(key, value);
  }
  if (app.count("--batch"))
    options.batch = options.compile.batch;
  if (app.count("--target"))
    options.compile.attribution.target = target;
  for (auto [given, text] : llvm::zip_equal(options.compile.canonizers, canonizers))
    if (!text.empty())
      given = text == "on";
  options.compile.sharedLibrary = extension == ".so";
  options.compile.specialise = !noSpecialise;
  options.compile.schedule = schedule == "plain" ? Schedule::Plain : Schedule::Vector;
  options.compile.target = Target::of(triple, cpu);
  return options;
}
