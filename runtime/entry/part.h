// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * A call of an explainer is done in parts: one kernel call each, for the images of one compiled
 * batch and some of their targets.
 */
#ifndef SALIENCY_ENTRY_PART_H
#define SALIENCY_ENTRY_PART_H

#include "runtime/entry/kernel_abi.h"

/* The call and the part of it in hand: images [image, image + N), targets [target, target +
 * targets) of each. */
typedef struct Part {
  const saliency_interface *model;
  const saliency_args *args;
  int64_t perImage; /* T of the caller */
  int64_t image, target, targets;
  int64_t counts[1 + SALIENCY_MAX_TENSORS];
  void *buffers[SALIENCY_KERNEL_FIRST_TENSOR + SALIENCY_MAX_TENSORS];
} Part;

/* Floats of one target and one compiled batch, over all methods. */
typedef struct OutputSizes {
  int64_t maps, maps2d, layers;
} OutputSizes;

static inline int64_t product(const int64_t *dims, int64_t count) {
  int64_t result = 1, i;
  for (i = 0; i < count; ++i)
    result *= dims[i];
  return result;
}

static inline int64_t mapSize(const saliency_interface *model, const saliency_map *map) {
  (void)model;
  return product(map->dims, map->rank);
}

static inline int64_t planeSize(const saliency_interface *model, const saliency_map *map) {
  return model->batch * product(map->plane, 2);
}

static inline OutputSizes outputSizes(const saliency_interface *model) {
  OutputSizes sizes = {0, 0, model->layer_elements};
  int64_t m;
  for (m = 0; m < model->map_count; ++m) {
    sizes.maps += mapSize(model, &model->maps[m]);
    sizes.maps2d += planeSize(model, &model->maps[m]);
  }
  return sizes;
}

/* Whether the kernel's [T][N] of maps is the caller's [N][T]: the same if either is 1. With several
   methods the part must be the whole call too. */
static inline int ordered(const Part *part) {
  int whole = part->args->batch == part->model->batch && part->perImage <= part->targets;
  return (part->model->batch == 1 || part->perImage == 1) && (part->model->map_count == 1 || whole);
}

/* The outputs that do not go straight to the caller, as sizes of one target. */
static inline OutputSizes diverted(const Part *part) {
  OutputSizes sizes = outputSizes(part->model);
  if (ordered(part))
    sizes.maps = 0;
  if (part->args->maps2d && ordered(part))
    sizes.maps2d = 0;
  if (part->args->layers)
    sizes.layers = 0;
  return sizes;
}

#endif /* SALIENCY_ENTRY_PART_H */
