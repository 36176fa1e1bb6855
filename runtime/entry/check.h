// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * First step of a call: what it must satisfy before the first byte is written, wherever the kernel
 * runs.
 */
#ifndef SALIENCY_ENTRY_CHECK_H
#define SALIENCY_ENTRY_CHECK_H

#include "runtime/entry/kernel_abi.h"
#include "saliency/weights.h"

static inline int sameName(const char *a, const char *b) {
  while (*a && *a == *b) {
    ++a;
    ++b;
  }
  return *a == *b;
}

static inline int64_t targetsPerImage(const saliency_args *args) {
  return args->targets_per_image ? args->targets_per_image : 1;
}

static inline int misaligned(const void *pointer) {
  return (uintptr_t)pointer % SALIENCY_ALIGNMENT != 0;
}

/* A longer structure comes from a newer program: it may be used as long as what this explainer
 * cannot see is zero. */
static inline saliency_status checkSize(const saliency_args *args) {
  const unsigned char *bytes = (const unsigned char *)args;
  size_t i;
  if (!args)
    return SALIENCY_NULL_POINTER;
  if (args->size < sizeof *args)
    return SALIENCY_BAD_ARGS_SIZE;
  for (i = sizeof *args; i < args->size; ++i)
    if (bytes[i])
      return SALIENCY_BAD_ARGS_SIZE;
  return SALIENCY_OK;
}

static inline saliency_status checkWeights(const saliency_interface *model,
                                           const saliency_args *args) {
  saliency_weights_header header;
  if (args->weights_size != (uint64_t)model->weights_size || args->weights_size < sizeof header)
    return SALIENCY_BAD_WEIGHTS;
  __builtin_memcpy(&header, args->weights, sizeof header);
  if (header.magic != SALIENCY_WEIGHTS_MAGIC || header.file_size != args->weights_size ||
      header.id != model->weights_id)
    return SALIENCY_BAD_WEIGHTS;
  return SALIENCY_OK;
}

static inline saliency_status checkTargets(const saliency_interface *model,
                                           const saliency_args *args) {
  int64_t count = targetsPerImage(args), i;
  if (count < 1 || count > INT32_MAX || (!args->targets && count != 1))
    return SALIENCY_BAD_TARGET;
  for (i = 0; args->targets && i < args->batch * count; ++i) {
    int64_t target = args->targets[i];
    if (target < SALIENCY_ARG_MAX || target >= model->classes)
      return SALIENCY_BAD_TARGET;
    if (model->fixed_target >= 0 && target != SALIENCY_ARG_MAX && target != model->fixed_target)
      return SALIENCY_BAD_TARGET;
  }
  return SALIENCY_OK;
}

/* The tensor given for a declaration; NULL if there is none, or it is empty. */
static inline const saliency_tensor *findTensor(const saliency_args *args,
                                                const saliency_tensor_declaration *declared) {
  int64_t i;
  for (i = 0; i < args->tensor_count; ++i)
    if (args->tensors[i].count > 0 && sameName(args->tensors[i].name, declared->name))
      return &args->tensors[i];
  return NULL;
}

static inline saliency_status checkTensorNames(const saliency_interface *model,
                                               const saliency_args *args) {
  int64_t i, j;
  if (args->tensor_count < 0 || args->tensor_count > model->tensor_count)
    return SALIENCY_BAD_TENSOR;
  if (args->tensor_count && !args->tensors)
    return SALIENCY_NULL_POINTER;
  for (i = 0; i < args->tensor_count; ++i) {
    const saliency_tensor *tensor = &args->tensors[i];
    int known = 0;
    if (!tensor->name || (tensor->count > 0 && !tensor->data))
      return SALIENCY_NULL_POINTER;
    if (tensor->count < 0 || tensor->count > INT32_MAX)
      return SALIENCY_BAD_TENSOR;
    for (j = 0; j < model->tensor_count; ++j)
      known |= sameName(tensor->name, model->tensors[j].name);
    for (j = 0; j < i; ++j)
      known &= !sameName(tensor->name, args->tensors[j].name);
    if (!known)
      return SALIENCY_BAD_TENSOR;
  }
  for (j = 0; j < model->tensor_count; ++j)
    if (model->tensors[j].required && !findTensor(args, &model->tensors[j]))
      return SALIENCY_BAD_TENSOR;
  return SALIENCY_OK;
}

/* The target an image has before arg-max is known: -1 stays -1 unless the explainer was compiled
 * for one class. */
static inline int64_t givenTarget(const saliency_interface *model, const saliency_args *args,
                                  int64_t index) {
  int64_t target = args->targets ? args->targets[index] : SALIENCY_ARG_MAX;
  return target == SALIENCY_ARG_MAX ? model->fixed_target : target;
}

/* Each image: members in range, none twice, each known target among them. `marks` is one byte per
 * class. */
static inline saliency_status checkClassSet(const saliency_interface *model,
                                            const saliency_args *args, const saliency_tensor *set,
                                            unsigned char *marks) {
  const int64_t *classes = (const int64_t *)set->data;
  int64_t perImage = targetsPerImage(args), b, i;
  if (set->count > model->classes)
    return SALIENCY_BAD_CLASSES;
  for (b = 0; b < args->batch; ++b) {
    int64_t members = 0;
    __builtin_memset(marks, 0, (size_t)model->classes);
    for (i = 0; i < set->count; ++i) {
      int64_t member = classes[b * set->count + i];
      if (member == -1)
        continue;
      if (member < 0 || member >= model->classes || marks[member])
        return SALIENCY_BAD_CLASSES;
      marks[member] = 1;
      ++members;
    }
    if (!members)
      return SALIENCY_BAD_CLASSES;
    for (i = 0; i < perImage; ++i) {
      int64_t target = givenTarget(model, args, b * perImage + i);
      if (target >= 0 && !marks[target])
        return SALIENCY_BAD_CLASSES;
    }
  }
  return SALIENCY_OK;
}

/* `workspaceSize` and `marks` are of the entry's layout of the workspace: its bytes, and where one
 * byte per class is free. The workspace is left to us, so writing there breaks no promise. */
static inline saliency_status checkCall(const saliency_interface *model, const saliency_args *args,
                                        int64_t workspaceSize, int64_t marks) {
  saliency_status status = checkSize(args);
  int64_t i;
  if (status)
    return status;
  if (!args->weights || !args->workspace || !args->input || !args->maps)
    return SALIENCY_NULL_POINTER;
  if (misaligned(args->weights) || misaligned(args->workspace))
    return SALIENCY_MISALIGNED;
  if ((status = checkWeights(model, args)))
    return status;
  if (args->workspace_size < (uint64_t)workspaceSize)
    return SALIENCY_SMALL_WORKSPACE;
  if (args->batch <= 0 || args->batch > INT32_MAX || args->batch % model->batch)
    return SALIENCY_BAD_BATCH;
  if ((status = checkTargets(model, args)) || (status = checkTensorNames(model, args)))
    return status;
  for (i = 0; i < model->tensor_count; ++i) {
    const saliency_tensor *tensor = findTensor(args, &model->tensors[i]);
    if (tensor && model->tensors[i].kind == SALIENCY_TENSOR_CLASSES &&
        (status = checkClassSet(model, args, tensor, (unsigned char *)args->workspace + marks)))
      return status;
  }
  if (args->layers && !model->layer_count)
    return SALIENCY_NO_LAYERS;
  return SALIENCY_OK;
}

#endif /* SALIENCY_ENTRY_CHECK_H */
