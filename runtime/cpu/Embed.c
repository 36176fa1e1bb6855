// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "runtime/cpu/Embed.h"

/* Defines NAME as the bytes of FILE and NAME_size as their number. ELF; both are 16-byte aligned.
 */
#define EMBED(NAME, FILE)                                                                          \
  __asm__(".pushsection .rodata\n"                                                                 \
          ".balign 16\n"                                                                           \
          ".globl " #NAME "\n" #NAME ":\n"                                                         \
          ".incbin \"" FILE "\"\n"                                                                 \
          ".L" #NAME "_end:\n"                                                                     \
          ".balign 16\n"                                                                           \
          ".globl " #NAME "_size\n" #NAME "_size:\n"                                               \
          ".quad .L" #NAME "_end - " #NAME "\n"                                                    \
          ".popsection\n")

EMBED(saliency_entry_bitcode, SALIENCY_ENTRY_FILE);
EMBED(saliency_explainer_header, SALIENCY_HEADER_FILE);
