/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* See fake-kernel.h: its life, the lock, the log. */
#include "fake-kernel.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store.h"

void fake_kernel_die(const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    (void)fprintf(stderr, "fake kernel: ");
    (void)vfprintf(stderr, fmt, args);
    (void)fprintf(stderr, "\n");
    va_end(args);
    abort();
}

void fake_kernel_count(struct fake_kernel *k, const char *name)
{
    k->calls++;
    if (k->budget != 0 && k->calls > k->budget)
        fake_kernel_die("more than %u calls, the last of %s", k->budget, name);
}

bool fake_kernel_may(struct fake_kernel *k, const char *name)
{
    fake_kernel_count(k, name);
    if (++k->fallible != k->fail_at)
        return true;
    k->failed = name;
    return false;
}

static void hook_log(void *ctx, enum pcifront_level level, const char *message)
{
    struct fake_kernel *k = ctx;

    fake_kernel_count(k, "log");
    if (!message || message[0] == '\0' || strchr(message, '\n'))
        fake_kernel_die("a message that is no line");
    if (getenv("FAKE_KERNEL_LOG"))
        (void)fprintf(stderr, "d%u: %s\n", k->domid, message);
    if (level != PCIFRONT_LOG_WARN)
        return;
    k->warnings++;
    (void)snprintf(k->last_warning, sizeof(k->last_warning), "%s", message);
}

static void hook_lock(void *ctx)
{
    struct fake_kernel *k = ctx;

    fake_kernel_count(k, "lock");
    if (k->locked++ != 0)
        fake_kernel_die("the lock is not recursive");
}

static void hook_unlock(void *ctx)
{
    struct fake_kernel *k = ctx;

    fake_kernel_count(k, "unlock");
    k->unlocks++;
    if (k->locked-- != 1)
        fake_kernel_die("unlock without a lock");
}

void fake_kernel_callback_begins(struct fake_kernel *k)
{
    if (k->locked != 0)
        fake_kernel_die("a callback with the lock held");
    if (k->in_callback)
        fake_kernel_die("two callbacks at a time");
    k->in_callback = true;
}

void fake_kernel_callback_ends(struct fake_kernel *k)
{
    if (k->locked != 0)
        fake_kernel_die("the lock is held after a callback");
    k->in_callback = false;
}

struct fake_kernel *fake_kernel_new(uint16_t domid)
{
    struct fake_kernel *k = calloc(1, sizeof(*k));

    if (!k)
        fake_kernel_die("out of memory");
    k->domid = domid;
    k->os.abi = PCIFRONT_OS_ABI;
    k->os.size = sizeof(k->os);
    k->os.log = hook_log;
    k->os.lock = hook_lock;
    k->os.unlock = hook_unlock;
    fake_kernel_memory_hooks(&k->os);
    fake_kernel_event_hooks(&k->os);
    fake_kernel_store_hooks(&k->os);
    k->next_port = 9;
    k->now_ns = 1000000000;
    k->store = store_open();
    return k;
}

const char *fake_kernel_held(const struct fake_kernel *k)
{
    static char text[128];
    unsigned int blocks = fake_kernel_blocks(k);
    unsigned int pages = fake_kernel_pages(k);
    unsigned int ports = fake_kernel_ports(k); /* pirqs included */
    unsigned int watches = fake_kernel_watches(k);
    unsigned int mappings = fake_kernel_mappings(k);

    text[0] = '\0';
    if (blocks + pages + ports + watches + mappings > 0 || k->locked != 0)
        (void)snprintf(text, sizeof(text),
                       "%u blocks, %u pages, %u ports, %u watches, %u "
                       "mappings, lock %u",
                       blocks, pages, ports, watches, mappings, k->locked);
    return text;
}

void fake_kernel_free(struct fake_kernel *k)
{
    const char *held = fake_kernel_held(k);

    if (held[0] != '\0')
        fake_kernel_die("still held: %s", held);
    fake_kernel_drop_pages(k);
    store_close(k->store);
    free(k);
}
