// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// --report: where the relevance of one class went, layer by layer.

#ifndef SALIENCY_TOOLS_RUN_FLOW_H
#define SALIENCY_TOOLS_RUN_FLOW_H

#include "tools/saliency-run/Explain.h"
#include "tools/saliency-run/Json.h"

#include <array>

namespace saliency {

/// Sums of relevance at one row of an explainer's report.
struct FlowRow {
  const saliency_report_row *about = nullptr;
  double arrives = 0, leaves = 0;
  double stabiliser = 0, bias = 0, dead = 0,
         rule = 0; ///< add up to what arrives and does not leave

  std::array<double, 4> losses() const { return {stabiliser, bias, dead, rule}; }
};

/// The report of one image and target; empty where the explainer has none.
std::vector<FlowRow> flowOf(const Explanation &result, const saliency_interface &model,
                            int64_t image, int64_t target);

/// A table of the layers that lose or make relevance, in percent of the seed's; `title` says whose.
std::string flowText(const std::vector<FlowRow> &rows, const std::string &title);

/// An array, one object a row, in absolute numbers.
void writeFlow(JsonWriter &json, const std::vector<FlowRow> &rows);

} // namespace saliency

#endif // SALIENCY_TOOLS_RUN_FLOW_H
