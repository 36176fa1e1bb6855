// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * The C interface of a compiled explainer: one network, one attribution method or several. C99, as
 * is this example of a call; rsp.h is written by the compiler beside rsp.o and rsp.weights.
 *
 *     #include "rsp.h"
 *
 *     const saliency_interface *info = rsp_interface();
 *     char *memory = malloc(rsp_workspace_size() + SALIENCY_ALIGNMENT);
 *     saliency_args args = {.size = sizeof args};
 *     args.weights = weights;    // the mapped file rsp.weights, aligned to SALIENCY_ALIGNMENT
 *     args.weights_size = info->weights_size;
 *     args.workspace = memory + SALIENCY_ALIGNMENT - (uintptr_t)memory % SALIENCY_ALIGNMENT;
 *     args.workspace_size = rsp_workspace_size();
 *     args.batch = info->batch;  // images; any multiple of the compiled batch
 *     args.input = image;        // floats, as the network was trained
 *     args.maps = map;           // floats, the relevance of the winning class
 *     saliency_status status = rsp_explain(&args);
 *     if (status != SALIENCY_OK)
 *       fprintf(stderr, "%s\n", rsp_error_string(status));
 *     free(memory);
 *
 * The names above carry the prefix chosen at compile time; this file spells it `saliency_model_`.
 * Shared libraries export the same five functions once more as `saliency_explainer_*`, so that a
 * program can load any of them.
 *
 * Nothing here allocates, does I/O, reads the locale, or keeps state: threads may share a model and
 * its weights, each with its own workspace. On machines with the same features an explainer gives
 * the same bits, whatever the number of threads, the batch of the call and its other targets.
 * Machines with and without fused multiply-add differ in rounding.
 *
 * All arrays are dense, row-major, float32 or int64. Weights and workspace are aligned to
 * SALIENCY_ALIGNMENT bytes, the rest as its type.
 */
#ifndef SALIENCY_EXPLAINER_H
#define SALIENCY_EXPLAINER_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Grows when a structure below changes in a way that old programs or old explainers cannot follow.
 */
#define SALIENCY_ABI_VERSION 2

#define SALIENCY_ALIGNMENT 64  /* of weights and workspace, in bytes */
#define SALIENCY_MAX_RANK 8    /* dimensions of a tensor */
#define SALIENCY_MAX_TENSORS 8 /* per-call tensors of a method */
/* As a target: the class with the highest logit, the first one of equals. */
#define SALIENCY_ARG_MAX (-1)

typedef int32_t saliency_status;
enum {
  SALIENCY_OK = 0,
  /* args.size is too small, or this explainer is older than the fields in use */
  SALIENCY_BAD_ARGS_SIZE = 1,
  /* args, weights, workspace, input, maps or a tensor's data is NULL */
  SALIENCY_NULL_POINTER = 2,
  /* weights or workspace is not aligned to SALIENCY_ALIGNMENT */
  SALIENCY_MISALIGNED = 3,
  /* size, magic or id differ: not the weights file of this explainer */
  SALIENCY_BAD_WEIGHTS = 4,
  /* less than saliency_model_workspace_size() */
  SALIENCY_SMALL_WORKSPACE = 5,
  /* not a positive multiple of the compiled batch, or above 2^31 - 1 */
  SALIENCY_BAD_BATCH = 6,
  /* a class out of range, not the compiled one, or a wrong number of targets */
  SALIENCY_BAD_TARGET = 7,
  /* unknown, repeated or missing per-call tensor, or a wrong number of entries */
  SALIENCY_BAD_TENSOR = 8,
  /* class set: out of range, a duplicate, or the target is not a member */
  SALIENCY_BAD_CLASSES = 9,
  /* layers requested, but the explainer was compiled without them */
  SALIENCY_NO_LAYERS = 10,
  /* the cancel callback said so; the outputs are unfinished */
  SALIENCY_CANCELLED = 11
};

/* What an explainer says about itself. */

/* Relevance of one intermediate value: `elements` floats from `layers + offset`, shape dims[0 ..
 * rank). */
typedef struct saliency_layer {
  const char *name; /* ONNX value name */
  int64_t offset;   /* in floats */
  int64_t rank;
  int64_t dims[SALIENCY_MAX_RANK]; /* dims[0] is the compiled batch */
} saliency_layer;

enum {
  /* A set of classes for each image: int64 [batch][count], unused places -1. Every target of the
     image is a member. */
  SALIENCY_TENSOR_CLASSES = 0,
  /* Floats shared by all images: [count][elements], for example noise samples. */
  SALIENCY_TENSOR_FLOATS = 1
};

/* What one method gives for each image and target. */
typedef struct saliency_map {
  const char *method;     /* "rsp" */
  const char *parameters; /* "variant=reference seed=single", "" if there are none */
  int64_t rank;
  int64_t dims[SALIENCY_MAX_RANK]; /* dims[0] = N; the input's shape, or a layer's */
  int64_t plane[2];                /* height and width of the 2-D map */
} saliency_map;

typedef struct saliency_tensor_declaration {
  const char *name;
  int64_t kind;     /* SALIENCY_TENSOR_* */
  int64_t required; /* 0: may be left out */
  int64_t elements; /* SALIENCY_TENSOR_FLOATS: floats of one entry; otherwise 1 */
} saliency_tensor_declaration;

/* Where relevance went, if the explainer was compiled to say so: what one row of the report is
 * about. */
typedef struct saliency_report_row {
  const char *layer;        /* name of the ONNX node */
  const char *kind;         /* "Convolution"; "Seed" in the first row, "Finish", what is made of the
                               relevance, in the last */
  const char *rule;         /* "lrp-epsilon" */
  const char *conservation; /* what the rule keeps of the sum here: "loses the share of the bias";
                               "" where there is no rule */
} saliency_report_row;

/* Its columns, sums of relevance: what arrives and what leaves, then where the difference went: to
   stabilisers of quotients, to biases, to units to which nothing contributes. What these leave over
   is the rule's own doing. */
enum {
  SALIENCY_REPORT_ARRIVES = 0,
  SALIENCY_REPORT_LEAVES = 1,
  SALIENCY_REPORT_STABILISER = 2,
  SALIENCY_REPORT_BIAS = 3,
  SALIENCY_REPORT_DEAD = 4,
  SALIENCY_REPORT_COLUMNS = 5
};

/* Plain data: 64-bit integers, fixed-size arrays and pointers, in this order, with the target's
 * natural layout. */
typedef struct saliency_interface {
  int64_t abi_version;
  const char *model; /* name of the network */
  int64_t map_count; /* number of methods, at least 1 */
  const saliency_map *maps;
  int64_t batch; /* compiled batch N */
  int64_t input_rank;
  int64_t input_dims[SALIENCY_MAX_RANK]; /* input_dims[0] = N */
  int64_t classes;
  int64_t kernel_workspace_size; /* bytes of the planned buffers; callers want
                                    saliency_model_workspace_size() */
  int64_t weights_size;          /* bytes of the weights file */
  uint64_t weights_id;           /* checksum in the header of the weights file */
  int64_t fixed_target;          /* the class it was compiled for, or -1: any class at run time */
  int64_t layer_elements; /* floats of all layers of one target and one compiled batch, or 0 */
  int64_t layer_count;
  const saliency_layer *layers;
  int64_t tensor_count; /* at most SALIENCY_MAX_TENSORS */
  const saliency_tensor_declaration *tensors;
  int64_t report_count; /* rows of the report, 0: there is none. It is the last of the layers:
                           [rows][N][columns] */
  const saliency_report_row *report;
} saliency_interface;

/* A call. */

/* A per-call tensor. Its shape and type follow from the declaration of that name. */
typedef struct saliency_tensor {
  const char *name;
  const void *data;
  int64_t count; /* entries per image (classes) or in all (floats) */
} saliency_tensor;

/* B = batch, T = targets_per_image, N = compiled batch. Zero every field that is not used. */
typedef struct saliency_args {
  size_t size; /* sizeof(saliency_args) */

  /* Read by generated code: the first fields keep their places. */

  /* Runs body(data, i) for every i in [0, count), in any order, on any threads, and returns 0 when
     all are done; or runs none and returns another number, then the explainer runs them itself.
     NULL: one thread. */
  int (*parallel_for)(void *context, void (*body)(void *data, int64_t index), void *data,
                      int64_t count);
  void *parallel_context;
  /* Asked now and then; anything but 0 ends the call with SALIENCY_CANCELLED. Once it said so it
     must keep saying so. */
  int (*cancel)(void *user);
  /* Told after each part of the work: `done` of `total` parts. */
  void (*progress)(void *user, int64_t done, int64_t total);
  void *user; /* for cancel and progress */

  const void *weights;
  size_t weights_size;
  void *workspace; /* contents do not matter, before or after */
  size_t workspace_size;

  int64_t batch;             /* B, a multiple of N */
  const float *input;        /* [B] x input_dims[1..] */
  int64_t targets_per_image; /* T; 0 means 1 */
  const int64_t *targets; /* [B][T], SALIENCY_ARG_MAX allowed; NULL: arg-max of each image, T = 1 */

  /* Of each method in turn, one behind the other: */
  float *maps;   /* [B][T] x dims[1..] */
  float *maps2d; /* [B][T] x plane: the method's own 2-D map, or the channel sum; may be NULL */

  float *logits;             /* [B][classes]; may be NULL */
  float *layers;             /* [B/N][T][layer_elements]; may be NULL */
  int64_t *resolved_targets; /* [B][T]: the classes explained; may be NULL */

  const saliency_tensor *tensors; /* may be NULL if tensor_count is 0 */
  int64_t tensor_count;
} saliency_args;

/* Explains B images. Everything is checked before anything is written, except that with a class set
   an arg-max target is found to be no member of it only after its logits are known. */
saliency_status saliency_model_explain(const saliency_args *args);

/* Bytes that args.workspace needs, whatever the batch, the targets and the outputs. */
size_t saliency_model_workspace_size(void);

/* SALIENCY_ABI_VERSION of the explainer. */
int32_t saliency_model_abi_version(void);

/* An English sentence; never NULL. */
const char *saliency_model_error_string(saliency_status status);

const saliency_interface *saliency_model_interface(void);

#ifdef __cplusplus
}
#endif

#endif /* SALIENCY_EXPLAINER_H */
