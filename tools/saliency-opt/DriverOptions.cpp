// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tools/saliency-opt/DriverOptions.h"

#include "dialect/SaliencyDialect.h"
#include "passes/request/CommandLine.h"
#include "passes/request/RequestOptions.h"
#include "passes/rules/Registry.h"
#include "tools/saliency-opt/Documents.h"
#include "tools/saliency-opt/MlirFlags.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Path.h"

using namespace saliency;
using llvm::StringRef;

static constexpr llvm::StringLiteral kCodeExtensions[] = {".o", ".so", ".ll"},
                                     kIrExtensions[] = {".mlir", ".mlirbc"};

static StringRef extensionOf(StringRef path) { return llvm::sys::path::extension(path); }

static std::optional<Mistake> setOutput(DriverOptions &options, std::string_view text) {
  StringRef extension = extensionOf({text.data(), text.size()});
  if (!llvm::is_contained(kCodeExtensions, extension) &&
      !llvm::is_contained(kIrExtensions, extension))
    return Mistake{"takes a file that ends in .o (object), .so (shared library), .ll (LLVM IR), "
                   ".mlir (IR as text) or .mlirbc (IR as bytecode)"};
  options.output = text;
  return std::nullopt;
}

static std::optional<Mistake> setStage(DriverOptions &options, std::string_view text) {
  std::vector<std::string> names(std::begin(kStageNames), std::end(kStageNames));
  auto found = llvm::find(names, text);
  if (found == names.end())
    return Mistake{"is " + listText(names),
                   "'" + std::string(text) + "'" + didYouMean(text, names)};
  options.stage = Stage(found - names.begin());
  return std::nullopt;
}

/// What comes first among the outputs.
static const OptionTable<DriverOptions> &outputOption() {
  static const OptionTable<DriverOptions> table = {
      {{"out-file", "FILE", Group::Output, BelongsTo::Model, kOpt,
        "its extension says what is made: .o .so .ll .mlir .mlirbc; default: IR on standard output",
        false, "o"},
       setOutput}};
  return table;
}

/// The driver's own options; the others are requestOptions().
static const OptionTable<DriverOptions> &driverOptions() {
  using Options = DriverOptions;
  constexpr auto Method = Group::Method, Debugging = Group::Debugging;
  constexpr auto Model = BelongsTo::Model;
  static const OptionTable<Options> table = {
      {{"list-methods", "", Method, Model, kOpt, "list the methods compiled in"},
       setFlag(&Options::listMethods)},
      {{"explain-method", "NAME", Method, Model, kOpt, "print a method's rules and parameters"},
       setText(&Options::explainMethod)},
      {{"stage", "NAME", Debugging, Model, kOpt,
        "stop here and give the IR: " + listText({std::begin(kStageNames), std::end(kStageNames)})},
       setStage},
      {{"explain-composite", "", Debugging, Model, kOpt,
        "print which rule each layer gets from the composite, and why"},
       setFlag(&Options::explainComposite)},
      {{"explain-conservation", "", Debugging, Model, kOpt,
        "print what becomes of the sum of relevance at each layer, and on the way from the seed"},
       setFlag(&Options::explainConservation)},
      {{"document", "NAME", Debugging, Model, kOpt,
        "print as Markdown: method-index, step-index or a method's page by its name; or the names "
        "of the ONNX operators: operators; or the rows of elementwise functions as JSON: "
        "functions"},
       setText(&Options::document)},
  };
  return table;
}

/// `--emit-NAME` for each method.
static const OptionTable<CompileRequest> &methodFlags() {
  static const OptionTable<CompileRequest> table = [] {
    OptionTable<CompileRequest> table;
    for (const rules::MethodTable *method : rules::allMethods()) {
      std::string name(method->name);
      table.push_back(
          {{"emit-" + name, "", Group::Methods, BelongsTo::Model, kOpt, std::string(method->title)},
           [name](CompileRequest &request, std::string_view) {
             request.methods += (request.methods.empty() ? "" : ",") + name;
             return std::optional<Mistake>();
           }});
    }
    return table;
  }();
  return table;
}

static const char description[] =
    "Compiles an ONNX classifier and an attribution method into code that explains the "
    "classifier's decisions.\n"
    "With other arguments (no model.onnx, no option of those below) it runs single passes as "
    "mlir-opt does: saliency-opt --help-passes";

static const char footer[] =
    "MLIR's own flags work, too, among them --mlir-print-ir-before=PASS,... "
    "--mlir-print-ir-after-all\n"
    "--mlir-print-ir-after-change --mlir-print-ir-tree-dir=FOLDER --mlir-print-debuginfo "
    "--mlir-timing\n"
    "--mlir-disable-threading; saliency-opt --help-passes lists them.\n"
    "\n"
    "Examples:\n"
    "  saliency-opt model.onnx --emit-rsp -o rsp.o              object, C header rsp.h and weights "
    "rsp.weights\n"
    "  saliency-opt model.onnx --emit-lrp-epsilon --param epsilon=0.1 -o lrp.so\n"
    "  saliency-opt model.onnx --emit=rsp,grad-cam,lrp-epsilon-plus -o maps.o   three maps of one "
    "call, one forward pass\n"
    "  saliency-opt model.onnx --emit-gradient --target=243     IR on standard output\n"
    "  saliency-opt model.onnx --emit-rsp --stage=linalg -o rsp.mlir   IR as text, weights in "
    "rsp.mlir.weights\n"
    "\n"
    "Exit code: 0 done, 1 bad input, 2 valid but unsupported.\n";

static CommandLine commandLine(DriverOptions &options) {
  CommandLine line("saliency-opt", kOpt, description);
  line.offer(outputOption(), options);
  line.offer(requestOptions(), options.request);
  line.offer(driverOptions(), options);
  line.offer(methodFlags(), options.request);
  line.takePlace("MODEL", "network (.onnx), or IR of an earlier stage (.mlir, .mlirbc)",
                 options.request.model, /*required=*/false);
  line.setFooter([] { return std::string(footer); });
  line.setForeign(countMlirFlag);
  return line;
}

bool saliency::isDriverCommand(int argc, char **argv) {
  static constexpr llvm::StringLiteral own[] = {"--help", "-h", "--help-markdown", "--version"};
  DriverOptions options;
  CommandLine line = commandLine(options);
  for (int i = 1; i < argc; ++i) {
    StringRef argument(argv[i]);
    if (llvm::is_contained(own, argument) || extensionOf(argument) == ".onnx")
      return true;
    bool isShared = argument.starts_with("--output") || argument.starts_with("--debug-only");
    if (line.isOption(argv[i]) && !isShared)
      return true;
    // A method that does not exist is explained like any other mistake.
    if (argument.starts_with("--emit-") && !argument.starts_with("--emit-bytecode"))
      return true;
    StringRef output = argument == "-o" && i + 1 < argc ? StringRef(argv[i + 1]) : "";
    if (llvm::is_contained(kCodeExtensions, extensionOf(output)) ||
        extensionOf(output) == ".mlirbc")
      return true;
  }
  return argc < 2;
}

/// `--emit-NAME` as `--emit=NAME` where no method is called NAME, so that the mistake is explained
/// like any other.
static std::string emitOption(StringRef argument) {
  StringRef name = argument;
  return name.consume_front("--emit-") && !rules::findMethod({name.data(), name.size()})
             ? ("--emit=" + name).str()
             : argument.str();
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

/// What is asked for must fit together; a message where it does not.
static std::string complete(DriverOptions &options, const CommandLine &line) {
  CompileRequest &request = options.request;
  if (request.model.empty())
    return "a model is needed: saliency-opt model.onnx --emit-rsp -o rsp.o (--help shows more)";
  if (request.methods.empty()) {
    if (!options.stage || *options.stage > Stage::Canonical)
      return "a method is needed, e.g. --emit-rsp (--list-methods names all), or --stage=import";
    request.methods = kForwardName.str();
  }
  StringRef extension = extensionOf(options.output);
  if (options.stage && llvm::is_contained(kCodeExtensions, extension))
    return "--stage goes with IR (.mlir, .mlirbc or standard output); found '" + options.output +
           "'";
  if (!line.isGiven("prefix") && !options.output.empty())
    request.prefix = prefixFor(options.output);
  request.sharedLibrary = extension == ".so";
  return "";
}

std::optional<DriverOptions> saliency::parseDriverOptions(int argc, char **argv, int &exitCode) {
  DriverOptions options;
  CommandLine line = commandLine(options);
  std::vector<std::string> arguments(argv, argv + argc);
  std::vector<const char *> pointers;
  for (std::string &argument : arguments)
    pointers.push_back((argument = emitOption(argument)).c_str());
  exitCode = 0;
  if (std::optional<int> done = line.parse(argc, pointers.data())) {
    exitCode = *done;
    return std::nullopt;
  }
  std::string mistake;
  if (options.listMethods)
    return listMethods(), std::nullopt;
  if (line.isGiven("explain-method"))
    mistake = explainMethod(options.explainMethod);
  else if (line.isGiven("document"))
    mistake = printDocument(options.document);
  else if (mistake = complete(options, line); mistake.empty()) {
    options.mlirFlags = line.getForeign();
    return options;
  }
  if (!mistake.empty())
    exitCode = line.fail(mistake);
  return std::nullopt;
}
