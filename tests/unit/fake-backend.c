/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* See fake-backend.h: its directory and its states. */
#include "fake-backend.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fake-store.h"
#include "nodes.h"

static const char *back_path(const struct fake_backend *be, const char *leaf)
{
    static char path[256];

    (void)snprintf(path, sizeof(path), "%s/%s", be->directory, leaf);
    return path;
}

static void set_front(const struct fake_backend *be, const char *leaf,
                      const char *value)
{
    char path[256];

    (void)snprintf(path, sizeof(path), XS_FRONT_DIR "/%s", be->k->domid, leaf);
    fake_store_set(path, value);
}

void fake_backend_set(struct fake_backend *be, const char *leaf,
                      const char *value)
{
    if (value)
        fake_store_set(back_path(be, leaf), value);
    else
        fake_store_unset(back_path(be, leaf));
}

static void set_n(struct fake_backend *be, const char *format, unsigned int n,
                  const char *value)
{
    char leaf[32];

    (void)snprintf(leaf, sizeof(leaf), "%s%u", format, n);
    fake_backend_set(be, leaf, value);
}

const char *fake_backend_front(struct fake_backend *be, const char *leaf)
{
    char path[256];
    const char *value;

    (void)snprintf(path, sizeof(path), XS_FRONT_DIR "/%s", be->k->domid, leaf);
    value = fake_store_get(path);
    return value ? value : "";
}

void fake_backend_set_state(struct fake_backend *be, enum xb_state state)
{
    const char text[2] = { (char)('0' + state), '\0' };

    be->state = state;
    fake_backend_set(be, "state", text);
}

struct fake_function *fake_backend_find(struct fake_backend *be,
                                        struct pcifront_addr addr)
{
    for (unsigned int i = 0; i < be->nfunctions; i++) {
        const struct pcifront_addr *a = &be->functions[i]->addr;

        if (a->segment == addr.segment && a->bus == addr.bus &&
            a->devfn == addr.devfn)
            return be->functions[i];
    }
    return NULL;
}

struct fake_function *fake_backend_add(struct fake_backend *be,
                                       const char *dump, uint8_t devfn)
{
    struct fake_function *f;
    char text[16];

    if (be->nfunctions == FAKE_FUNCTIONS)
        fake_kernel_die("too many functions");
    f = malloc(sizeof(*f));
    fake_function_load(f, dump);
    f->addr.devfn = devfn;
    f->present = true;
    f->listed = true;
    f->index = be->nfunctions;
    be->functions[be->nfunctions++] = f;
    (void)snprintf(text, sizeof(text), "%u", be->nfunctions);
    fake_backend_set(be, "num_devs", text);
    return f;
}

struct fake_function *fake_backend_plug(struct fake_backend *be,
                                        const char *dump, uint8_t devfn)
{
    struct fake_function *f = fake_backend_add(be, dump, devfn);

    f->present = false; /* exported when the front is at 7 */
    set_n(be, "state-", f->index, "1");
    fake_backend_set_state(be, XB_RECONFIGURING);
    return f;
}

void fake_backend_unplug(struct fake_backend *be, uint8_t devfn)
{
    const struct pcifront_addr addr = { .devfn = devfn };
    struct fake_function *f = fake_backend_find(be, addr);

    if (!f)
        fake_kernel_die("unplug of what is not there");
    f->listed = false;
    set_n(be, "state-", f->index, "5");
    fake_backend_set_state(be, XB_RECONFIGURING);
}

static void export_all(struct fake_backend *be)
{
    char text[32];

    for (unsigned int i = 0; i < be->nfunctions; i++) {
        struct fake_function *f = be->functions[i];

        f->present = f->listed;
        if (be->plain)
            continue;
        (void)snprintf(text, sizeof(text), "%04x:%02x:%02x.%02x",
                       f->addr.segment, f->addr.bus, f->addr.devfn >> 3,
                       f->addr.devfn & 7u);
        set_n(be, "vdev-", f->index, f->listed ? text : NULL);
        set_n(be, "state-", f->index, f->listed ? "3" : "6");
    }
    fake_backend_set(be, "root-0", "0000:00");
    if (!be->plain)
        fake_backend_set(be, "root_num", "1");
}

void fake_backend_close(struct fake_backend *be)
{
    fake_backend_disconnect(be);
    fake_backend_set_state(be, XB_CLOSING);
}

void fake_backend_restart(struct fake_backend *be)
{
    fake_backend_disconnect(be);
    fake_backend_set_state(be, XB_INITWAIT);
}

/* What the stock backend does about the front's state. True: it did something. */
static bool step(struct fake_backend *be, const char *front)
{
    if (front[0] >= '5' && front[0] <= '6' && be->state >= XB_INITWAIT &&
        be->state != XB_CLOSED &&
        !(front[0] == '5' && be->state == XB_CLOSING)) {
        fake_backend_disconnect(be);
        fake_backend_set_state(be, front[0] == '5' ? XB_CLOSING : XB_CLOSED);
    } else if (be->state == XB_INITIALISING) {
        fake_backend_set_state(be, XB_INITWAIT);
    } else if (be->state == XB_INITWAIT) {
        export_all(be);
        fake_backend_set_state(be, XB_INITIALISED);
    } else if (be->state == XB_INITIALISED && front[0] == '3') {
        fake_backend_connect(be);
        fake_backend_set_state(be, XB_CONNECTED);
    } else if (be->state == XB_RECONFIGURING && front[0] == '7') {
        export_all(be);
        fake_backend_set_state(be, XB_RECONFIGURED);
    } else if (be->state == XB_RECONFIGURED && front[0] == '4') {
        fake_backend_set_state(be, XB_CONNECTED);
    } else if (front[0] == '1' && (be->state == XB_CLOSED ||
                                   be->state == XB_CLOSING || be->page)) {
        fake_backend_restart(be);
    } else {
        return false;
    }
    return true;
}

static void see(struct fake_backend *be, const char *front)
{
    size_t len = strlen(be->states);

    if ((len > 0 && be->states[len - 1] == front[0]) ||
        len + 3 > sizeof(be->states))
        return;
    (void)snprintf(be->states + len, sizeof(be->states) - len, "%s%c",
                   len > 0 ? " " : "", front[0]);
}

static void turn(void *arg)
{
    struct fake_backend *be = arg;
    const char *front = fake_backend_front(be, "state");

    if (front[0] != '\0')
        see(be, front);
    if (be->gone)
        return;
    if (!be->deaf_to_store)
        (void)step(be, front);
    fake_backend_serve(be);
    if (be->mischief)
        be->mischief(be);
}

static void notified(void *arg)
{
    struct fake_backend *be = arg;

    if (be->answer == FAKE_ANSWER_PROMPT && !be->gone)
        fake_backend_serve(be);
}

void fake_backend_publish(struct fake_backend *be)
{
    char text[16];

    be->gone = false;
    set_front(be, XS_LEAF_FRONT_BACKEND, be->directory);
    set_front(be, XS_LEAF_FRONT_BACKEND_ID, "0");
    set_front(be, XS_LEAF_FRONT_STATE, "1");
    (void)snprintf(text, sizeof(text), "%u", be->nfunctions);
    fake_backend_set(be, XS_LEAF_BACK_NUM_DEVS, text);
    fake_backend_set_state(be, XB_INITIALISING);
}

void fake_backend_withdraw(struct fake_backend *be)
{
    char path[256];

    fake_backend_disconnect(be);
    be->gone = true;
    fake_store_unset(be->directory);
    (void)snprintf(path, sizeof(path), XS_FRONT_DIR, be->k->domid);
    fake_store_unset(path);
}

struct fake_backend *fake_backend_new(struct fake_kernel *k)
{
    struct fake_backend *be = calloc(1, sizeof(*be));

    if (!be)
        fake_kernel_die("out of memory");
    be->k = k;
    be->answer = FAKE_ANSWER_NORMAL;
    be->next_pirq = 100;
    be->vectors = PCI_WIRE_MSIX_MAX;
    be->multi = 32;
    (void)snprintf(be->directory, sizeof(be->directory), XS_BACK_DIR, k->domid);
    fake_backend_publish(be);
    k->peer = (struct fake_peer){ .turn = turn, .notify = notified, .arg = be };
    return be;
}

void fake_backend_free(struct fake_backend *be)
{
    be->k->peer = (struct fake_peer){ 0 };
    fake_backend_disconnect(be);
    for (unsigned int i = 0; i < be->nfunctions; i++)
        free(be->functions[i]);
    free(be);
}
