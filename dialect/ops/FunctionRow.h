// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What a row of Activation.td says beyond the op that is generated from it: for the importer, the
// documents and the tests. Every op of such a row has one as a constant, OpT::kRow.
#ifndef SALIENCY_OPS_FUNCTIONROW_H
#define SALIENCY_OPS_FUNCTIONROW_H

#include <cstddef>

namespace llvm {
class raw_ostream;
}

namespace saliency {

/// An attribute of an ONNX operator that gives a parameter.
struct OnnxNumber {
  const char *parameter = nullptr; ///< null ends a list
  const char *attribute = nullptr;
  float standard = 0; ///< where a node leaves it out
};

/// An ONNX operator that becomes the op, by numbers alone.
struct OnnxForm {
  const char *name = nullptr; ///< null ends a list
  int since[4] = {};          ///< the opsets that changed it, ascending; 0 ends the list
  OnnxNumber numbers[3] = {};

  constexpr size_t countVersions() const {
    size_t count = 0;
    while (count != 4 && since[count] != 0)
      ++count;
    return count;
  }
};

/// A number that the function depends on, and one to try it with.
struct FunctionParameter {
  const char *name = nullptr; ///< null ends a list
  double example = 0;
};

struct FunctionRow {
  const char *mnemonic, *summary;
  const char *value, *gradient; ///< in the vocabulary of Formula.h
  bool isForPositive;           ///< defined for x > 0 alone
  FunctionParameter parameters[4] = {};
  OnnxForm onnx[3] = {};

  constexpr size_t countForms() const {
    size_t count = 0;
    while (count != 3 && onnx[count].name)
      ++count;
    return count;
  }
};

/// All rows as a JSON array, in the order of their mnemonics: what the documents and the tests of
/// activations are made from.
void printFunctionRows(llvm::raw_ostream &os);

} // namespace saliency

#endif // SALIENCY_OPS_FUNCTIONROW_H
