/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * NetBSD's front: how xpci meets a backend (sys/arch/xen/xen/xpci_xenbus.c 1.12,
 * sys/arch/xen/xenbus/xenbus_probe.c 1.48).
 *
 *  - it looks at its own node once, and only at 1 does it begin;
 *  - nodes and state 3 in one transaction; at the back's 4 it reads the roots,
 *    scans, and then writes 4;
 *  - without root_num it takes 0000:00; a root is read by columns, four digits,
 *    anything, the rest; of segments it knows 0000;
 *  - all 256 functions of a root are probed, function 0 absent or not;
 *  - it never looks at the event, and has no limit to its patience;
 *  - the back's 5 makes it write 6. At 6 xenbus detaches the driver by force,
 *    the driver refuses and the kernel panics; at 7 and 8 the driver panics;
 *  - it does not close. At shutdown the driver refuses to detach, and the guest
 *    goes down connected.
 */
#include "netbsd.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "pciregs.h"
#include "watch.h"

#define FUNCTIONS_OF_A_BUS 256u

void netbsd_panic(const struct netbsd *netbsd, const char *fmt, ...)
{
    char text[128];
    va_list args;
    int fd;

    va_start(args, fmt);
    (void)vsnprintf(text, sizeof(text), fmt, args);
    va_end(args);
    say("netbsd: panic: %s", text);
    if (netbsd->crash) {
        fd = open("/proc/sysrq-trigger", O_WRONLY);
        if (fd < 0 || write(fd, "c", 1) != 1)
            broken("cannot crash: %s", strerror(errno));
    }
    _exit(1);
}

/* In the thread of the watch, as in xenbus's own. */
static void back_changed(void *arg, enum xb_state state,
                         struct xs_handle *store)
{
    const struct netbsd *netbsd = arg;

    say("netbsd: the back is at %u", (unsigned int)state);
    if (state == XB_CLOSING)
        (void)xs_write(store, XBT_NULL, FRONT_DIR "/state", "6", 1);
    else if (state == XB_CLOSED)
        netbsd_panic(netbsd, "config_detach: forced detach failed");
    else if (state > XB_CLOSED)
        netbsd_panic(netbsd, "bad backend state %u", (unsigned int)state);
}

static int32_t do_op(struct netbsd *netbsd, struct pci_op *op)
{
    uint64_t begun = now_ms(), took;

    front_post(netbsd->front, op);
    while (!front_answered(netbsd->front, op))
        continue;
    took = now_ms() - begun;
    if (took > netbsd->longest_ms)
        netbsd->longest_ms = took;
    return op->err;
}

int32_t netbsd_conf_read(struct netbsd *netbsd, uint32_t bus, uint32_t devfn,
                         uint32_t reg, uint32_t *value)
{
    struct pci_op op = op_read(devfn, (int32_t)reg, 4);
    int32_t err;

    op.bus = bus;
    err = do_op(netbsd, &op);
    *value = op.value;
    return err;
}

int32_t netbsd_conf_write(struct netbsd *netbsd, uint32_t bus, uint32_t devfn,
                          uint32_t reg, uint32_t value)
{
    struct pci_op op = op_write(devfn, (int32_t)reg, 4, value);

    op.bus = bus;
    return do_op(netbsd, &op);
}

static void scan_bus(struct netbsd *netbsd, uint32_t bus)
{
    for (uint32_t devfn = 0; devfn < FUNCTIONS_OF_A_BUS; devfn++) {
        struct netbsd_function *f = &netbsd->functions[netbsd->found];
        uint32_t id;

        if (netbsd_conf_read(netbsd, bus, devfn, PCI_VENDOR_ID, &id) != 0)
            continue;
        if (netbsd->found == NETBSD_FUNCTIONS_MAX) {
            wrong("more functions than anybody gave away");
            return;
        }
        f->bus = bus;
        f->devfn = devfn;
        netbsd->found++;
        netbsd_attach(netbsd, f);
    }
}

/* "ssss:bb": the fifth character may be anything, what follows must be digits. */
static void scan_root(struct netbsd *netbsd, char *text)
{
    unsigned long bus;
    char *end;

    if (strlen(text) < 6) {
        wrong("the root \"%s\" is too short to cut", text);
        return;
    }
    say("netbsd: root \"%s\"", text);
    text[4] = '\0';
    bus = strtoul(text + 5, &end, 16);
    if (strcmp(text, "0000") != 0)
        wrong("segment %s is not known here", text);
    else if (*end != '\0' || bus > 0xff)
        wrong("%s is not a number", text + 5);
    else
        scan_bus(netbsd, (uint32_t)bus);
}

static void scan_roots(struct netbsd *netbsd)
{
    char *text = front_read_back(netbsd->front, "root_num"), leaf[32];
    unsigned int count;

    if (!text) {
        say("netbsd: no root_num, trying 0000:00");
        scan_bus(netbsd, 0);
        return;
    }
    if (!read_count(text, &count)) {
        wrong("root_num is \"%s\"", text);
        count = 0;
    }
    free(text);
    for (unsigned int i = 0; i < count; i++) {
        (void)snprintf(leaf, sizeof(leaf), "root-%u", i);
        text = front_read_back(netbsd->front, leaf);
        if (text)
            scan_root(netbsd, text);
        else
            wrong("there is no %s", leaf);
        free(text);
    }
}

/* Its drivers read on until the guest is told to end. */
static void serve(struct netbsd *netbsd)
{
    uint32_t words[NETBSD_WORDS];

    for (unsigned int i = 0; !front_told(netbsd->front, "finish"); i++) {
        struct netbsd_function *f = &netbsd->functions[i % netbsd->found];

        netbsd_snapshot(netbsd, f, words);
        for (unsigned int n = 0; n < NETBSD_WORDS; n++)
            if (words[n] != f->words[n])
                wrong("%02" PRIx32 " at %02x was %08" PRIx32
                      " and is %08" PRIx32,
                      f->devfn, n * 4, f->words[n], words[n]);
        if (wrongs() > 0)
            return;
    }
}

/* A back that does not get to 4 is waited for without end; not by a test. */
static bool connects(struct netbsd *netbsd)
{
    char *own = front_read_own(netbsd->front, "state");
    bool is_new = own && strcmp(own, "1") == 0;

    free(own);
    if (!is_new) {
        wrong("the device is not new, so it is nothing to xenbus");
        return false;
    }
    front_publish(netbsd->front);
    watch_back(netbsd->front, back_changed, netbsd);
    if (front_back_waits(netbsd->front, STATE(CONNECTED)))
        return true;
    wrong("the back does not connect");
    return false;
}

bool cmd_as_netbsd(struct front *front, int argc, char **argv)
{
    static struct netbsd netbsd; /* its thread reads it to the last */

    if (argc > 1 || (argc == 1 && strcmp(argv[0], "crash") != 0))
        return false;
    netbsd.front = front;
    netbsd.crash = argc == 1;
    if (!connects(&netbsd))
        return true;
    scan_roots(&netbsd);
    front_say_state(front, "4");
    if (netbsd.found == 0)
        wrong("there is nothing on the bus");
    if (wrongs() > 0)
        return true;
    say("netbsd: up with %u functions", netbsd.found);
    serve(&netbsd);
    say("netbsd: the longest answer took %" PRIu64 " ms", netbsd.longest_ms);
    if (wrongs() > 0)
        return true;
    say("netbsd: goes down as it is");
    for (;;)
        (void)pause();
}
