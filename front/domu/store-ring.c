/* SPDX-License-Identifier: MIT */
/*
 * The ring of io/xs_wire.h. One request is under way at a time; each has a new
 * number, so that the answer to one that was given up is recognised and
 * dropped. Messages come in whole or in pieces; `in` holds what there is.
 */
#include "store-ring.h"

#include "clock.h"
#include "cruntime.h"
#include "event.h"
#include "mm.h"
#include "print.h"

#define ANSWER_NS (20 * CLOCK_SECOND)
#define EVENTS    256

static struct xenstore_domain_interface *ring;
static uint32_t port;
static uint32_t last_request;
static uint32_t changes;
static bool broken; /* it no longer speaks the protocol */

static struct {
    struct xsd_sockmsg head;
    char body[XENSTORE_PAYLOAD_MAX + 1];
    size_t have; /* bytes of head and body together */
} in;

void store_ring_init(const struct start_info *info)
{
    port = info->store_evtchn;
    last_request = 0;
    changes = 0;
    broken = false;
    in.have = 0;
    ring = mm_window_open(info->store_mfn, 1, MM_SHARED);
    if (ring == NULL)
        panic("store: the ring cannot be mapped");
}

uint32_t store_ring_port(void)
{
    return port;
}

/* Bytes to be read or written, at most a ring; more is nonsense. */
static size_t fill(XENSTORE_RING_IDX produced, XENSTORE_RING_IDX consumed)
{
    XENSTORE_RING_IDX used = produced - consumed;

    if (used > XENSTORE_RING_SIZE) {
        broken = true;
        return 0;
    }
    return used;
}

/* Some of bytes[length] goes into the ring: how much. */
static size_t push(const char *bytes, size_t length)
{
    XENSTORE_RING_IDX at = ring->req_prod;
    size_t used = fill(at, __atomic_load_n(&ring->req_cons, __ATOMIC_ACQUIRE));
    size_t room = broken ? 0 : XENSTORE_RING_SIZE - used;

    if (length > room)
        length = room;
    for (size_t i = 0; i < length; i++)
        ring->req[MASK_XENSTORE_IDX(at++)] = bytes[i];
    __atomic_store_n(&ring->req_prod, at, __ATOMIC_RELEASE);
    if (length > 0)
        event_send(port);
    return length;
}

/* The bytes that `in` still lacks. */
static size_t missing(void)
{
    size_t whole = sizeof(in.head);

    if (in.have >= sizeof(in.head))
        whole += in.head.len;
    return whole - in.have;
}

static void take_byte(char c)
{
    if (in.have < sizeof(in.head))
        ((char *)&in.head)[in.have] = c;
    else
        in.body[in.have - sizeof(in.head)] = c;
    in.have++;
    if (in.have == sizeof(in.head) && in.head.len > XENSTORE_PAYLOAD_MAX)
        broken = true;
}

/* True when `in` holds a whole message. */
static bool pull(void)
{
    XENSTORE_RING_IDX at = ring->rsp_cons;
    size_t used = fill(__atomic_load_n(&ring->rsp_prod, __ATOMIC_ACQUIRE), at);
    size_t left = used;

    for (; left > 0 && !broken && missing() > 0; left--)
        take_byte(ring->rsp[MASK_XENSTORE_IDX(at++)]);
    __atomic_store_n(&ring->rsp_cons, at, __ATOMIC_RELEASE);
    if (left != used)
        event_send(port);
    if (broken || in.have < sizeof(in.head) || missing() > 0)
        return false;
    in.body[in.head.len] = '\0';
    return true;
}

/* A whole message: is it the answer to this request? Then it stays in `in`. */
static bool is_answer(uint32_t request)
{
    if (in.head.type == XS_WATCH_EVENT)
        changes++;
    else if (request != 0 && in.head.req_id == request)
        return true;
    in.have = 0;
    return false;
}

/* What came unasked, at most so much of it at a time. */
static void take_events(void)
{
    for (unsigned int i = 0; i < EVENTS && pull(); i++)
        (void)is_answer(0);
}

static int wait_ring(uint64_t deadline)
{
    if (broken)
        return -XEN_EIO;
    if (clock_now() >= deadline)
        return -XEN_ETIMEDOUT;
    event_wait(&port, 1, deadline);
    return 0;
}

static int send(const char *bytes, size_t length, uint64_t deadline)
{
    int ret = 0;

    while (length > 0 && ret == 0) {
        size_t done;

        (void)event_take(port);
        done = push(bytes, length);
        bytes += done;
        length -= done;
        if (length == 0)
            break;
        /*
         * xenstored may be waiting for room itself. Not after the last byte: the
         * answer may be there already, and is not to be taken for an event.
         */
        take_events();
        ret = wait_ring(deadline);
    }
    /* Half a request cannot be taken back. */
    if (ret != 0)
        broken = true;
    return ret;
}

static int receive(uint32_t request, uint64_t deadline)
{
    int ret;

    do {
        (void)event_take(port);
        while (pull()) {
            if (is_answer(request))
                return 0;
            /* Events without end are no reason to wait longer. */
            if (clock_now() >= deadline)
                return -XEN_ETIMEDOUT;
        }
        ret = wait_ring(deadline);
    } while (ret == 0);
    return ret;
}

/* Errors travel by name. */
static int error_number(const char *name)
{
    static const struct {
        const char *name;
        int number;
    } names[] = {
        { "EACCES", XEN_EACCES }, { "EAGAIN", XEN_EAGAIN },
        { "EEXIST", XEN_EEXIST }, { "EINVAL", XEN_EINVAL },
        { "ENOENT", XEN_ENOENT }, { "ENOSPC", XEN_ENOSPC },
        { "EPERM", XEN_EPERM },
    };

    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        if (text_equal(names[i].name, name))
            return -names[i].number;
    }
    return -XEN_EIO;
}

int store_ring_ask(enum xsd_sockmsg_type type, uint32_t transaction,
                   const struct store_piece *pieces, size_t count,
                   struct store_reply *reply)
{
    uint64_t deadline = clock_now() + ANSWER_NS;
    struct xsd_sockmsg head = { .type = type, .tx_id = transaction };
    char bytes[sizeof(head)];
    int ret;

    for (size_t i = 0; i < count; i++)
        head.len += (uint32_t)pieces[i].length;
    if (broken || head.len > XENSTORE_PAYLOAD_MAX)
        return broken ? -XEN_EIO : -XEN_EINVAL;
    if (++last_request == 0)
        last_request = 1;
    head.req_id = last_request;
    memcpy(bytes, &head, sizeof(head));
    ret = send(bytes, sizeof(bytes), deadline);
    for (size_t i = 0; i < count && ret == 0; i++)
        ret = send(pieces[i].bytes, pieces[i].length, deadline);
    if (ret == 0)
        ret = receive(head.req_id, deadline);
    if (ret != 0)
        return ret;
    in.have = 0;
    reply->text = in.body;
    reply->length = in.head.len;
    if (in.head.type == XS_ERROR)
        return error_number(in.body);
    return in.head.type == type ? 0 : -XEN_EIO;
}

uint32_t store_ring_changes(void)
{
    (void)event_take(port);
    take_events();
    return changes;
}
