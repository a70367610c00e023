/* SPDX-License-Identifier: MIT */
/*
 * Bytes of configuration space: little-endian loads and stores of 1, 2 or 4
 * bytes, masks, and range arithmetic that cannot wrap. Freestanding, pure.
 */
#ifndef COMMON_BYTES_H
#define COMMON_BYTES_H

#include <stdbool.h>
#include <stdint.h>

#include "compiler.h"

static inline uint16_t le16_load(const uint8_t *p)
{
    return (uint16_t)(p[0] | (uint16_t)p[1] << 8);
}

static inline uint32_t le32_load(const uint8_t *p)
{
    return le16_load(p) | (uint32_t)le16_load(p + 2) << 16;
}

static inline void le16_store(uint8_t *p, uint16_t value)
{
    p[0] = (uint8_t)value;
    p[1] = (uint8_t)(value >> 8);
}

static inline void le32_store(uint8_t *p, uint32_t value)
{
    le16_store(p, (uint16_t)value);
    le16_store(p + 2, (uint16_t)(value >> 16));
}

/* size is 1 to 4 bytes. */
static inline uint32_t le_load(const uint8_t *p, uint8_t size)
{
    uint32_t value = 0;

    for (uint8_t i = 0; i < size; i++)
        value |= (uint32_t)p[i] << (8 * i);
    return value;
}

static inline void le_store(uint8_t *p, uint8_t size, uint32_t value)
{
    for (uint8_t i = 0; i < size; i++)
        p[i] = (uint8_t)(value >> (8 * i));
}

/* All ones in the low `size` bytes, 0 to 4. */
static inline uint32_t bytes_mask(uint8_t size)
{
    return size >= 4 ? UINT32_MAX : ((uint32_t)1 << 8 * size) - 1;
}

/* The bits of b where mask is set, the bits of a elsewhere. */
static inline uint32_t bits_merge(uint32_t a, uint32_t b, uint32_t mask)
{
    return (a & ~mask) | (b & mask);
}

/* Do [a, a + alen) and [b, b + blen) share a byte? Empty ranges never do. */
static inline bool bytes_overlap(uint32_t a, uint32_t alen, uint32_t b,
                                 uint32_t blen)
{
    return a < b ? alen > b - a && blen > 0 : blen > a - b && alen > 0;
}

/* Is [offset, offset + len) inside a space of `space` bytes? */
static inline bool bytes_inside(uint32_t offset, uint32_t len, uint32_t space)
{
    return offset <= space && len <= space - offset;
}

/* a + b, or false if it does not fit. */
MUST_USE static inline bool add_u64(uint64_t a, uint64_t b, uint64_t *sum)
{
    *sum = a + b;
    return *sum >= a;
}

#endif
