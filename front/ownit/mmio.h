/* SPDX-License-Identifier: MIT */
/* Registers of a device: each access is one access of that width. */
#ifndef OWNIT_MMIO_H
#define OWNIT_MMIO_H

#include <stdint.h>

static inline uint32_t mmio_read32(const void *base, uint32_t offset)
{
    return *(const volatile uint32_t *)((uintptr_t)base + offset);
}

static inline uint64_t mmio_read64(const void *base, uint32_t offset)
{
    return *(const volatile uint64_t *)((uintptr_t)base + offset);
}

/* Memory written before is seen by the device before the register is. */
static inline void mmio_write32(void *base, uint32_t offset, uint32_t value)
{
    __atomic_thread_fence(__ATOMIC_RELEASE);
    *(volatile uint32_t *)((uintptr_t)base + offset) = value;
}

static inline void mmio_write64(void *base, uint32_t offset, uint64_t value)
{
    __atomic_thread_fence(__ATOMIC_RELEASE);
    *(volatile uint64_t *)((uintptr_t)base + offset) = value;
}

#endif
