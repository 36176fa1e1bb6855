// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/codegen/emit/CompiledModel.h"
#include "runtime/cpu/Embed.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;

namespace saliency {
namespace {

std::string shape(ArrayRef<int64_t> dims) {
  return "[" +
         llvm::join(llvm::map_range(dims, [](int64_t dim) { return std::to_string(dim); }), "][") +
         "]";
}

int64_t elements(ArrayRef<int64_t> dims) {
  int64_t result = 1;
  for (int64_t dim : dims)
    result *= dim;
  return result;
}

/// A method's name in a macro: grad-cam++ is GRAD_CAM__.
std::string macroPart(StringRef name) {
  std::string part = name.upper();
  for (char &c : part)
    if (!isAlnum(c))
      c = '_';
  return part;
}

/// A name from a file, fit for a comment: nothing in it ends the comment or the line.
std::string commentText(StringRef name) {
  std::string text;
  for (char c : name)
    text += static_cast<unsigned char>(c) < 0x20 || c == 0x7f || c == '*' || c == '\\' ? '?' : c;
  return text;
}

/// The text of explainer.h; its include guard lets several models share it.
StringRef commonHeader() {
  return {reinterpret_cast<const char *>(saliency_explainer_header),
          saliency_explainer_header_size};
}

class HeaderPrinter {
public:
  HeaderPrinter(const CompiledModel &model, raw_ostream &os)
      : model(model), interface(model.interface), prefix(model.options.prefix),
        upper(StringRef(prefix).upper()), os(os) {}

  void print(StringRef stem);

private:
  void printMacro(StringRef name, int64_t value) {
    os << "#define " << upper << "_" << name << " " << value << "\n";
  }
  void printUsage(StringRef stem);
  void printMacros();
  void printMaps();
  void printFunctions();

  const CompiledModel &model;
  const Interface &interface;
  StringRef prefix;
  std::string upper;
  raw_ostream &os;
};

void HeaderPrinter::printUsage(StringRef stem) {
  const EmitOptions &options = model.options;
  os << "/* Generated. ";
  for (auto [i, method] : llvm::enumerate(options.methods)) {
    os << (i ? ", " : options.methods.size() > 1 ? "Methods " : "Method ") << method.name;
    if (!method.parameters.empty())
      os << " (" << method.parameters << ")";
  }
  if (!options.model.empty())
    os << " for the network " << options.model;
  os << ".\n *\n"
     << " * input  float " << shape(interface.input) << "\n";
  for (auto [i, map] : llvm::enumerate(interface.maps)) {
    os << " * map    float " << shape(map.shape) << " for each target";
    if (interface.maps.size() > 1)
      os << ", " << options.methods[i].name;
    os << "\n";
  }
  os << " * logits float [" << interface.batch() << "][" << interface.classes << "]";
  if (!options.output.empty())
    os << ", the network's output " << commentText(options.output);
  os << "\n *\n"
     << " * Weights: the contents of " << stem << ".weights at an address that is a multiple of "
     << SALIENCY_ALIGNMENT << ",\n"
     << " * mapped or read.\n *\n"
     << " *     char *memory = malloc(" << prefix << "_workspace_size() + SALIENCY_ALIGNMENT);\n"
     << " *     saliency_args args = {.size = sizeof args};\n"
     << " *     args.weights = weights;\n"
     << " *     args.weights_size = " << prefix << "_interface()->weights_size;\n"
     << " *     args.workspace_size = " << prefix << "_workspace_size();\n"
     << " *     args.workspace = memory + SALIENCY_ALIGNMENT"
     << " - (uintptr_t)memory % SALIENCY_ALIGNMENT;\n"
     << " *     args.batch = " << interface.batch() << ";\n"
     << " *     args.input = input;   // " << upper << "_INPUT_ELEMENTS floats\n"
     << " *     args.maps = map;      // " << upper << "_MAP_ELEMENTS floats\n"
     << " *     saliency_status status = " << prefix << "_explain(&args);\n"
     << " *     if (status)\n"
     << " *       fprintf(stderr, \"%s\\n\", " << prefix << "_error_string(status));\n"
     << " *     free(memory);\n"
     << " */\n";
}

void HeaderPrinter::printMacros() {
  printMacro("BATCH", interface.batch());
  printMacro("CLASSES", interface.classes);
  printMacro("INPUT_RANK", interface.input.size());
  for (auto [i, dim] : llvm::enumerate(interface.input))
    printMacro("INPUT_DIM" + std::to_string(i), dim);
  printMacro("INPUT_ELEMENTS", elements(interface.input));
  printMaps();
  printMacro("LAYER_ELEMENTS", interface.layerElements());
  printMacro("WEIGHTS_SIZE", model.weights.bytes().size());
  os << "\n";
}

/// With several methods each has macros of its own, and MAP_ELEMENTS is their
/// sum: the maps of a method follow all maps of the one before.
void HeaderPrinter::printMaps() {
  bool several = interface.maps.size() > 1;
  int64_t mapElements = 0, planeElements = 0;
  for (auto [i, map] : llvm::enumerate(interface.maps)) {
    std::string part;
    if (several)
      part = macroPart(model.options.methods[i].name) + "_";
    printMacro(part + "MAP_RANK", map.shape.size());
    for (auto [axis, dim] : llvm::enumerate(map.shape))
      printMacro(part + "MAP_DIM" + std::to_string(axis), dim);
    printMacro(part + "MAP_ELEMENTS", elements(map.shape));
    printMacro(part + "MAP2D_HEIGHT", map.plane[0]);
    printMacro(part + "MAP2D_WIDTH", map.plane[1]);
    mapElements += elements(map.shape);
    planeElements += interface.batch() * elements(map.plane);
  }
  if (!several)
    return;
  printMacro("MAP_ELEMENTS", mapElements);
  printMacro("MAP2D_ELEMENTS", planeElements);
}

void HeaderPrinter::printFunctions() {
  os << "#ifdef __cplusplus\nextern \"C\" {\n#endif\n\n"
     << "saliency_status " << prefix << "_explain(const saliency_args *args);\n"
     << "size_t " << prefix << "_workspace_size(void);\n"
     << "int32_t " << prefix << "_abi_version(void);\n"
     << "const char *" << prefix << "_error_string(saliency_status status);\n"
     << "const saliency_interface *" << prefix << "_interface(void);\n\n"
     << "#ifdef __cplusplus\n}\n#endif\n\n";
}

void HeaderPrinter::print(StringRef stem) {
  printUsage(stem);
  os << "#ifndef " << upper << "_H\n#define " << upper << "_H\n\n" << commonHeader() << "\n";
  printMacros();
  printFunctions();
  os << "#endif /* " << upper << "_H */\n";
}

} // namespace

void CompiledModel::printHeader(raw_ostream &os, StringRef stem) const {
  HeaderPrinter(*this, os).print(stem);
}

} // namespace saliency
