/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Both ends of a hand: the process, and what the broker knows of it. */
#include "hand.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "child.h"
#include "loop.h"

#define BROKER_END 0
#define HAND_END   1

struct hand {
    struct hand *next; /* of those that were ended and have not gone */
    struct sbdf sbdf;
    pid_t pid;
    int fd;
    bool busy;
    bool ended;
    struct loop_watch *replies;
    regs_done_fn *done;
    void *arg;
};

static struct hand *leaving;

bool hand_is_stuck(struct sbdf sbdf)
{
    const struct hand *hand;

    for (hand = leaving; hand; hand = hand->next)
        if (hand->busy && sbdf_equal(hand->sbdf, sbdf))
            return true;
    return false;
}

/* The child's whole life. */
static void serve(int fd, int config_fd, struct cfgspace *cs)
{
    struct regs_request request;
    struct regs_reply reply;

    while (recv(fd, &request, sizeof(request), 0) == (ssize_t)sizeof(request)) {
        regs_do(config_fd, cs, &request, &reply);
        if (send(fd, &reply, sizeof(reply), MSG_NOSIGNAL) !=
            (ssize_t)sizeof(reply))
            break;
    }
    _exit(EXIT_SUCCESS);
}

static void close_socket(struct hand *hand)
{
    loop_cancel(hand->replies);
    hand->replies = NULL;
    if (hand->fd >= 0)
        (void)close(hand->fd);
    hand->fd = -1;
}

/* From here on the hand may be gone, or have another request. */
static void finish(struct hand *hand, const struct regs_reply *reply)
{
    hand->busy = false;
    hand->done(hand->arg, reply);
}

static void on_reply(void *arg)
{
    struct hand *hand = arg;
    struct regs_reply reply;
    ssize_t len = recv(hand->fd, &reply, sizeof(reply), MSG_DONTWAIT);

    if (len < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (len != (ssize_t)sizeof(reply)) {
        close_socket(hand);
        memset(&reply, 0, sizeof(reply));
        reply.err = -EIO;
    }
    if (hand->busy)
        finish(hand, &reply);
}

static void on_exit_status(void *arg, int status UNUSED)
{
    struct hand *hand = arg;
    struct hand **p = &leaving;

    hand->pid = -1;
    if (!hand->ended)
        return; /* its socket tells */
    while (*p != hand)
        p = &(*p)->next;
    *p = hand->next;
    free(hand);
}

struct hand *hand_start(struct sbdf sbdf, int config_fd, struct cfgspace *cs)
{
    struct hand *hand = calloc(1, sizeof(*hand));
    int fds[2], keep[CHILD_KEEPS], err;

    if (!hand)
        return NULL;
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds) < 0) {
        free(hand);
        return NULL;
    }
    keep[0] = config_fd;
    keep[1] = fds[HAND_END];
    hand->pid = child_fork("xenpcid-hand", keep);
    err = errno;
    if (hand->pid == 0)
        serve(fds[HAND_END], config_fd, cs);
    (void)close(fds[HAND_END]);
    if (hand->pid < 0) {
        (void)close(fds[BROKER_END]);
        free(hand);
        errno = err;
        return NULL;
    }
    hand->sbdf = sbdf;
    hand->fd = fds[BROKER_END];
    hand->replies = loop_on_read(hand->fd, on_reply, hand);
    (void)loop_on_exit(hand->pid, on_exit_status, hand);
    return hand;
}

void hand_ask(struct hand *hand, const struct regs_request *request,
              regs_done_fn *done, void *arg)
{
    hand->done = done;
    hand->arg = arg;
    hand->busy = true;
    /* If it has died, the socket's end says so as an answer; one that was not
     * asked would never answer, and the next will be. */
    if (send(hand->fd, request, sizeof(*request), MSG_NOSIGNAL | MSG_DONTWAIT) <
            0 &&
        hand->pid > 0)
        (void)kill(hand->pid, SIGKILL);
}

bool hand_is_dead(const struct hand *hand)
{
    return hand->pid < 0 || hand->fd < 0;
}

void hand_end(struct hand *hand)
{
    if (!hand)
        return;
    close_socket(hand);
    hand->ended = true;
    if (hand->pid < 0) {
        free(hand);
        return;
    }
    (void)kill(hand->pid, SIGKILL);
    hand->next = leaving;
    leaving = hand;
}
