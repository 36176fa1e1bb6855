// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * The C functions of every explainer whose kernel runs on the host. A call has three steps: check
 * (runtime/entry/check.h), place (place.h) and deliver (runtime/entry/deliver.h); the kernel runs
 * before the last one.
 *
 * The build turns this file into LLVM bitcode; the compiler links it to the kernel and the
 * description that it generates and renames `saliency_model_` to the prefix of the model. Hence no
 * library calls (but for memcpy and memset, which any compiler may emit), no allocation, no state.
 */
#include "runtime/cpu/place.h"
#include "runtime/entry/deliver.h"

#define TEXT_OF(value) #value
#define TEXT(macro) TEXT_OF(macro)

extern const saliency_interface saliency_model_description;

/* The compiler generates it; its arguments are those of kernel_abi.h. */
extern void saliency_model_kernel(void *const *buffers, const int64_t *counts,
                                  const saliency_args *hooks);

static int cancelled(const saliency_args *args) { return args->cancel && args->cancel(args->user); }

static saliency_status explainPart(Part *part, const Layout *layout) {
  if (cancelled(part->args))
    return SALIENCY_CANCELLED;
  placeTargets(part, layout);
  placeBuffers(part, layout);
  saliency_model_kernel(part->buffers, part->counts, part->args);
  if (cancelled(part->args))
    return SALIENCY_CANCELLED;
  return deliver(part);
}

saliency_status saliency_model_explain(const saliency_args *args) {
  const saliency_interface *model = &saliency_model_description;
  const Layout layout = layoutOf(model);
  saliency_status status = checkCall(model, args, layout.end, layout.marks);
  int64_t step, calls, done = 0;
  Part part;
  if (status)
    return status;
  part.model = model;
  part.args = args;
  part.perImage = targetsPerImage(args);
  step = targetsPerCall(&part, &layout);
  calls = args->batch / model->batch * ((part.perImage + step - 1) / step);
  for (part.image = 0; part.image < args->batch; part.image += model->batch) {
    placeTensors(&part, &layout);
    for (part.target = 0; part.target < part.perImage; part.target += step) {
      part.targets = part.perImage - part.target < step ? part.perImage - part.target : step;
      if ((status = explainPart(&part, &layout)))
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
    return "weights and workspace must be aligned to " TEXT(SALIENCY_ALIGNMENT) " bytes";
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
