// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * What the compiler and the C entry agree on: the compiler generates a kernel, the entry calls it,
 * and both read the order of its arguments, the sizes of their elements and their alignment here.
 *
 *     kernel(buffers, counts, hooks)
 *
 * is one forward pass over the N images of the compiled batch and the backward passes of counts[0]
 * targets. `buffers` holds one pointer for each SALIENCY_KERNEL_* below, then one for each declared
 * tensor, in the order of the declarations; none is NULL. counts[1 + i] is the number of entries of
 * tensor i, 0 if it was left out. `hooks` is the saliency_args of the call, from which generated
 * code takes the caller's threads.
 *
 * C99 and C++.
 */
#ifndef SALIENCY_ENTRY_KERNEL_ABI_H
#define SALIENCY_ENTRY_KERNEL_ABI_H

#include "saliency/explainer.h"

/* N images, T = counts[0] targets of each; shapes as the interface declares them. */
enum saliency_kernel_buffer {
  SALIENCY_KERNEL_WEIGHTS = 0,   /* the payload of the weights file, behind its header */
  SALIENCY_KERNEL_WORKSPACE = 1, /* interface.kernel_workspace_size bytes */
  SALIENCY_KERNEL_INPUT = 2,     /* float [N].. */
  SALIENCY_KERNEL_TARGETS = 3,   /* int64 [T][N], SALIENCY_ARG_MAX allowed */
  SALIENCY_KERNEL_MAPS = 4,      /* of each method in turn, float [T][N].. */
  SALIENCY_KERNEL_MAPS2D = 5,    /* of each method in turn, float [T][N][height][width] */
  SALIENCY_KERNEL_LOGITS = 6,    /* float [N][classes] */
  SALIENCY_KERNEL_LAYERS = 7,    /* float [T][layer_elements] */
  /* Class sets are int64 [count][N]; floats lie as the caller gave them. */
  SALIENCY_KERNEL_FIRST_TENSOR = 8
};

/* Numbers are float, classes int64. */
enum { SALIENCY_FLOAT_BYTES = 4, SALIENCY_CLASS_BYTES = 8 };

/* C99 has no static assertion: an array of -1 elements is its error. */
#define SALIENCY_STATIC_ASSERT(condition, name) typedef char name[(condition) ? 1 : -1]

SALIENCY_STATIC_ASSERT(sizeof(float) == SALIENCY_FLOAT_BYTES, saliency_float_has_4_bytes);
SALIENCY_STATIC_ASSERT(sizeof(int64_t) == SALIENCY_CLASS_BYTES, saliency_class_has_8_bytes);
SALIENCY_STATIC_ASSERT((SALIENCY_ALIGNMENT & (SALIENCY_ALIGNMENT - 1)) == 0,
                       saliency_alignment_is_a_power_of_two);

static inline int64_t saliency_float_bytes(int64_t floats) { return floats * SALIENCY_FLOAT_BYTES; }

#endif /* SALIENCY_ENTRY_KERNEL_ABI_H */
