// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * The C functions of every explainer. The build turns this file into LLVM bitcode; the compiler
 * links it to the kernel and the description that it generates and renames `saliency_model_` to the
 * prefix of the model. Hence no library calls (but for memcpy and memset, which any compiler may
 * emit), no allocation, no state.
 */
#include "runtime/cpu/check.h"

extern const saliency_interface saliency_model_description;

/*
 * One forward pass over N images and the backward passes of counts[0] targets. buffers: weights
 * (behind the header), workspace, input, targets [T][N], of each method in turn maps [T][N..], the
 * same of maps2d [T][N][h][w], logits [N][classes], layers [T][..], then one per declared tensor,
 * in order: a class set is [P][N], floats lie as the caller gave them. counts[1 + i]: entries of
 * tensor i, 0 if it was left out. No buffer is NULL.
 */
extern void saliency_model_kernel(void *const *buffers, const int64_t *counts,
                                  const saliency_args *hooks);

enum { firstTensor = 8 };

/* The call and the part of it in hand: images [image, image + N), targets [target, target +
 * targets) of each. */
typedef struct Part {
  const saliency_interface *model;
  const saliency_args *args;
  const Layout *layout;
  int64_t perImage; /* T of the caller */
  int64_t image, target, targets;
  int64_t counts[1 + SALIENCY_MAX_TENSORS];
  void *buffers[firstTensor + SALIENCY_MAX_TENSORS];
} Part;

static int cancelled(const saliency_args *args) { return args->cancel && args->cancel(args->user); }

static void *scratch(const Part *part, int64_t offset) {
  return (char *)part->args->workspace + offset;
}

/* Whether the kernel may write [T][N] where the caller expects [N][T]: the same if either is 1.
   With several methods the part must be the whole call too. */
static int ordered(const Part *part) {
  int whole = part->args->batch == part->model->batch && part->perImage <= part->targets;
  return (part->model->batch == 1 || part->perImage == 1) && (part->model->map_count == 1 || whole);
}

/* The outputs that do not go straight to the caller, as sizes of one target. */
static OutputSizes diverted(const Part *part) {
  OutputSizes sizes = outputSizes(part->model);
  if (ordered(part))
    sizes.maps = 0;
  if (part->args->maps2d && ordered(part))
    sizes.maps2d = 0;
  if (part->args->layers)
    sizes.layers = 0;
  return sizes;
}

static int64_t targetsPerCall(const Part *part) {
  int64_t room = part->layout->end - part->layout->outputs, targets = maxTargetsPerCall;
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

static void layOutTensors(Part *part) {
  const saliency_interface *model = part->model;
  int64_t i;
  for (i = 0; i < model->tensor_count; ++i) {
    const saliency_tensor *tensor = findTensor(part->args, &model->tensors[i]);
    part->counts[1 + i] = tensor ? tensor->count : 0;
    part->buffers[firstTensor + i] = scratch(part, part->layout->classes[i]);
    if (!tensor)
      continue;
    if (model->tensors[i].kind == SALIENCY_TENSOR_CLASSES)
      transpose((int64_t *)part->buffers[firstTensor + i],
                (const int64_t *)tensor->data + part->image * tensor->count, model->batch,
                tensor->count, tensor->count);
    else
      part->buffers[firstTensor + i] = (void *)(uintptr_t)tensor->data;
  }
}

static void layOutTargets(Part *part) {
  const saliency_interface *model = part->model;
  int64_t *targets = (int64_t *)scratch(part, part->layout->targets), i;
  part->counts[0] = part->targets;
  part->buffers[3] = targets;
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

static void layOutBuffers(Part *part) {
  const saliency_interface *model = part->model;
  const saliency_args *args = part->args;
  OutputSizes sizes = outputSizes(model), away = diverted(part);
  int64_t row = part->image * part->perImage + part->target, at = part->layout->outputs;
  part->buffers[0] = (char *)(uintptr_t)args->weights + sizeof(saliency_weights_header);
  part->buffers[1] = args->workspace;
  part->buffers[2] = (float *)(uintptr_t)args->input +
                     part->image * product(model->input_dims + 1, model->input_rank - 1);
  part->buffers[6] = args->logits ? args->logits + part->image * model->classes
                                  : scratch(part, part->layout->logits);
  part->buffers[4] = away.maps ? scratch(part, at) : args->maps + row * (sizes.maps / model->batch);
  at += alignUp(part->targets * away.maps * 4);
  part->buffers[5] = args->maps2d && !away.maps2d
                         ? args->maps2d + row * (sizes.maps2d / model->batch)
                         : scratch(part, at);
  at += alignUp(part->targets * away.maps2d * 4);
  part->buffers[7] =
      args->layers ? args->layers +
                         (part->image / model->batch * part->perImage + part->target) * sizes.layers
                   : scratch(part, at);
}

/* Of each method in turn, [targets][N] of the kernel to the caller's [B][perImage], `sizeOf` floats
 * for N images each. */
static void deliver(const Part *part, float *to, const float *from,
                    int64_t (*sizeOf)(const saliency_interface *, const saliency_map *)) {
  int64_t m, n, t;
  for (m = 0; m < part->model->map_count; ++m) {
    int64_t size = sizeOf(part->model, &part->model->maps[m]) / part->model->batch;
    for (n = 0; n < part->model->batch; ++n)
      for (t = 0; t < part->targets; ++t)
        __builtin_memcpy(to + ((part->image + n) * part->perImage + part->target + t) * size,
                         from + (t * part->model->batch + n) * size, (size_t)size * sizeof(float));
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
  const float *logits = (const float *)part->buffers[6];
  const int64_t *targets = (const int64_t *)part->buffers[3];
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
        const int64_t *members = (const int64_t *)part->buffers[firstTensor + i];
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

static saliency_status explainPart(Part *part) {
  OutputSizes away = diverted(part);
  if (cancelled(part->args))
    return SALIENCY_CANCELLED;
  layOutTargets(part);
  layOutBuffers(part);
  saliency_model_kernel(part->buffers, part->counts, part->args);
  if (cancelled(part->args))
    return SALIENCY_CANCELLED;
  if (away.maps)
    deliver(part, part->args->maps, (const float *)part->buffers[4], mapSize);
  if (away.maps2d && part->args->maps2d)
    deliver(part, part->args->maps2d, (const float *)part->buffers[5], planeSize);
  return resolveTargets(part);
}

saliency_status saliency_model_explain(const saliency_args *args) {
  const saliency_interface *model = &saliency_model_description;
  const Layout layout = layoutOf(model);
  saliency_status status = checkCall(model, args, &layout);
  int64_t step, calls, done = 0;
  Part part;
  if (status)
    return status;
  part.model = model;
  part.args = args;
  part.layout = &layout;
  part.perImage = targetsPerImage(args);
  step = targetsPerCall(&part);
  calls = args->batch / model->batch * ((part.perImage + step - 1) / step);
  for (part.image = 0; part.image < args->batch; part.image += model->batch) {
    layOutTensors(&part);
    for (part.target = 0; part.target < part.perImage; part.target += step) {
      part.targets = part.perImage - part.target < step ? part.perImage - part.target : step;
      if ((status = explainPart(&part)))
        return status;
      if (args->progress)
        args->progress(args->user, ++done, calls);
    }
  }
  return SALIENCY_OK;
}

size_t saliency_model_workspace_size(void) {
  return (size_t)layoutOf(&saliency_model_description).end;
}

int32_t saliency_model_abi_version(void) { return SALIENCY_ABI_VERSION; }

const saliency_interface *saliency_model_interface(void) { return &saliency_model_description; }

const char *saliency_model_error_string(saliency_status status) {
  switch (status) {
  case SALIENCY_OK:
    return "success";
  case SALIENCY_BAD_ARGS_SIZE:
    return "args.size must be sizeof(saliency_args), and fields that this explainer does not know "
           "must be zero";
  case SALIENCY_NULL_POINTER:
    return "args, weights, workspace, input, maps and the data of tensors must not be NULL";
  case SALIENCY_MISALIGNED:
    return "weights and workspace must be aligned to 64 bytes";
  case SALIENCY_BAD_WEIGHTS:
    return "the weights must be those this explainer was compiled with: size, magic number or id "
           "differ";
  case SALIENCY_SMALL_WORKSPACE:
    return "the workspace must have at least the size that the workspace_size function returns";
  case SALIENCY_BAD_BATCH:
    return "the batch must be a positive multiple of the compiled batch";
  case SALIENCY_BAD_TARGET:
    return "a target must be a class of the network, or -1; an explainer compiled for one class "
           "takes no other";
  case SALIENCY_BAD_TENSOR:
    return "a per-call tensor must be declared by the method, be given once, and be there if it is "
           "required";
  case SALIENCY_BAD_CLASSES:
    return "the classes of an image must be classes of the network, none twice, its target among "
           "them";
  case SALIENCY_NO_LAYERS:
    return "layers can be had only from an explainer compiled to keep them";
  case SALIENCY_CANCELLED:
    return "cancelled";
  }
  return "unknown status";
}
