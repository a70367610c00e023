/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Uevents of PCI error recovery, and the trace event that explains them. */
#include "aer-source.h"

#include <errno.h>
#include <libudev.h>
#include <string.h>

#include "log.h"
#include "loop.h"
#include "recovery.h"

/* The trace event and the start of recovery are one interrupt's work. */
#define SAME_MS 2000u

static struct udev *udev;
static struct udev_monitor *monitor;
static struct loop_watch *uevents, *trace;
static int trace_fd = -1;

/* The last error that was not corrected, and when we heard of it. */
static struct aer_traced last;
static uint64_t last_ms;

void aer_source_traced(const struct aer_traced *traced)
{
    if (traced->severity == AER_SEVERITY_CORRECTED) {
        recovery_corrected(traced->sbdf, traced->text);
        return;
    }
    last = *traced;
    last_ms = loop_now_ms();
}

static void on_traced(void *arg UNUSED, const struct aer_traced *traced)
{
    aer_source_traced(traced);
}

static void on_trace(void *arg UNUSED)
{
    aer_trace_read(trace_fd, on_traced, NULL);
}

/*
 * Recovery concerns every device below the port that reported, so the one that
 * the trace names may be another. What is not known to be harmless is fatal:
 * then nobody touches the device before it has been set up anew.
 */
static void begin(struct sbdf sbdf)
{
    bool fresh = last_ms != 0 && loop_now_ms() - last_ms < SAME_MS;
    bool same = fresh && sbdf_equal(last.sbdf, sbdf);
    const char *text = same ? last.text : fresh ? "at its port" : "";

    recovery_begin(sbdf,
                   fresh && last.severity == AER_SEVERITY_NONFATAL
                       ? AER_CHANNEL_NORMAL
                       : AER_CHANNEL_FROZEN,
                   text);
}

/* Linux, pci_uevent_ers(). */
void aer_source_uevent(const char *name, const char *event)
{
    struct sbdf sbdf;

    if (!sbdf_parse(name, &sbdf))
        return;
    if (strcmp(event, "BEGIN_RECOVERY") == 0)
        begin(sbdf);
    else if (strcmp(event, "SUCCESSFUL_RECOVERY") == 0)
        recovery_host_done(sbdf, true);
    else if (strcmp(event, "FAILED_RECOVERY") == 0)
        recovery_host_done(sbdf, false);
}

static void on_uevent(void *arg UNUSED)
{
    struct udev_device *dev = udev_monitor_receive_device(monitor);

    /* What explains it was written before it. */
    if (trace_fd >= 0)
        on_trace(NULL);
    while (dev) {
        const char *event = udev_device_get_property_value(dev, "ERROR_EVENT");

        if (event)
            aer_source_uevent(udev_device_get_sysname(dev), event);
        (void)udev_device_unref(dev);
        dev = udev_monitor_receive_device(monitor);
    }
}

static int listen_uevents(void)
{
    udev = udev_new();
    monitor = udev ? udev_monitor_new_from_netlink(udev, "kernel") : NULL;
    if (!monitor)
        return -ENOMEM;
    if (udev_monitor_filter_add_match_subsystem_devtype(monitor, "pci", NULL) <
            0 ||
        udev_monitor_enable_receiving(monitor) < 0)
        return -EIO;
    uevents = loop_on_read(udev_monitor_get_fd(monitor), on_uevent, NULL);
    return 0;
}

void aer_source_open(void)
{
    int ret = listen_uevents();

    if (ret < 0) {
        log_warnx("no uevents of PCI devices: %s; guests will not be told of "
                  "their devices' errors",
                  strerror(-ret));
        return;
    }
    trace_fd = aer_trace_open();
    if (trace_fd >= 0)
        trace = loop_on_read(trace_fd, on_trace, NULL);
    else
        log_warnx("the kernel's trace event ras:aer_event cannot be read (%s "
                  "below %s); every error of a device counts as fatal, and "
                  "corrected ones are not seen",
                  strerror(-trace_fd), aer_trace_root);
}

void aer_source_close(void)
{
    loop_cancel(trace);
    loop_cancel(uevents);
    trace = uevents = NULL;
    aer_trace_close(trace_fd);
    trace_fd = -1;
    last_ms = 0;
    (void)udev_monitor_unref(monitor);
    monitor = NULL;
    (void)udev_unref(udev);
    udev = NULL;
}
