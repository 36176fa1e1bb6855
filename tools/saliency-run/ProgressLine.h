// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef SALIENCY_TOOLS_RUN_PROGRESSLINE_H
#define SALIENCY_TOOLS_RUN_PROGRESSLINE_H

#include <cstdio>
#include <string>
#include <unistd.h>

namespace saliency {

/// One line on a terminal, rewritten; nothing in a pipe.
class ProgressLine {
public:
  explicit ProgressLine(bool quiet) : enabled(!quiet && isatty(STDERR_FILENO)) {}
  ~ProgressLine() { clear(); }

  void show(const std::string &text) const {
    if (enabled)
      std::fprintf(stderr, "\r\033[K%s", text.c_str());
  }
  void clear() const { show(""); }

private:
  bool enabled;
};

} // namespace saliency

#endif // SALIENCY_TOOLS_RUN_PROGRESSLINE_H
