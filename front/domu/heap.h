/* SPDX-License-Identifier: MIT */
/* Small blocks of memory, of up to 4096 bytes. */
#ifndef DOMU_HEAP_H
#define DOMU_HEAP_H

#include <stddef.h>

/* Aligned for any type, contents undefined; NULL: none left, or too large. */
void *heap_alloc(size_t size);

/* With the size it was asked for. NULL is fine. */
void heap_free(void *block, size_t size);

#endif
