/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a guest's kernel may ask Xen for behind the backend's back: interrupts
 * that are not its own (XSA-46), MSI of devices (XSA-87).
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <xen/xen.h>

#include <xen/event_channel.h>
#include <xen/physdev.h>
#include <xencall.h>

#include "front.h"

/* More than Xen gives any guest here. */
#define PIRQS_MAX 1024u

/* A buffer that hypercalls may use, as large as any argument here. */
struct caller {
    xencall_handle *xen;
    void *arg;
};

static struct caller caller_open(void)
{
    struct caller c = { .xen = xencall_open(NULL, 0) };

    if (!c.xen)
        broken("/dev/xen/privcmd: %s", strerror(errno));
    c.arg = xencall_alloc_buffer(c.xen, 64);
    if (!c.arg)
        broken("no buffer: %s", strerror(errno));
    return c;
}

static void caller_close(struct caller *c)
{
    xencall_free_buffer(c->xen, c->arg);
    (void)xencall_close(c->xen);
}

/* 0 or an errno. */
static int call(struct caller *c, unsigned int op, unsigned int cmd, void *arg,
                size_t size)
{
    int ret;

    memcpy(c->arg, arg, size);
    ret = xencall2(c->xen, op, cmd, (uint64_t)(uintptr_t)c->arg);
    memcpy(arg, c->arg, size);
    return ret < 0 ? errno : 0;
}

/* Every pirq there may be; those that can be had are printed. */
bool cmd_pirqs(struct front *front, int argc, char **argv UNUSED)
{
    unsigned int refused = 0;
    struct caller c;

    if (argc != 0)
        return false;
    if (!front_connect(front))
        return true;
    c = caller_open();
    for (uint32_t pirq = 0; pirq < PIRQS_MAX; pirq++) {
        struct evtchn_bind_pirq bind = { .pirq = pirq };
        int err = call(&c, __HYPERVISOR_event_channel_op, EVTCHNOP_bind_pirq,
                       &bind, sizeof(bind));

        if (err == 0) {
            struct evtchn_close end = { .port = bind.port };

            say("pirq %" PRIu32 " can be bound", pirq);
            (void)call(&c, __HYPERVISOR_event_channel_op, EVTCHNOP_close, &end,
                       sizeof(end));
        } else if (err == EPERM) {
            refused++;
        } else if (err != EINVAL) {
            wrong("pirq %" PRIu32 ": %s", pirq, strerror(err));
        }
    }
    caller_close(&c);
    say("%u pirqs refused", refused);
    if (refused == 0)
        wrong("none was refused");
    return true;
}

static void expect_eperm(const char *what, int err)
{
    say("%s: %s", what, strerror(err));
    if (err != EPERM)
        wrong("%s is not refused", what);
}

/* BUS DEVFN, as the host has them: of a device that this guest owns. */
bool cmd_physdev(struct front *front UNUSED, int argc, char **argv)
{
    struct physdev_pci_device dev = { 0 };
    struct physdev_map_pirq map = {
        .domid = DOMID_SELF,
        .type = MAP_PIRQ_TYPE_MSI_SEG,
        .index = -1,
        .pirq = -1,
    };
    struct evtchn_bind_pirq none = { .pirq = UINT32_MAX };
    struct caller c;
    int err;

    if (argc != 2)
        return false;
    dev.bus = (uint8_t)strtoul(argv[0], NULL, 0);
    dev.devfn = (uint8_t)strtoul(argv[1], NULL, 0);
    map.bus = dev.bus;
    map.devfn = dev.devfn;
    c = caller_open();
    /* Is it Xen that answers, or a kernel that lets no call through? */
    err = call(&c, __HYPERVISOR_event_channel_op, EVTCHNOP_bind_pirq, &none,
               sizeof(none));
    if (err != EINVAL)
        broken("calls do not reach Xen: %s", strerror(err));
    expect_eperm("prepare_msix",
                 call(&c, __HYPERVISOR_physdev_op, PHYSDEVOP_prepare_msix, &dev,
                      sizeof(dev)));
    expect_eperm("release_msix",
                 call(&c, __HYPERVISOR_physdev_op, PHYSDEVOP_release_msix, &dev,
                      sizeof(dev)));
    expect_eperm("map_pirq", call(&c, __HYPERVISOR_physdev_op,
                                  PHYSDEVOP_map_pirq, &map, sizeof(map)));
    caller_close(&c);
    return true;
}
