/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* See domu-world.h. Stands in for the hypercalls of front/domu. */
#include "domu-world.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "console.h"
#include "event.h"
#include "hypercall.h"
#include "mm.h"
#include "power.h"
#include "store-client.h"

#define QUEUE 65536

struct domu_world domu_world;

static char heard[QUEUE], said[QUEUE];
static size_t heard_bytes, said_bytes;

void domu_world_init(world_serve *serve)
{
    static const struct start_info info = { .store_evtchn = 3 };

    memset(&domu_world, 0, sizeof(domu_world));
    /* Just before the end, so that everything wraps. */
    domu_world.ring.req_prod = domu_world.ring.req_cons = UINT32_MAX - 40;
    domu_world.ring.rsp_prod = domu_world.ring.rsp_cons = UINT32_MAX - 30;
    domu_world.chunk = 7;
    domu_world.serve = serve;
    heard_bytes = said_bytes = 0;
    store_init(&info);
}

void world_reply(uint32_t type, uint32_t request, uint32_t transaction,
                 const char *text, size_t length)
{
    struct xsd_sockmsg head = { type, request, transaction, (uint32_t)length };

    ck_assert(said_bytes + sizeof(head) + length <= QUEUE);
    memcpy(&said[said_bytes], &head, sizeof(head));
    memcpy(&said[said_bytes + sizeof(head)], text, length);
    said_bytes += sizeof(head) + length;
}

void world_answer(const struct xsd_sockmsg *head, const char *text)
{
    world_reply(head->type, head->req_id, head->tx_id, text, strlen(text));
}

/* The first request of what was heard, if it is whole. */
static void serve(void)
{
    struct xsd_sockmsg head;
    size_t whole;

    if (heard_bytes < sizeof(head))
        return;
    memcpy(&head, heard, sizeof(head));
    whole = sizeof(head) + head.len;
    if (heard_bytes < whole)
        return;
    domu_world.requests++;
    if (domu_world.serve)
        domu_world.serve(&head, heard + sizeof(head));
    heard_bytes -= whole;
    memmove(heard, heard + whole, heard_bytes);
}

/* xenstored's turn: some bytes in, some bytes out. Whether anything moved. */
static bool turn(void)
{
    struct xenstore_domain_interface *ring = &domu_world.ring;
    size_t moved = 0;

    for (size_t i = 0; i < domu_world.chunk; i++) {
        if (ring->req_cons == ring->req_prod)
            break;
        heard[heard_bytes++] = ring->req[MASK_XENSTORE_IDX(ring->req_cons++)];
        moved++;
    }
    serve();
    for (size_t i = 0; i < domu_world.chunk && said_bytes > 0; i++) {
        if (ring->rsp_prod - ring->rsp_cons == XENSTORE_RING_SIZE)
            break;
        ring->rsp[MASK_XENSTORE_IDX(ring->rsp_prod++)] = said[0];
        memmove(said, said + 1, --said_bytes);
        moved++;
    }
    return moved > 0;
}

/* front/domu/event.h, clock.h, mm.h, console.h, power.h, start.S */

bool event_take(uint32_t port)
{
    return port == 3;
}

void event_send(uint32_t port)
{
    ck_assert_uint_eq(port, 3);
    while (domu_world.at_once && turn())
        continue;
}

void event_wait(const uint32_t *ports, size_t count, uint64_t deadline)
{
    ck_assert(count == 1 && ports[0] == 3);
    ck_assert_msg(++domu_world.sleeps < 100000, "no end");
    if (!turn())
        domu_world.now = deadline;
}

uint64_t clock_now(void)
{
    return domu_world.now;
}

void *mm_window_open(uint64_t frame, size_t count, enum mm_kind kind)
{
    ck_assert(frame == 0 && count == 1 && kind == MM_SHARED);
    return &domu_world.ring;
}

void console_write(const char *text, size_t length)
{
    strncat(domu_world.console, text, length);
}

void power_crash(void)
{
    ck_abort_msg("panic: %s", domu_world.console);
    abort();
}

long hypercall(unsigned int number, uint64_t a, uint64_t b, uint64_t c,
               uint64_t d)
{
    ck_abort_msg("hypercall %u(%lx, %lx, %lx, %lx)", number, (unsigned long)a,
                 (unsigned long)b, (unsigned long)c, (unsigned long)d);
}
