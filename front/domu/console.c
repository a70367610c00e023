/* SPDX-License-Identifier: MIT */
/* Output only: nobody types at this kernel. */
#include "console.h"

#include <stdbool.h>

#include "clock.h"
#include "event.h"
#include "mm.h"

#define ROOM_NS  (1 * CLOCK_SECOND)
#define FLUSH_NS (2 * CLOCK_SECOND)

static struct xencons_interface *ring;
static uint32_t port;
static bool nobody_reads;

void console_init(const struct start_info *info)
{
    port = info->console.domU.evtchn;
    ring = mm_window_open(info->console.domU.mfn, 1, MM_SHARED);
}

/* Bytes not yet taken; nonsense from the other side counts as a full ring. */
static uint32_t pending(void)
{
    uint32_t used =
        ring->out_prod - __atomic_load_n(&ring->out_cons, __ATOMIC_ACQUIRE);

    return used <= sizeof(ring->out) ? used : sizeof(ring->out);
}

/* Until at most `limit` bytes are pending. False: not in time. */
static bool wait_below(uint32_t limit, uint64_t timeout_ns)
{
    uint64_t deadline = clock_now() + timeout_ns;

    for (;;) {
        (void)event_take(port);
        if (pending() <= limit)
            return true;
        if (clock_now() >= deadline)
            return false;
        event_wait(&port, 1, deadline);
    }
}

static void put(char c)
{
    uint32_t at = ring->out_prod;

    if (pending() == sizeof(ring->out)) {
        event_send(port);
        /* One full wait is enough to learn that nobody reads. */
        if (nobody_reads || !wait_below(sizeof(ring->out) / 2, ROOM_NS)) {
            nobody_reads = true;
            return;
        }
    }
    nobody_reads = false;
    ring->out[MASK_XENCONS_IDX(at, ring->out)] = c;
    __atomic_store_n(&ring->out_prod, at + 1, __ATOMIC_RELEASE);
}

void console_write(const char *text, size_t length)
{
    if (ring == NULL)
        return;
    for (size_t i = 0; i < length; i++) {
        if (text[i] == '\n')
            put('\r');
        put(text[i]);
    }
    event_send(port);
}

void console_flush(void)
{
    if (ring != NULL)
        (void)wait_below(0, FLUSH_NS);
}
