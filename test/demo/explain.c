// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// explain WEIGHTS INPUT CLASS: explains one picture with the compiled network. INPUT ends with the
// picture as the network takes it (raw floats or a .npy file). Prints the map's checksum as POSIX
// cksum does: CRC and number of bytes.
#include "rsp.h"
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

static float input[RSP_INPUT_ELEMENTS], map[RSP_MAP_ELEMENTS];

static uint32_t crc(uint32_t sum, unsigned byte) {
  sum ^= byte << 24;
  for (int bit = 0; bit < 8; ++bit)
    sum = sum << 1 ^ (sum >> 31 ? 0x04C11DB7 : 0);
  return sum;
}

int main(int argc, char **argv) {
  if (argc != 4)
    return fputs("usage: explain WEIGHTS INPUT CLASS\n", stderr), 1;
  void *weights = mmap(NULL, RSP_WEIGHTS_SIZE, PROT_READ, MAP_PRIVATE, open(argv[1], O_RDONLY), 0);
  FILE *file = fopen(argv[2], "rb");
  if (weights == MAP_FAILED || !file || fseek(file, -(long)sizeof input, SEEK_END) ||
      !fread(input, sizeof input, 1, file))
    return perror("explain"), 1;

  int64_t target = atoll(argv[3]);
  saliency_args args = {.size = sizeof args, .weights = weights, .weights_size = RSP_WEIGHTS_SIZE};
  args.workspace_size = rsp_workspace_size();
  args.workspace = aligned_alloc(SALIENCY_ALIGNMENT, args.workspace_size);
  args.batch = RSP_BATCH;
  args.input = input;
  args.targets = &target;
  args.maps = map;
  saliency_status status = rsp_explain(&args);
  if (status)
    return fprintf(stderr, "explain: %s\n", rsp_error_string(status)), 1;

  uint32_t sum = 0;
  for (size_t i = 0; i < sizeof map; ++i)
    sum = crc(sum, ((unsigned char *)map)[i]);
  for (size_t rest = sizeof map; rest; rest >>= 8)
    sum = crc(sum, rest & 255);
  return printf("%u %zu\n", ~sum, sizeof map) < 0;
}
