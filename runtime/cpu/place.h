// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * Second step of a call: the kernel's buffers in memory of the host. What the caller gave is used
 * where it lies, as far as its order is the kernel's; the rest goes into the workspace behind the
 * kernel's own buffers (layout.h).
 */
#ifndef SALIENCY_CPU_PLACE_H
#define SALIENCY_CPU_PLACE_H

#include "runtime/cpu/layout.h"
#include "runtime/entry/check.h"
#include "saliency/weights.h"

static void *scratch(const Part *part, int64_t offset) {
  return (char *)part->args->workspace + offset;
}

/* As many targets as the place for diverted outputs holds, one at least. */
static int64_t targetsPerCall(const Part *part, const Layout *layout) {
  int64_t room = layout->end - layout->outputs, targets = maxTargetsPerCall;
  Part trial = *part;
  for (;; --targets) {
    trial.targets = targets;
    if (targets == 1 || outputBytes(diverted(&trial), targets) <= room)
      return targets;
  }
}

/* [N][perImage] of the caller to [targets][N] of the kernel; the rule is the same for class sets.
 */
static void transpose(int64_t *to, const int64_t *from, int64_t images, int64_t rowLength,
                      int64_t rows) {
  int64_t n, r;
  for (r = 0; r < rows; ++r)
    for (n = 0; n < images; ++n)
      to[r * images + n] = from[n * rowLength + r];
}

static void placeTensors(Part *part, const Layout *layout) {
  const saliency_interface *model = part->model;
  void **buffers = part->buffers + SALIENCY_KERNEL_FIRST_TENSOR;
  int64_t i;
  for (i = 0; i < model->tensor_count; ++i) {
    const saliency_tensor *tensor = findTensor(part->args, &model->tensors[i]);
    part->counts[1 + i] = tensor ? tensor->count : 0;
    buffers[i] = scratch(part, layout->classes[i]);
    if (!tensor)
      continue;
    if (model->tensors[i].kind == SALIENCY_TENSOR_CLASSES)
      transpose((int64_t *)buffers[i], (const int64_t *)tensor->data + part->image * tensor->count,
                model->batch, tensor->count, tensor->count);
    else
      buffers[i] = (void *)(uintptr_t)tensor->data;
  }
}

static void placeTargets(Part *part, const Layout *layout) {
  const saliency_interface *model = part->model;
  int64_t *targets = (int64_t *)scratch(part, layout->targets), i;
  part->counts[0] = part->targets;
  part->buffers[SALIENCY_KERNEL_TARGETS] = targets;
  if (part->args->targets)
    transpose(targets, part->args->targets + part->image * part->perImage + part->target,
              model->batch, part->perImage, part->targets);
  else
    for (i = 0; i < model->batch; ++i)
      targets[i] = SALIENCY_ARG_MAX;
  for (i = 0; i < part->targets * model->batch; ++i)
    if (targets[i] == SALIENCY_ARG_MAX)
      targets[i] = model->fixed_target;
}

static void placeBuffers(Part *part, const Layout *layout) {
  const saliency_interface *model = part->model;
  const saliency_args *args = part->args;
  OutputSizes sizes = outputSizes(model), away = diverted(part);
  int64_t row = part->image * part->perImage + part->target, at = layout->outputs;
  void **buffers = part->buffers;
  buffers[SALIENCY_KERNEL_WEIGHTS] =
      (char *)(uintptr_t)args->weights + sizeof(saliency_weights_header);
  buffers[SALIENCY_KERNEL_WORKSPACE] = args->workspace;
  buffers[SALIENCY_KERNEL_INPUT] =
      (float *)(uintptr_t)args->input +
      part->image * product(model->input_dims + 1, model->input_rank - 1);
  buffers[SALIENCY_KERNEL_LOGITS] =
      args->logits ? args->logits + part->image * model->classes : scratch(part, layout->logits);
  buffers[SALIENCY_KERNEL_MAPS] =
      away.maps ? scratch(part, at) : args->maps + row * (sizes.maps / model->batch);
  at += alignUp(part->targets * saliency_float_bytes(away.maps));
  buffers[SALIENCY_KERNEL_MAPS2D] = args->maps2d && !away.maps2d
                                        ? args->maps2d + row * (sizes.maps2d / model->batch)
                                        : scratch(part, at);
  at += alignUp(part->targets * saliency_float_bytes(away.maps2d));
  buffers[SALIENCY_KERNEL_LAYERS] =
      args->layers ? args->layers +
                         (part->image / model->batch * part->perImage + part->target) * sizes.layers
                   : scratch(part, at);
}

#endif /* SALIENCY_CPU_PLACE_H */
