/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a guest's kernel may ask Xen for behind the backend's back: interrupts
 * that are not its own (XSA-46), MSI of devices (XSA-87).
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <xen/xen.h>

#include <xen/event_channel.h>
#include <xen/physdev.h>
#include <xencall.h>

#include "front.h"

/* More than Xen gives any guest here. */
#define PIRQS_MAX 1024u

/* Where Linux maps all memory, when it does not randomise, as in PV guests. */
#define DIRECT_MAP   0xffff888000000000u
#define PAGE         4096u
#define PAGEMAP_PFN  ((UINT64_C(1) << 55) - 1)
#define PIRQ_OF_NONE UINT32_MAX

/* An argument, and its address as Xen is told it. */
struct caller {
    xencall_handle *xen;
    void *arg;
    uint64_t address;
};

/* 0 or an errno. */
static int call(struct caller *c, unsigned int op, unsigned int cmd, void *arg,
                size_t size)
{
    int ret;

    memcpy(c->arg, arg, size);
    ret = xencall2(c->xen, op, cmd, c->address);
    memcpy(arg, c->arg, size);
    return ret < 0 ? errno : 0;
}

static int bind_pirq(struct caller *c, struct evtchn_bind_pirq *bind)
{
    return call(c, __HYPERVISOR_event_channel_op, EVTCHNOP_bind_pirq, bind,
                sizeof(*bind));
}

/* The kernel's own address of a page of ours. */
static uint64_t kernel_address(const void *page)
{
    int fd = open("/proc/self/pagemap", O_RDONLY);
    uint64_t entry = 0;

    if (fd < 0 || pread(fd, &entry, sizeof(entry),
                        (off_t)((uintptr_t)page / PAGE * sizeof(entry))) !=
                      (ssize_t)sizeof(entry))
        broken("/proc/self/pagemap: %s", strerror(errno));
    (void)close(fd);
    return DIRECT_MAP + (entry & PAGEMAP_PFN) * PAGE;
}

/*
 * Xen must be seen to answer, not a kernel that lets no call through. Xen here
 * does not always take arguments from a process's half of the address space.
 */
static struct caller caller_open(void)
{
    struct evtchn_bind_pirq none = { .pirq = PIRQ_OF_NONE };
    struct caller c = { .xen = xencall_open(NULL, 0) };
    int err;

    if (!c.xen)
        broken("/dev/xen/privcmd: %s", strerror(errno));
    c.arg =
        mmap(NULL, PAGE, PROT_READ | PROT_WRITE,
             MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE | MAP_LOCKED, -1, 0);
    if (c.arg == MAP_FAILED)
        broken("no buffer: %s", strerror(errno));
    c.address = (uint64_t)(uintptr_t)c.arg;
    err = bind_pirq(&c, &none);
    if (err == EFAULT) {
        c.address = kernel_address(c.arg);
        err = bind_pirq(&c, &none);
    }
    if (err != EINVAL)
        broken("calls do not reach Xen: %s", strerror(err));
    return c;
}

static void caller_close(struct caller *c)
{
    (void)munmap(c->arg, PAGE);
    (void)xencall_close(c->xen);
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
        int err = bind_pirq(&c, &bind);

        if (err == 0) {
            struct evtchn_close end = { .port = bind.port };

            say("pirq %" PRIu32 " can be bound", pirq);
            (void)call(&c, __HYPERVISOR_event_channel_op, EVTCHNOP_close, &end,
                       sizeof(end));
        } else if (err == EPERM) {
            refused++;
        } else if (err != EINVAL && wrongs() == 0) {
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
    struct caller c;

    if (argc != 2)
        return false;
    dev.bus = (uint8_t)strtoul(argv[0], NULL, 0);
    dev.devfn = (uint8_t)strtoul(argv[1], NULL, 0);
    map.bus = dev.bus;
    map.devfn = dev.devfn;
    c = caller_open();
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
