// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * Third step of a call, behind the kernel: what the kernel wrote becomes what the caller asked for.
 * The part's buffers for maps, 2-D maps, logits, targets and class sets are read here, so they must
 * be memory of the host.
 */
#ifndef SALIENCY_ENTRY_DELIVER_H
#define SALIENCY_ENTRY_DELIVER_H

#include "runtime/entry/part.h"

/* Of each method in turn, [targets][N] of the kernel to the caller's [B][perImage], `sizeOf` floats
 * for N images each. */
static void deliverMaps(const Part *part, float *to, const float *from,
                        int64_t (*sizeOf)(const saliency_interface *, const saliency_map *)) {
  int64_t m, n, t;
  for (m = 0; m < part->model->map_count; ++m) {
    int64_t size = sizeOf(part->model, &part->model->maps[m]) / part->model->batch;
    for (n = 0; n < part->model->batch; ++n)
      for (t = 0; t < part->targets; ++t)
        __builtin_memcpy(to + ((part->image + n) * part->perImage + part->target + t) * size,
                         from + (t * part->model->batch + n) * size,
                         (size_t)size * SALIENCY_FLOAT_BYTES);
    to += part->args->batch * part->perImage * size;
    from += part->targets * part->model->batch * size;
  }
}

static int64_t argMax(const float *values, int64_t count) {
  int64_t best = 0, i;
  for (i = 1; i < count; ++i)
    if (values[i] > values[best])
      best = i;
  return best;
}

/* Names the classes that were explained; an arg-max class must be in the class set of its image
 * too. */
static saliency_status resolveTargets(const Part *part) {
  const saliency_interface *model = part->model;
  const float *logits = (const float *)part->buffers[SALIENCY_KERNEL_LOGITS];
  const int64_t *targets = (const int64_t *)part->buffers[SALIENCY_KERNEL_TARGETS];
  saliency_status status = SALIENCY_OK;
  int64_t n, t, i, p;
  for (n = 0; n < model->batch; ++n) {
    for (t = 0; t < part->targets; ++t) {
      int64_t given = targets[t * model->batch + n];
      int64_t target =
          given == SALIENCY_ARG_MAX ? argMax(logits + n * model->classes, model->classes) : given;
      if (part->args->resolved_targets)
        part->args->resolved_targets[(part->image + n) * part->perImage + part->target + t] =
            target;
      for (i = 0; given == SALIENCY_ARG_MAX && i < model->tensor_count; ++i) {
        const int64_t *members = (const int64_t *)part->buffers[SALIENCY_KERNEL_FIRST_TENSOR + i];
        int found = part->counts[1 + i] == 0 || model->tensors[i].kind != SALIENCY_TENSOR_CLASSES;
        for (p = 0; !found && p < part->counts[1 + i]; ++p)
          found = members[p * model->batch + n] == target;
        if (!found)
          status = SALIENCY_BAD_CLASSES;
      }
    }
  }
  return status;
}

static saliency_status deliver(const Part *part) {
  OutputSizes away = diverted(part);
  if (away.maps)
    deliverMaps(part, part->args->maps, (const float *)part->buffers[SALIENCY_KERNEL_MAPS],
                mapSize);
  if (away.maps2d && part->args->maps2d)
    deliverMaps(part, part->args->maps2d, (const float *)part->buffers[SALIENCY_KERNEL_MAPS2D],
                planeSize);
  return resolveTargets(part);
}

#endif /* SALIENCY_ENTRY_DELIVER_H */
