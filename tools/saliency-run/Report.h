// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef SALIENCY_TOOLS_RUN_REPORT_H
#define SALIENCY_TOOLS_RUN_REPORT_H

#include "tools/saliency-run/Json.h"
#include "tools/saliency-run/Outputs.h"

namespace saliency {

/// One name per class.
class Labels {
public:
  /// A leading WordNet id (n01440764) is dropped. `error` names the file.
  bool read(const std::string &path, int64_t classes, std::string &error);
  /// Empty without a file.
  std::string_view operator[](int64_t index) const;

private:
  std::vector<std::string> names;
};

/// What the tool says on standard output: text as it goes, or one JSON document at the end.
class Report {
public:
  /// `output`: of the network, which is explained; empty: not known.
  Report(const RunOptions &options, const saliency_interface &model, const std::string &output,
         const Labels &labels);
  void add(const Input &input, const Explanation &result, const std::vector<WrittenFile> &files);
  /// False if standard output cannot take it.
  bool finish();

private:
  void addText(const Input &input, const Explanation &result,
               const std::vector<WrittenFile> &files) const;
  void addJson(const Input &input, const Explanation &result,
               const std::vector<WrittenFile> &files);
  void addImageJson(const Explanation &result, int64_t image);
  void mapFields(const Explanation &result, int64_t method, int64_t image, int64_t target);
  std::string flowTitle(int64_t index) const;
  void classFields(int64_t index);

  const RunOptions &options;
  const saliency_interface &model;
  const Labels &labels;
  JsonWriter json;
};

} // namespace saliency

#endif // SALIENCY_TOOLS_RUN_REPORT_H
