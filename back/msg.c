/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Typed, length-checked messages between the broker and a worker. */
#include "msg.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define HEADER offsetof(struct msg, u)

struct msg_row {
    const char *name;
    size_t payload;
    unsigned int nfds;
};

static const struct msg_row rows[MSG_TYPE_END] = {
    [MSG_ADOPT] = { "adopt", sizeof(struct msg_adopt), 0 },
    [MSG_ADOPTED] = { "adopted", sizeof(struct msg_adopted), 0 },
    [MSG_CONNECT] = { "connect", sizeof(struct msg_connect), 0 },
    [MSG_DEVICE_ADD] = { "device-add", sizeof(struct msg_device), 2 },
    [MSG_DEVICE_REMOVE] = { "device-remove", sizeof(struct msg_handle), 0 },
    [MSG_ANSWER] = { "answer", sizeof(struct msg_answer), 0 },
    [MSG_CONNECTED] = { "connected", sizeof(struct msg_connected), 0 },
    [MSG_CONFIG_WRITE] = { "config-write", sizeof(struct msg_config_write), 0 },
    [MSG_MSI_ON] = { "msi-on", sizeof(struct msg_msi_on), 0 },
    [MSG_MSIX_ON] = { "msix-on", sizeof(struct msg_msix_on), 0 },
    [MSG_MSI_OFF] = { "msi-off", sizeof(struct msg_handle), 0 },
    [MSG_AER] = { "aer", sizeof(struct msg_aer), 0 },
    [MSG_AER_CANCEL] = { "aer-cancel", 0, 0 },
    [MSG_AER_DONE] = { "aer-done", sizeof(struct msg_aer_done), 0 },
    [MSG_RETIRE] = { "retire", 0, 0 },
    [MSG_SETTLED] = { "settled", 0, 0 },
    [MSG_LOG] = { "log", sizeof(struct msg_log), 0 },
};

static const struct msg_row *row_of(uint32_t type)
{
    return type < MSG_TYPE_END && rows[type].name ? &rows[type] : NULL;
}

/* One more for each change that the sizes do not show. */
#define MSG_EPOCH 1u

static uint32_t mix(uint32_t hash, size_t value)
{
    return (hash ^ (uint32_t)value) * 16777619u; /* FNV-1a's prime */
}

uint32_t msg_protocol(void)
{
    uint32_t hash = mix(2166136261u, MSG_EPOCH);
    uint32_t type;

    /* Not a message, and shared all the same. */
    hash = mix(hash, sizeof(struct cfg_shadow));
    for (type = 0; type < MSG_TYPE_END; type++)
        hash = mix(mix(hash, rows[type].payload), rows[type].nfds);
    return hash;
}

size_t msg_size(uint32_t type)
{
    const struct msg_row *row = row_of(type);

    return row ? HEADER + row->payload : 0;
}

const char *msg_name(uint32_t type)
{
    const struct msg_row *row = row_of(type);

    return row ? row->name : "unknown";
}

int msg_pair(int *broker_fd, int *worker_fd)
{
    int pair[2];
    int flags;

    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
        return -errno;
    flags = fcntl(pair[0], F_GETFL);
    if (flags < 0 || fcntl(pair[0], F_SETFL, flags | O_NONBLOCK) < 0) {
        int ret = -errno;

        (void)close(pair[0]);
        (void)close(pair[1]);
        return ret;
    }
    *broker_fd = pair[0];
    *worker_fd = pair[1];
    return 0;
}

union fd_control {
    struct cmsghdr align;
    char bytes[CMSG_SPACE(MSG_FDS * sizeof(int))];
};

int msg_send(int fd, const struct msg *msg, const int *fds, unsigned int nfds)
{
    const struct msg_row *row = row_of(msg->type);
    struct msg copy = *msg; /* iovec is not const */
    struct iovec iov = { .iov_base = &copy };
    struct msghdr hdr = { .msg_iov = &iov, .msg_iovlen = 1 };
    union fd_control control = { .bytes = { 0 } };
    struct cmsghdr *cmsg = &control.align;
    ssize_t n;

    if (!row || nfds != row->nfds || nfds > MSG_FDS)
        return -EPROTO;
    iov.iov_len = HEADER + row->payload;
    if (nfds > 0) {
        hdr.msg_control = control.bytes;
        hdr.msg_controllen = CMSG_SPACE(nfds * sizeof(int));
        cmsg->cmsg_level = SOL_SOCKET;
        cmsg->cmsg_type = SCM_RIGHTS;
        cmsg->cmsg_len = CMSG_LEN(nfds * sizeof(int));
        memcpy(CMSG_DATA(cmsg), fds, nfds * sizeof(int));
    }
    do
        n = sendmsg(fd, &hdr, MSG_NOSIGNAL);
    while (n < 0 && errno == EINTR);
    return n < 0 ? -errno : 0;
}

/* Take the descriptors out of the control data; returns how many came. */
static unsigned int collect_fds(struct msghdr *hdr, int fds[MSG_FDS])
{
    struct cmsghdr *cmsg;
    unsigned int n = 0;

    for (cmsg = CMSG_FIRSTHDR(hdr); cmsg; cmsg = CMSG_NXTHDR(hdr, cmsg)) {
        size_t count, i;

        if (cmsg->cmsg_level != SOL_SOCKET || cmsg->cmsg_type != SCM_RIGHTS)
            continue;
        count = (cmsg->cmsg_len - CMSG_LEN(0)) / sizeof(int);
        for (i = 0; i < count; i++) {
            int fd;

            memcpy(&fd, CMSG_DATA(cmsg) + i * sizeof(int), sizeof(int));
            if (n < MSG_FDS)
                fds[n++] = fd;
            else
                (void)close(fd);
        }
    }
    return n;
}

int msg_receive(int fd, struct msg *msg, int fds[MSG_FDS])
{
    struct iovec iov = { .iov_base = msg, .iov_len = sizeof(*msg) };
    union fd_control control = { .bytes = { 0 } };
    struct msghdr hdr = {
        .msg_iov = &iov,
        .msg_iovlen = 1,
        .msg_control = control.bytes,
        .msg_controllen = sizeof(control.bytes),
    };
    const struct msg_row *row;
    unsigned int nfds, i;
    ssize_t n;

    for (i = 0; i < MSG_FDS; i++)
        fds[i] = -1;
    do
        n = recvmsg(fd, &hdr, MSG_CMSG_CLOEXEC);
    while (n < 0 && errno == EINTR);
    if (n < 0)
        return -errno;
    nfds = collect_fds(&hdr, fds);
    row = (size_t)n >= HEADER ? row_of(msg->type) : NULL;
    if (row && (size_t)n == HEADER + row->payload && nfds == row->nfds &&
        !(hdr.msg_flags & (MSG_TRUNC | MSG_CTRUNC)))
        return 0;
    for (i = 0; i < nfds; i++) {
        (void)close(fds[i]);
        fds[i] = -1;
    }
    /* An empty datagram cannot be told from the end, and is treated as it. */
    return n == 0 ? -EPIPE : -EPROTO;
}
