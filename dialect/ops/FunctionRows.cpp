// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "dialect/SaliencyDialect.h"

#include "llvm/Support/JSON.h"

namespace saliency {

static void print(llvm::json::OStream &json, const FunctionRow &row) {
  json.object([&] {
    json.attribute("mnemonic", row.mnemonic);
    json.attribute("summary", row.summary);
    json.attribute("value", row.value);
    json.attribute("gradient", row.gradient);
    json.attribute("positive", row.isForPositive);
    json.attributeObject("parameters", [&] {
      for (const FunctionParameter &parameter : row.parameters)
        if (parameter.name)
          json.attribute(parameter.name, parameter.example);
    });
    json.attributeArray("onnx", [&] {
      for (const OnnxForm &form : llvm::ArrayRef(row.onnx, row.countForms()))
        json.object([&] {
          json.attribute("operator", form.name);
          json.attributeArray("since", [&] {
            for (int version : llvm::ArrayRef(form.since, form.countVersions()))
              json.value(version);
          });
          json.attributeObject("attributes", [&] {
            for (const OnnxNumber &number : form.numbers)
              if (number.parameter)
                json.attributeObject(number.attribute, [&] {
                  json.attribute("parameter", number.parameter);
                  json.attribute("standard", number.standard);
                });
          });
        });
    });
  });
}

template <typename OpT> static void addRow(std::vector<FunctionRow> &rows) {
  if constexpr (requires { OpT::kRow; })
    rows.push_back(OpT::kRow);
}
template <typename... Ops> static std::vector<FunctionRow> rowsOf() {
  std::vector<FunctionRow> rows;
  (addRow<Ops>(rows), ...);
  return rows;
}

void printFunctionRows(llvm::raw_ostream &os) {
  auto rows = rowsOf<
#define GET_OP_LIST
#include "dialect/SaliencyOps.cpp.inc"
      >();
  llvm::sort(rows, [](const FunctionRow &a, const FunctionRow &b) {
    return llvm::StringRef(a.mnemonic) < b.mnemonic;
  });
  llvm::json::OStream json(os, /*IndentSize=*/2);
  json.array([&] {
    for (const FunctionRow &row : rows)
      print(json, row);
  });
  json.flush();
  os << "\n";
}

} // namespace saliency
