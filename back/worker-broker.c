/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The worker's end of the messages (msg.h), and what it does between two
 * brokers. The next broker's devices are put beside the last one's, so that
 * reads go on, and take their place all at once; then the request that waits in
 * the page is begun anew, as a new worker would.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "log.h"
#include "sandbox.h"
#include "version.h"
#include "worker-private.h"
#include "worker.h"

/* A guest without a broker for so long is served no more: nobody takes what it
 * has back when it dies. */
#define ALONE_MS 600000u

static bool is_alone(const struct worker *w)
{
    return w->broker < 0;
}

static struct pci_page *shared_of(struct worker *w)
{
    return w->page ? page_shared(w->page) : NULL;
}

static void hang_up(struct worker *w)
{
    if (!is_alone(w))
        (void)close(w->broker);
    w->broker = -1;
    w->adopting = false;
    worker_devices_free(&w->incoming);
}

/* Can the next broker find it? The filter allows no such question. */
static bool is_listening(void)
{
    int listens = 0;
    socklen_t size = sizeof(listens);

    return getsockopt(WORKER_LISTENER_FD, SOL_SOCKET, SO_ACCEPTCONN, &listens,
                      &size) == 0 &&
           listens != 0;
}

/* The broker has ended. One without a guest may be the next broker's first. */
static void broker_gone(struct worker *w)
{
    hang_up(w);
    w->alone_ns = worker_now_ns();
    w->retire = false;
    if (!w->page)
        w->listens = is_listening();
    w->quit = !w->listens;
    if (w->page)
        log_info(
            "xenpcid is gone; reads of registers go on, the rest waits for it");
}

int worker_patience(const struct worker *w)
{
    uint64_t ms;

    if (!is_alone(w))
        return -1;
    ms = (worker_now_ns() - w->alone_ns) / 1000000u;
    return ms < ALONE_MS ? (int)(ALONE_MS - ms) : 0;
}

void worker_tell(struct worker *w, const struct msg *m)
{
    if (!is_alone(w) && !w->adopting && msg_send(w->broker, m, NULL, 0) < 0)
        broker_gone(w);
}

int worker_ask(void *ctx, const struct msg *request)
{
    worker_tell(ctx, request);
    return 0;
}

static void adopt(struct worker *w, uint32_t protocol)
{
    struct msg m = { .type = MSG_ADOPTED };

    m.u.adopted.protocol = msg_protocol();
    (void)snprintf(m.u.adopted.version, sizeof(m.u.adopted.version), "%s",
                   xenpci_version);
    if (msg_send(w->broker, &m, NULL, 0) < 0 || protocol != msg_protocol()) {
        broker_gone(w);
        return;
    }
    worker_devices_free(&w->incoming);
    w->adopting = true;
}

static void use_incoming(struct worker *w)
{
    worker_devices_free(&w->ops.devices);
    w->ops.devices = w->incoming;
    w->incoming = NULL;
}

/* The page that is served already: devices and questions are the new broker's. */
static int resume(struct worker *w, const struct msg_connect *c)
{
    if (!w->adopting || c->domid != w->domid || c->gref != w->where.gref ||
        c->port != w->where.port)
        return -ESTALE;
    use_incoming(w);
    w->ops.waiting = false;
    aer_slot_cancel(&w->aer, page_shared(w->page));
    return 0;
}

static void name_myself(struct worker *w)
{
    (void)snprintf(w->title, sizeof(WORKER_IDLE), "d%u", w->domid);
}

/* From here on the guest may do its worst. */
static int confine(struct worker *w)
{
    const char *what = "cannot give up mapping and binding";
    int ret = page_seal(w->page, w->domid);

    if (ret == 0)
        ret = sandbox_enter(w->domid, page_fd(w->page), &what);
    if (ret < 0)
        log_warnx("%s: %s", what, strerror(-ret));
    return ret;
}

static int begin(struct worker *w, const struct msg_connect *c,
                 enum msg_connect_step *step)
{
    int ret;

    if (w->adopting)
        use_incoming(w);
    w->listens = is_listening();
    w->domid = c->domid;
    w->where = *c;
    name_myself(w);
    ret = page_open(c, &w->page, step);
    if (ret < 0)
        return ret;
    *step = MSG_STEP_CONFINE;
    ret = confine(w);
    if (ret < 0) {
        page_close(w->page);
        w->page = NULL;
    }
    return ret;
}

static void connect_page(struct worker *w, const struct msg_connect *c)
{
    struct msg answer = { .type = MSG_CONNECTED };
    enum msg_connect_step step = MSG_STEP_NONE;

    answer.u.connected.err = w->page ? resume(w, c) : begin(w, c, &step);
    answer.u.connected.step = step;
    w->adopting = false;
    w->settled = false;
    worker_tell(w, &answer);
}

bool worker_aer_collect(struct worker *w)
{
    struct msg done;

    if (!aer_slot_collect(&w->aer, shared_of(w), &done))
        return false;
    worker_tell(w, &done);
    return true;
}

static void aer_ask(struct worker *w, const struct msg *m)
{
    const struct vdev *dev = ops_find(&w->ops, m->u.aer.handle);
    struct msg done;

    if (aer_slot_ask(&w->aer, shared_of(w), m, dev ? &dev->virt : NULL,
                     &done)) {
        worker_tell(w, &done);
        return;
    }
    page_notify(w->page);
    /* An earlier worker's question may have its answer already. */
    (void)worker_aer_collect(w);
}

static void take(struct worker *w, const struct msg *m, const int fds[MSG_FDS])
{
    switch (m->type) {
    case MSG_ADOPT:
        adopt(w, m->u.adopt.protocol);
        break;
    case MSG_CONNECT:
        connect_page(w, &m->u.connect);
        break;
    case MSG_DEVICE_ADD:
        worker_device_new(w->adopting ? &w->incoming : &w->ops.devices,
                          &m->u.device, fds[0], fds[1]);
        break;
    case MSG_DEVICE_REMOVE:
        worker_device_gone(w, m->u.handle.handle);
        break;
    case MSG_ANSWER:
        if (ops_answer(&w->ops, m))
            worker_reply(w);
        break;
    case MSG_AER:
        aer_ask(w, m);
        break;
    case MSG_AER_CANCEL:
        aer_slot_cancel(&w->aer, shared_of(w));
        break;
    case MSG_RETIRE:
        w->retire = true;
        break;
    default:
        fatalx("the broker sent \"%s\"", msg_name(m->type));
    }
}

void worker_on_broker(struct worker *w)
{
    struct msg m = { 0 };
    int fds[MSG_FDS];

    if (msg_receive(w->broker, &m, fds) < 0)
        broker_gone(w);
    else
        take(w, &m, fds);
}

void worker_on_knock(struct worker *w)
{
    int fd = accept4(WORKER_LISTENER_FD, NULL, NULL, SOCK_CLOEXEC);

    if (fd < 0)
        return;
    /* Only one broker runs on a host, so the last one has ended. A child of it
     * may still hold its end of the socket. */
    hang_up(w);
    w->broker = fd;
    w->adopting = true;
}
