/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The table. Integers are compared as the kernel takes them: what a C int has in
 * the upper half of a register is nobody's.
 */
#include "sandbox-calls.h"

#include <seccomp.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <time.h>
#include <xen/event_channel.h> /* what the next one needs */

#include <xen/sys/evtchn.h>

#include "worker.h"

#define INT_MASK 0xffffffffu

/* clang-format off */
#define IS_KNOCK { "the socket for the next broker", 0, INT_MASK, \
                   SANDBOX_CONSTANT, WORKER_LISTENER_FD }
#define IS_PORT { "the event channel", 0, INT_MASK, SANDBOX_PORT_FD, 0 }

const struct sandbox_call sandbox_calls[] = {
    { "accept4", { IS_KNOCK },
      "the next broker, when the last one has ended" },
    { "brk", { { 0 } },
      "memory for a device that is added" },
    { "clock_gettime",
      { { "the monotonic clock", 0, INT_MASK, SANDBOX_CONSTANT,
          CLOCK_MONOTONIC } },
      "how long to look at the page before sleeping; the kernel is asked only "
      "where its vDSO cannot tell the time, as in a PV dom0" },
    { "close", { { 0 } },
      "descriptors of a device that is removed; the end" },
    { "exit_group", { { 0 } },
      "the end, when the broker has hung up" },
    { "ioctl",
      { IS_PORT,
        { "EVTCHN_NOTIFY", 1, INT_MASK, SANDBOX_CONSTANT,
          IOCTL_EVTCHN_NOTIFY } },
      "tell the guest that its request is answered" },
    { "mmap",
      { { "without PROT_EXEC", 2, PROT_EXEC, SANDBOX_CONSTANT, 0 } },
      "the shadow registers of a device that is added; memory" },
    { "munmap", { { 0 } },
      "a device that is removed; the page at the end" },
    { "poll", { { 0 } },
      "sleep until the guest or the broker has something" },
    { "pread64", { { 0 } },
      "the device's configuration space, from a descriptor that was opened "
      "for reading; no other one can be read at an offset" },
    { "read", { IS_PORT },
      "which event came" },
    { "recvmsg", { { 0 } },
      "the broker's messages and the devices that come with them" },
    { "restart_syscall", { { 0 } },
      "the kernel goes on with poll() after the process was stopped" },
    { "sendmsg", { { 0 } },
      "requests and answers to the broker, over the only socket there is" },
    { "write", { IS_PORT },
      "let the next event come" },
};
/* clang-format on */

const size_t sandbox_ncalls = ARRAY_LEN(sandbox_calls);

static bool same_conditions(const struct sandbox_call *a,
                            const struct sandbox_call *b)
{
    size_t i;

    for (i = 0; i < SANDBOX_CONDITIONS; i++) {
        const struct sandbox_condition *x = &a->when[i], *y = &b->when[i];

        if (!x->text != !y->text)
            return false;
        if (x->text && (x->arg != y->arg || x->mask != y->mask ||
                        x->kind != y->kind || x->value != y->value))
            return false;
    }
    return true;
}

/* Rows of one call stand together, so the one before is enough. */
static bool follows(const struct sandbox_call *before,
                    const struct sandbox_call *row)
{
    int order = strcmp(before->name, row->name);

    if (order != 0)
        return order < 0;
    /* Unconditional: the other row would be in vain. */
    if (!before->when[0].text || !row->when[0].text)
        return false;
    return !same_conditions(before, row);
}

static bool row_ok(const struct sandbox_call *row)
{
    size_t i;

    if (seccomp_syscall_resolve_name(row->name) < 0)
        return false;
    for (i = 0; i < SANDBOX_CONDITIONS; i++) {
        const struct sandbox_condition *c = &row->when[i];

        if (!c->text)
            continue;
        if (c->arg > 5 || c->mask == 0 || (c->value & ~c->mask) != 0)
            return false;
        if (c->text[0] == '\0' || (i > 0 && !row->when[i - 1].text))
            return false;
    }
    return row->reason && row->reason[0] != '\0';
}

bool sandbox_calls_ok(const struct sandbox_call *calls, size_t n, size_t *bad)
{
    size_t i;

    for (i = 0; i < n; i++) {
        *bad = i;
        if (!row_ok(&calls[i]))
            return false;
        if (i > 0 && !follows(&calls[i - 1], &calls[i]))
            return false;
    }
    return true;
}
