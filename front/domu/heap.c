/* SPDX-License-Identifier: MIT */
/*
 * Blocks come in powers of two. Freed ones wait in a list of their size; they
 * never become larger again, which a kernel with one purpose can afford.
 */
#include "heap.h"

#include <stdint.h>

#include "compiler.h"

#define HEAP_BYTES (256u * 1024)
#define SMALLEST   16u
#define SIZES      9u /* 16 to 4096 */

struct block {
    struct block *next;
};

static uint8_t arena[HEAP_BYTES] __attribute__((aligned(16)));
static size_t arena_used;
static struct block *free_list[SIZES];

/* Which list, and how large its blocks are. SIZES: none. */
static size_t size_class(size_t size, size_t *rounded)
{
    size_t i = 0;

    for (*rounded = SMALLEST; i < SIZES && *rounded < size; i++)
        *rounded *= 2;
    return i;
}

void *heap_alloc(size_t size)
{
    size_t rounded;
    size_t i = size_class(size, &rounded);
    struct block *block;

    if (i >= SIZES)
        return NULL;
    block = free_list[i];
    if (block != NULL) {
        free_list[i] = block->next;
        return block;
    }
    if (rounded > HEAP_BYTES - arena_used)
        return NULL;
    arena_used += rounded;
    return &arena[arena_used - rounded];
}

void heap_free(void *address, size_t size)
{
    struct block *block = address;
    size_t rounded;
    size_t i = size_class(size, &rounded);

    if (block == NULL || i >= SIZES)
        return;
    block->next = free_list[i];
    free_list[i] = block;
}
