// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* Files of the runtime that the compiler carries inside. Each array is `size` bytes and not
 * terminated. */
#ifndef SALIENCY_CPU_EMBED_H
#define SALIENCY_CPU_EMBED_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* LLVM bitcode of entry.c. */
extern const unsigned char saliency_entry_bitcode[];
extern const uint64_t saliency_entry_bitcode_size;

/* Text of saliency/explainer.h. */
extern const unsigned char saliency_explainer_header[];
extern const uint64_t saliency_explainer_header_size;

#ifdef __cplusplus
}
#endif

#endif /* SALIENCY_CPU_EMBED_H */
