// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * A description and a kernel for tests: the network sums each of 3 channels of 4x5 and multiplies
 * with a 6x3 matrix, the method is input x gradient times (1 + the sum of the image's class set +
 * the first shared float). It fills its own workspace, so that anything the entry keeps there by
 * mistake is lost. FAKE_SECOND adds a method whose map is the first one's sum over each channel,
 * and whose 2-D map is their sum, 1 x 1.
 */
#include "runtime/entry/kernel_abi.h"

#include <string.h>

#ifndef FAKE_FIXED_TARGET
#define FAKE_FIXED_TARGET (-1)
#endif

enum {
  batch = FAKE_BATCH,
  channels = 3,
  height = 4,
  width = 5,
  area = height * width,
  classCount = 6
};
enum { image = channels * area, workspaceSize = 1000, layerElements = batch * channels + 1 };

static const saliency_tensor_declaration tensors[] = {
    {"classes", SALIENCY_TENSOR_CLASSES, 0, 1},
    {"noise", SALIENCY_TENSOR_FLOATS, 0, 2},
};

#ifdef FAKE_LAYERS
static const saliency_layer layers[] = {
    {"/pool/sum", 0, 2, {batch, channels}},
    {"scale", batch * channels, 1, {1}},
};
#endif

static const saliency_map maps[] = {
    {"fake", "variant=test", 4, {batch, channels, height, width}, {height, width}},
#ifdef FAKE_SECOND
    {"sums", "", 2, {batch, channels}, {1, 1}},
#endif
};

extern const saliency_interface saliency_model_description;
const saliency_interface saliency_model_description = {
    SALIENCY_ABI_VERSION,
    "channels",
    sizeof maps / sizeof *maps,
    maps,
    batch,
    4,
    {batch, channels, height, width},
    classCount,
    workspaceSize,
    64 + 128, /* weights: header, 18 floats, zeros */
    0x219e3ebd58e11450u,
    FAKE_FIXED_TARGET,
#ifdef FAKE_LAYERS
    layerElements,
    2,
    layers,
#else
    0,
    0,
    NULL,
#endif
    2,
    tensors};

typedef struct Work {
  void *const *buffers;
  const int64_t *counts;
} Work;

static int64_t winner(const float *logits) {
  int64_t best = 0, i;
  for (i = 1; i < classCount; ++i)
    if (logits[i] > logits[best])
      best = i;
  return best;
}

/* One target of one image. */
static void explain(void *data, int64_t index) {
  const Work *work = (const Work *)data;
  int64_t t = index / batch, n = index % batch, p, c, i;
  const float *weights = (const float *)work->buffers[SALIENCY_KERNEL_WEIGHTS],
              *input = (const float *)work->buffers[SALIENCY_KERNEL_INPUT] + n * image;
  int64_t target = ((const int64_t *)work->buffers[SALIENCY_KERNEL_TARGETS])[t * batch + n];
  float *map = (float *)work->buffers[SALIENCY_KERNEL_MAPS] + (t * batch + n) * image;
  float *map2d = (float *)work->buffers[SALIENCY_KERNEL_MAPS2D] + (t * batch + n) * area;
#ifdef FAKE_SECOND
  float *sums = (float *)work->buffers[SALIENCY_KERNEL_MAPS] + work->counts[0] * batch * image +
                (t * batch + n) * channels;
  float *total = (float *)work->buffers[SALIENCY_KERNEL_MAPS2D] + work->counts[0] * batch * area +
                 (t * batch + n);
#endif
  float scale = 1;
  if (target < 0)
    target = winner((const float *)work->buffers[SALIENCY_KERNEL_LOGITS] + n * classCount);
  for (p = 0; p < work->counts[1]; ++p)
    scale += (float)((const int64_t *)work->buffers[SALIENCY_KERNEL_FIRST_TENSOR])[p * batch + n];
  if (work->counts[2])
    scale += ((const float *)work->buffers[SALIENCY_KERNEL_FIRST_TENSOR + 1])[0];
  for (i = 0; i < area; ++i)
    map2d[i] = 0;
  for (c = 0; c < channels; ++c) {
    float sum = 0;
    for (i = 0; i < area; ++i) {
      map[c * area + i] = input[c * area + i] * weights[target * channels + c] * scale;
      map2d[i] += map[c * area + i];
      sum += map[c * area + i];
    }
#ifdef FAKE_SECOND
    sums[c] = sum;
    *total = c ? *total + sum : sum;
#endif
#ifdef FAKE_LAYERS
    ((float *)work->buffers[SALIENCY_KERNEL_LAYERS])[t * layerElements + n * channels + c] = sum;
#else
    (void)sum;
#endif
  }
#ifdef FAKE_LAYERS
  ((float *)work->buffers[SALIENCY_KERNEL_LAYERS])[t * layerElements + batch * channels] = scale;
#endif
}

void saliency_model_kernel(void *const *buffers, const int64_t *counts, const saliency_args *hooks);
void saliency_model_kernel(void *const *buffers, const int64_t *counts,
                           const saliency_args *hooks) {
  const float *weights = (const float *)buffers[SALIENCY_KERNEL_WEIGHTS],
              *input = (const float *)buffers[SALIENCY_KERNEL_INPUT];
  float *logits = (float *)buffers[SALIENCY_KERNEL_LOGITS];
  int64_t n, k, c, i;
  Work work;
  memset(buffers[SALIENCY_KERNEL_WORKSPACE], 0xcd, workspaceSize);
  for (n = 0; n < batch; ++n) {
    for (k = 0; k < classCount; ++k) {
      logits[n * classCount + k] = 0;
      for (c = 0; c < channels; ++c)
        for (i = 0; i < area; ++i)
          logits[n * classCount + k] += weights[k * channels + c] * input[n * image + c * area + i];
    }
  }
  if (hooks->cancel && hooks->cancel(hooks->user))
    return;
  work.buffers = buffers;
  work.counts = counts;
  if (hooks->parallel_for &&
      hooks->parallel_for(hooks->parallel_context, explain, &work, counts[0] * batch) == 0)
    return;
  for (i = 0; i < counts[0] * batch; ++i)
    explain(&work, i);
}
