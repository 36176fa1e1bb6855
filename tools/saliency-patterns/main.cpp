// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tools/saliency-patterns/PatternTool.h"

#include <csignal>

int main(int argc, char **argv) {
  std::signal(SIGXFSZ, SIG_IGN); // a file over the limit is an error of its write
  return saliency::runPatternTool(argc, argv);
}
