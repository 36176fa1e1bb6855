// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// time_explainer EXPLAINER.so THREADS REPEAT: prints the shortest and the median time of one
// explanation in milliseconds, without reading or writing files. The input is noise, the target the
// arg-max.
#include "saliency/explainer.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>

// A second thread that waits on a counter, so that handing out work costs less than a microsecond.
static struct {
  void (*body)(void *, int64_t);
  void *data;
  int64_t count;
  atomic_llong next;
  atomic_long round, finished;
} job;

static void work(void) {
  for (int64_t i; (i = atomic_fetch_add(&job.next, 1)) < job.count;)
    job.body(job.data, i);
}

static void *helper(void *unused) {
  (void)unused;
  for (long round = 1;; ++round) {
    while (atomic_load(&job.round) < round)
      ;
    work();
    atomic_store(&job.finished, round);
  }
  return NULL;
}

static int parallelFor(void *context, void (*body)(void *, int64_t), void *data, int64_t count) {
  (void)context;
  job.body = body, job.data = data, job.count = count;
  atomic_store(&job.next, 0);
  long round = atomic_fetch_add(&job.round, 1) + 1;
  work();
  while (atomic_load(&job.finished) < round)
    ;
  return 0;
}

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return 1e3 * t.tv_sec + 1e-6 * t.tv_nsec;
}

static int64_t product(const int64_t *dims, int64_t rank) {
  int64_t result = 1;
  while (rank--)
    result *= *dims++;
  return result;
}

static int ascending(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

int main(int argc, char **argv) {
  if (argc != 4)
    return fprintf(stderr, "usage: time_explainer EXPLAINER.so THREADS REPEAT\n"), 1;
  void *library = dlopen(argv[1], RTLD_NOW);
  if (!library)
    return fprintf(stderr, "%s\n", dlerror()), 1;
  const saliency_interface *(*interface)(void) = dlsym(library, "saliency_explainer_interface");
  saliency_status (*explain)(const saliency_args *) = dlsym(library, "saliency_explainer_explain");
  size_t (*workspaceSize)(void) = dlsym(library, "saliency_explainer_workspace_size");
  char weightsPath[4096];
  snprintf(weightsPath, sizeof weightsPath, "%.*s.weights", (int)(strrchr(argv[1], '.') - argv[1]),
           argv[1]);
  int file = open(weightsPath, O_RDONLY);
  struct stat status;
  if (file < 0 || fstat(file, &status))
    return fprintf(stderr, "cannot read %s\n", weightsPath), 1;
  const saliency_interface *model = interface();
  int64_t inputs = product(model->input_dims, model->input_rank), maps = 0;
  for (int64_t m = 0; m < model->map_count; ++m)
    maps += product(model->maps[m].dims, model->maps[m].rank);
  float *input = malloc(inputs * sizeof(float)), *map = malloc(maps * sizeof(float));
  uint32_t seed = 1;
  for (int64_t i = 0; i < inputs; ++i)
    input[i] = ((seed = seed * 1664525u + 1013904223u) >> 8) / 8388608.0f - 1;
  saliency_args args = {.size = sizeof args, .batch = model->batch, .targets_per_image = 1};
  args.weights = mmap(NULL, status.st_size, PROT_READ, MAP_PRIVATE | MAP_POPULATE, file, 0);
  args.weights_size = status.st_size;
  args.workspace_size = workspaceSize();
  args.workspace = aligned_alloc(SALIENCY_ALIGNMENT, args.workspace_size);
  args.input = input;
  args.maps = map;
  if (atoi(argv[2]) > 1) {
    pthread_t thread;
    pthread_create(&thread, NULL, helper, NULL);
    args.parallel_for = parallelFor;
  }
  int repeat = atoi(argv[3]);
  double *times = malloc((repeat + 1) * sizeof(double));
  for (int i = 0; i <= repeat; ++i) { // the first call warms up
    double start = now();
    if (explain(&args) != 0)
      return fprintf(stderr, "explain failed\n"), 1;
    times[i] = now() - start;
  }
  qsort(times + 1, repeat, sizeof(double), ascending);
  printf("%.3f %.3f\n", times[1], times[1 + repeat / 2]);
  fflush(stdout);
  _Exit(0);
}
