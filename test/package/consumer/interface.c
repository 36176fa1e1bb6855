// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "lrp.h"
#include <stdio.h>

int main(void) {
  const saliency_interface *info = lrp_interface();
  printf("%s %s\n", info->maps->method, info->maps->parameters);
  return info->fixed_target != 3;
}
