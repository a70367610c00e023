/* SPDX-License-Identifier: MIT */
/*
 * Hypercalls by name. All return 0 (or a count) or a negative errno of
 * xen/errno.h, as everything of this kernel does.
 */
#ifndef DOMU_HYPERCALL_H
#define DOMU_HYPERCALL_H

#include <stdint.h>

#include "abi.h"

/* start.S */
long hypercall(unsigned int number, uint64_t a, uint64_t b, uint64_t c,
               uint64_t d);

/* The entry of the page at a virtual address becomes this. */
static inline int hypercall_map(uintptr_t address, uint64_t entry)
{
    return (int)hypercall(__HYPERVISOR_update_va_mapping, address, entry,
                          UVMF_INVLPG, 0);
}

static inline int hypercall_event(unsigned int op, void *argument)
{
    return (int)hypercall(__HYPERVISOR_event_channel_op, op,
                          (uintptr_t)argument, 0, 0);
}

static inline int hypercall_physdev(unsigned int op, void *argument)
{
    return (int)hypercall(__HYPERVISOR_physdev_op, op, (uintptr_t)argument, 0,
                          0);
}

static inline int hypercall_grant(unsigned int op, void *argument,
                                  unsigned int count)
{
    return (int)hypercall(__HYPERVISOR_grant_table_op, op, (uintptr_t)argument,
                          count, 0);
}

static inline int hypercall_sched(unsigned int op, void *argument)
{
    return (int)hypercall(__HYPERVISOR_sched_op, op, (uintptr_t)argument, 0, 0);
}

/* Xen's own console: only for last words, and only where Xen allows it. */
static inline int hypercall_console(const char *text, unsigned int length)
{
    return (int)hypercall(__HYPERVISOR_console_io, CONSOLEIO_write, length,
                          (uintptr_t)text, 0);
}

static inline int hypercall_traps(const struct trap_info *table)
{
    return (int)hypercall(__HYPERVISOR_set_trap_table, (uintptr_t)table, 0, 0,
                          0);
}

#endif
