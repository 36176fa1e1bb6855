// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/DiagnosticText.h"

#include "mlir/IR/Location.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringExtras.h"

using namespace mlir;

/// ONNX node names and places in files that a location holds, outermost first.
static void collect(Location location, SmallVectorImpl<std::string> &parts) {
  if (auto name = dyn_cast<NameLoc>(location)) {
    parts.push_back("node '" + name.getName().str() + "'");
    collect(name.getChildLoc(), parts);
  } else if (auto file = dyn_cast<FileLineColLoc>(location)) {
    std::string place = file.getFilename().str();
    if (file.getLine())
      place += ":" + std::to_string(file.getLine()) + ":" + std::to_string(file.getColumn());
    parts.insert(parts.begin(), place);
  } else if (auto fused = dyn_cast<FusedLoc>(location)) {
    for (Location part : fused.getLocations())
      collect(part, parts);
  }
}

std::string saliency::diagnosticText(Diagnostic &diagnostic) {
  static const char *const severities[] = {"note: ", "warning: ", "error: ", "remark: "};
  SmallVector<std::string> parts;
  collect(diagnostic.getLocation(), parts);
  std::string message = diagnostic.str(),
              text = severities[static_cast<int>(diagnostic.getSeverity())];
  for (const std::string &part : parts)
    if (!StringRef(message).contains(part) && !StringRef(text).contains(part))
      text += part + ": ";
  return text + message;
}

saliency::ErrorCollector::ErrorCollector(MLIRContext &context, std::string &errors,
                                         std::string *remarks)
    : handler(&context, [&errors, remarks](Diagnostic &diagnostic) {
        if (diagnostic.getSeverity() == DiagnosticSeverity::Remark && remarks)
          if (std::string line = diagnosticText(diagnostic) + "\n";
              !StringRef(*remarks).contains(line))
            *remarks += line;
        if (diagnostic.getSeverity() == DiagnosticSeverity::Error)
          errors += (errors.empty() ? "" : "\n") +
                    diagnosticText(diagnostic).substr(sizeof("error: ") - 1);
        return success();
      }) {}
