// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "dialect/import/Reporter.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Path.h"

using namespace mlir;

namespace saliency {

std::string printable(StringRef text) {
  constexpr size_t kLongest = 200;
  std::string safe;
  for (unsigned char c : text.take_front(kLongest)) {
    if (c < 0x20 || c == 0x7f)
      safe += "\\x" + llvm::utohexstr(c, /*LowerCase=*/false, /*Width=*/2);
    else
      safe += static_cast<char>(c);
  }
  return text.size() > kLongest ? safe + "..." : safe;
}

std::string nodeLabel(const onnx::NodeProto &node, size_t index) {
  if (!node.name().empty())
    return node.name();
  for (const std::string &output : node.output())
    if (!output.empty())
      return output;
  return node.op_type() + "#" + std::to_string(index);
}

InFlightDiagnostic Reporter::begin(ImportStatus kind, Location loc, const Twine &subject) {
  if (status == ImportStatus::Ok)
    status = kind;
  return mlir::emitError(loc) << file << ": " << subject;
}

InFlightDiagnostic Reporter::error(ImportStatus kind, StringRef what, StringRef name) {
  return begin(kind, namedLoc(name), what + " '" + printable(name) + "': ");
}

InFlightDiagnostic Reporter::error(ImportStatus kind, const onnx::NodeProto &node, size_t index) {
  std::string label = nodeLabel(node, index);
  return begin(kind, namedLoc(label),
               "node '" + printable(label) + "' (" + printable(node.op_type()) + ", opset " +
                   Twine(opset) + "): ");
}

Location Reporter::fileLoc() const {
  return FileLineColLoc::get(&context, llvm::sys::path::filename(file), 0, 0);
}

Location Reporter::namedLoc(StringRef name) const {
  if (name.empty())
    return fileLoc();
  return NameLoc::get(StringAttr::get(&context, name), fileLoc());
}

} // namespace saliency
