// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "tools/saliency-run/Run.h"

int main(int argc, char **argv) { return saliency::runTool(argc, argv); }
