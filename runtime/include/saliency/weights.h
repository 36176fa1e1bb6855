// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * The weights file beside an explainer: a 64-byte header, then the payload that the kernel sees,
 * padded with zeros to a multiple of 64 bytes. Little endian. An explainer compares the header with
 * the size and the id it was compiled with; who loads the file from a disk may recompute the
 * checksum once.
 */
#ifndef SALIENCY_WEIGHTS_H
#define SALIENCY_WEIGHTS_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define SALIENCY_WEIGHTS_MAGIC 0x31544847574c4153u /* the bytes "SALWGHT1" */

typedef struct saliency_weights_header {
  uint64_t magic;
  uint64_t file_size; /* header and payload */
  uint64_t id;        /* saliency_weights_checksum of the payload */
  uint64_t reserved[5];
} saliency_weights_header;

/* FNV-1a over 64-bit words, with the high half folded down after each; `size` is a multiple of 8.
 */
static inline uint64_t saliency_weights_checksum(const void *payload, size_t size) {
  const unsigned char *bytes = (const unsigned char *)payload;
  uint64_t hash = 0xcbf29ce484222325u ^ size;
  size_t at;
  for (at = 0; at + 8 <= size; at += 8) {
    uint64_t word;
    __builtin_memcpy(&word, bytes + at, 8);
    hash = (hash ^ word) * 0x100000001b3u;
    hash ^= hash >> 32;
  }
  return hash;
}

#ifdef __cplusplus
}
#endif

#endif /* SALIENCY_WEIGHTS_H */
