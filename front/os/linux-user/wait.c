/* SPDX-License-Identifier: MIT */
/*
 * Sleeping until a port or a watch fires. Both are queues in the kernel or in
 * libxenstore: what came before we look is still there when we do, so nothing
 * is lost between two calls.
 */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <time.h>
#include <xenevtchn.h>
#include <xenstore.h>

#include "linux-private.h"

#define SECOND_NS UINT64_C(1000000000)
/* Watch events taken at a time; those beyond end the next wait. */
#define EVENTS_MAX 1024u

uint64_t glue_now_ns(void *ctx)
{
    struct timespec now;

    (void)ctx;
    if (clock_gettime(CLOCK_MONOTONIC, &now) != 0)
        return UINT64_MAX; /* no clock: every deadline has passed */
    return (uint64_t)now.tv_sec * SECOND_NS + (uint64_t)now.tv_nsec;
}

/* The device masks a port when it reports it; writing it back unmasks. */
static int take_port(struct pcifront_linux *glue)
{
    xenevtchn_port_or_error_t port = xenevtchn_pending(glue->evtchn);

    if (port < 0)
        return errno == EINTR || errno == EAGAIN ? PCIFRONT_OK
                                                 : PCIFRONT_ERR_OS;
    return xenevtchn_unmask(glue->evtchn, (evtchn_port_t)port) == 0
               ? PCIFRONT_OK
               : PCIFRONT_ERR_OS;
}

/* Which node it was does not matter: the library looks at all of them. */
static void take_watches(struct pcifront_linux *glue)
{
    for (unsigned int i = 0; i < EVENTS_MAX; i++) {
        char **event = xs_check_watch(glue->store);

        if (event == NULL)
            return;
        free(event);
    }
}

int glue_wait(void *ctx, uint32_t port, uint64_t deadline_ns)
{
    struct pcifront_linux *glue = ctx;
    struct pollfd fds[] = {
        { .fd = xenevtchn_fd(glue->evtchn), .events = POLLIN },
        { .fd = xs_fileno(glue->store), .events = POLLIN },
    };
    uint64_t now = glue_now_ns(glue);
    uint64_t left = deadline_ns > now ? deadline_ns - now : 0;
    struct timespec limit = {
        .tv_sec = (time_t)(left / SECOND_NS),
        .tv_nsec = (long)(left % SECOND_NS),
    };
    const short broken = POLLERR | POLLHUP | POLLNVAL;
    int err = PCIFRONT_OK;

    (void)port; /* all ports of this context are of this instance */
    if (ppoll(fds, 2, &limit, NULL) < 0)
        return errno == EINTR ? PCIFRONT_OK : PCIFRONT_ERR_OS;
    if ((fds[0].revents & POLLIN) != 0)
        err = take_port(glue);
    if ((fds[1].revents & POLLIN) != 0)
        take_watches(glue);
    if (((fds[0].revents | fds[1].revents) & broken) != 0)
        err = PCIFRONT_ERR_OS;
    return err;
}
