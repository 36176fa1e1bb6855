// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The pieces of text that a method's page and its help share: values of parameters, conditions, the
// sum of relevance.
#ifndef SALIENCY_RULES_PRINTING_PIECES_H
#define SALIENCY_RULES_PRINTING_PIECES_H

#include "passes/rules/printing/Print.h"

namespace saliency::rules {

/// A parameter's default, and what it takes.
std::string defaultText(const Parameter &parameter);
std::string valuesText(const Parameter &parameter, std::string_view separator);
/// "bias=dropped"
std::string settingText(const MethodTable &table, const Setting &setting);
std::string conventionText(const MethodTable &table, const Convention &convention);
/// One line for each class of conservation that rows of the relevance have; empty where the method
/// knows no law.
std::string conservationText(const MethodTable &table, std::string_view indent);
/// "Convolution (first layer)"
std::string rowText(const MethodTable &table, const Row &row);

} // namespace saliency::rules

#endif // SALIENCY_RULES_PRINTING_PIECES_H
