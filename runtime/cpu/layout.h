// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * Where the C entry keeps its own data: behind the kernel's planned buffers in the caller's
 * workspace. Everything follows from the description, so it folds to constants once the entry is
 * linked with one.
 */
#ifndef SALIENCY_CPU_LAYOUT_H
#define SALIENCY_CPU_LAYOUT_H

#include "runtime/entry/part.h"

/* Targets of one kernel call at most: the forward pass is shared, the backward pass is a matrix
 * column each. */
enum { maxTargetsPerCall = 16 };

/* Byte offsets from the start of the workspace. */
typedef struct Layout {
  int64_t targets;                       /* int64 [maxTargetsPerCall][N] */
  int64_t classes[SALIENCY_MAX_TENSORS]; /* int64 [classes][N] for each class set */
  int64_t marks;                         /* one byte per class: seen in the set of an image */
  int64_t logits;                        /* float [N][classes] */
  int64_t outputs; /* what the kernel writes and the caller did not ask for, or not so ordered */
  int64_t end;
} Layout;

static inline int64_t alignUp(int64_t bytes) {
  return (bytes + SALIENCY_ALIGNMENT - 1) / SALIENCY_ALIGNMENT * SALIENCY_ALIGNMENT;
}

/* Bytes for `targets` targets of those outputs; a size of 0 needs no place. */
static inline int64_t outputBytes(OutputSizes sizes, int64_t targets) {
  return alignUp(targets * saliency_float_bytes(sizes.maps)) +
         alignUp(targets * saliency_float_bytes(sizes.maps2d)) +
         alignUp(targets * saliency_float_bytes(sizes.layers));
}

/*
 * Outputs that a call may have to divert: 2-D maps and layers that nobody asked for; maps only if N
 * > 1, where the kernel's [T][N] differs from the caller's [N][T], or with several methods, each of
 * which covers a whole call at the caller and a part of it in the kernel. As many targets as fit
 * into a quarter of the kernel's workspace.
 */
static inline int64_t divertedBytes(const saliency_interface *model) {
  OutputSizes sizes = outputSizes(model);
  int64_t targets = maxTargetsPerCall;
  if (model->batch == 1 && model->map_count == 1)
    sizes.maps = 0;
  while (targets > 1 && outputBytes(sizes, targets) > model->kernel_workspace_size / 4)
    --targets;
  return outputBytes(sizes, targets);
}

static inline Layout layoutOf(const saliency_interface *model) {
  Layout layout;
  int64_t at = alignUp(model->kernel_workspace_size), i, sets = 0;
  layout.targets = at;
  at = alignUp(at + maxTargetsPerCall * model->batch * SALIENCY_CLASS_BYTES);
  for (i = 0; i < SALIENCY_MAX_TENSORS; ++i) {
    layout.classes[i] = at;
    if (i < model->tensor_count && model->tensors[i].kind == SALIENCY_TENSOR_CLASSES) {
      at = alignUp(at + model->classes * model->batch * SALIENCY_CLASS_BYTES);
      ++sets;
    }
  }
  layout.marks = at;
  if (sets)
    at = alignUp(at + model->classes);
  layout.logits = at;
  at = alignUp(at + saliency_float_bytes(model->batch * model->classes));
  layout.outputs = at;
  layout.end = at + divertedBytes(model);
  return layout;
}

#endif /* SALIENCY_CPU_LAYOUT_H */
