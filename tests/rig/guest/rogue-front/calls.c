/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a guest's kernel may ask Xen for behind the backend's back: interrupts
 * that are not its own (XSA-46), MSI of devices (XSA-87).
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xen/xen.h>

#include <xen/event_channel.h>
#include <xen/physdev.h>

#include "front.h"

/* The kernel makes the calls: see rig_calls.c. */
#define CALL_FILE "/sys/module/rig_calls/parameters/call"

/* More than Xen gives any guest here. */
#define PIRQS_MAX    1024u
#define PIRQ_OF_NONE UINT32_MAX

/* The line with the argument's bytes in it. */
static void call_file(const char *mode, char *line, size_t len)
{
    FILE *file = fopen(CALL_FILE, mode);
    bool ok = file && setvbuf(file, NULL, _IOFBF, BUFSIZ) == 0;

    if (ok && mode[0] == 'r')
        ok = fgets(line, (int)len, file) != NULL;
    else if (ok)
        ok = fputs(line, file) >= 0;
    if (!file || fclose(file) != 0 || !ok)
        broken(CALL_FILE ": %s", strerror(errno));
}

/* 0 or an errno; arg as Xen left it. */
static int call(const char *op, unsigned int cmd, void *arg, size_t size)
{
    uint8_t bytes[64];
    char line[256];
    int n, ret;

    memcpy(bytes, arg, size);
    n = snprintf(line, sizeof(line), "%s %u ", op, cmd);
    for (size_t i = 0; i < size; i++)
        n += snprintf(line + n, sizeof(line) - (size_t)n, "%02x", bytes[i]);
    call_file("w", line, sizeof(line));
    call_file("r", line, sizeof(line));
    if (sscanf(line, "%d %n", &ret, &n) != 1)
        broken(CALL_FILE " says: %s", line);
    for (size_t i = 0; i < size; i++)
        if (sscanf(line + n + 2 * i, "%2hhx", &bytes[i]) != 1)
            broken(CALL_FILE " says: %s", line);
    memcpy(arg, bytes, size);
    return -ret;
}

static int bind_pirq(struct evtchn_bind_pirq *bind)
{
    return call("event", EVTCHNOP_bind_pirq, bind, sizeof(*bind));
}

/* Xen must be seen to answer. */
static void calls_begin(void)
{
    struct evtchn_bind_pirq none = { .pirq = PIRQ_OF_NONE };
    int err = bind_pirq(&none);

    if (err != EINVAL)
        broken("calls do not reach Xen: %s", strerror(err));
}

/* Every pirq there may be; those that can be had are printed. */
bool cmd_pirqs(struct front *front, int argc, char **argv UNUSED)
{
    unsigned int refused = 0;

    if (argc != 0)
        return false;
    if (!front_connect(front))
        return true;
    calls_begin();
    for (uint32_t pirq = 0; pirq < PIRQS_MAX; pirq++) {
        struct evtchn_bind_pirq bind = { .pirq = pirq };
        int err = bind_pirq(&bind);

        if (err == 0) {
            struct evtchn_close end = { .port = bind.port };

            say("pirq %" PRIu32 " can be bound", pirq);
            (void)call("event", EVTCHNOP_close, &end, sizeof(end));
        } else if (err == EPERM) {
            refused++;
        } else if (err != EINVAL && wrongs() == 0) {
            wrong("pirq %" PRIu32 ": %s", pirq, strerror(err));
        }
    }
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

    if (argc != 2)
        return false;
    dev.bus = (uint8_t)strtoul(argv[0], NULL, 0);
    dev.devfn = (uint8_t)strtoul(argv[1], NULL, 0);
    map.bus = dev.bus;
    map.devfn = dev.devfn;
    calls_begin();
    expect_eperm("prepare_msix",
                 call("physdev", PHYSDEVOP_prepare_msix, &dev, sizeof(dev)));
    expect_eperm("release_msix",
                 call("physdev", PHYSDEVOP_release_msix, &dev, sizeof(dev)));
    expect_eperm("map_pirq",
                 call("physdev", PHYSDEVOP_map_pirq, &map, sizeof(map)));
    return true;
}
