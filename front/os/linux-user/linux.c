/* SPDX-License-Identifier: MIT */
/*
 * A context, from the device nodes it needs to the table of hooks. The nodes
 * are looked at before the libraries open them: those only say "failed".
 */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <xenevtchn.h>
#include <xengnttab.h>
#include <xenstore.h>

#include "linux-private.h"

#define LINE_MAX_BYTES 512

static void *block_alloc(void *ctx, size_t size)
{
    (void)ctx;
    return malloc(size);
}

static void block_free(void *ctx, void *block, size_t size)
{
    (void)ctx;
    (void)size;
    free(block);
}

static void mutex_lock(void *ctx)
{
    struct pcifront_linux *glue = ctx;

    (void)pthread_mutex_lock(&glue->mutex);
}

static void mutex_unlock(void *ctx)
{
    struct pcifront_linux *glue = ctx;

    (void)pthread_mutex_unlock(&glue->mutex);
}

void glue_log(void *ctx, enum pcifront_level level, const char *message)
{
    const struct pcifront_linux *glue = ctx;
    char line[LINE_MAX_BYTES];

    if (level < glue->level)
        return;
    (void)snprintf(line, sizeof(line), "%s: %s", glue->name, message);
    /* Parts of it may have come from the backend. */
    for (char *at = line; *at != '\0'; at++) {
        if ((unsigned char)*at < 0x20 || *at == 0x7f)
            *at = '?';
    }
    (void)fprintf(stderr, "%s\n", line);
}

static const struct pcifront_os hooks = {
    .abi = PCIFRONT_OS_ABI,
    .size = sizeof(struct pcifront_os),
    .alloc = block_alloc,
    .free = block_free,
    .share_page = glue_share_page,
    .unshare_page = glue_unshare_page,
    .open_port = glue_open_port,
    .close_port = glue_close_port,
    .notify = glue_notify,
    .wait = glue_wait,
    .now_ns = glue_now_ns,
    .xs_read = glue_xs_read,
    .xs_write = glue_xs_write,
    .xs_watch = glue_xs_watch,
    .xs_unwatch = glue_xs_unwatch,
    .log = glue_log,
    .lock = mutex_lock,
    .unlock = mutex_unlock,
    .map_mmio = glue_map_mmio,
    .unmap_mmio = glue_unmap_mmio,
    /* bind_pirq: see pcifront-linux.h */
};

const struct pcifront_os *pcifront_linux_os(void)
{
    return &hooks;
}

static int missing(char why[PCIFRONT_LINUX_WHY], const char *what,
                   const char *module)
{
    int code = errno;

    if (code == EACCES || code == EPERM) {
        (void)snprintf(why, PCIFRONT_LINUX_WHY,
                       "%s may not be opened: %s; this takes root", what,
                       strerror(code));
        return PCIFRONT_ERR_DENIED;
    }
    if (code == ENOENT || code == ENODEV || code == ENXIO) {
        (void)snprintf(why, PCIFRONT_LINUX_WHY,
                       "%s is not there: this kernel is no Xen guest, or lacks "
                       "%s",
                       what, module);
        return PCIFRONT_ERR_NOENT;
    }
    (void)snprintf(why, PCIFRONT_LINUX_WHY, "%s cannot be opened: %s", what,
                   strerror(code));
    return PCIFRONT_ERR_OS;
}

static int open_channel(struct pcifront_linux *glue,
                        char why[PCIFRONT_LINUX_WHY])
{
    static const char events[] = "/dev/xen/evtchn";
    static const char grants[] = "/dev/xen/gntalloc";

    if (access(events, R_OK | W_OK) != 0)
        return missing(why, events,
                       "the module xen-evtchn (modprobe xen-evtchn)");
    glue->evtchn = xenevtchn_open(NULL, 0);
    if (glue->evtchn == NULL)
        return missing(why, events,
                       "the module xen-evtchn (modprobe xen-evtchn)");
    if (access(grants, R_OK | W_OK) != 0)
        return missing(why, grants,
                       "the module xen-gntalloc (modprobe xen-gntalloc)");
    glue->gntshr = xengntshr_open(NULL, 0);
    if (glue->gntshr == NULL)
        return missing(why, grants,
                       "the module xen-gntalloc (modprobe xen-gntalloc)");
    return PCIFRONT_OK;
}

int pcifront_linux_open(const struct pcifront_linux_options *options,
                        struct pcifront_linux **out,
                        char why[PCIFRONT_LINUX_WHY])
{
    struct pcifront_linux *glue = calloc(1, sizeof(*glue));
    int err = PCIFRONT_OK;

    if (glue == NULL || pthread_mutex_init(&glue->mutex, NULL) != 0) {
        free(glue);
        (void)snprintf(why, PCIFRONT_LINUX_WHY, "out of memory");
        return PCIFRONT_ERR_NOMEM;
    }
    glue->name =
        options != NULL && options->name != NULL ? options->name : "pcifront";
    glue->level = options != NULL ? options->level : PCIFRONT_LOG_WARN;
    glue->store = xs_open(0);
    if (glue->store == NULL)
        err = missing(why, "xenstore (/dev/xen/xenbus)",
                      "its device (mount xenfs on /proc/xen)");
    if (err == PCIFRONT_OK)
        err = open_channel(glue, why);
    if (err != PCIFRONT_OK) {
        pcifront_linux_close(glue);
        return err;
    }
    *out = glue;
    return PCIFRONT_OK;
}

void pcifront_linux_close(struct pcifront_linux *glue)
{
    if (glue == NULL)
        return;
    if (glue->gntshr != NULL)
        (void)xengntshr_close(glue->gntshr);
    if (glue->evtchn != NULL)
        (void)xenevtchn_close(glue->evtchn);
    if (glue->store != NULL)
        xs_close(glue->store);
    (void)pthread_mutex_destroy(&glue->mutex);
    free(glue);
}
