/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The one place for what must outlive the broker and cannot be asked of Xen,
 * the store or the device: which device is whose, what it was granted, its
 * pirqs, its configuration as it was found. One JSON file a device, replaced
 * whole, beside the file that holds its guest-visible shadow registers; and one a
 * worker process.
 */
#ifndef BACK_STATE_H
#define BACK_STATE_H

#include <stdint.h>
#include <sys/types.h>

#include "aer.h"
#include "cfgspace.h"
#include "compiler.h"
#include "grants.h"
#include "irq.h"
#include "sbdf.h"
#include "sysfs.h"

/* Readers take this version; a newer file is left alone, in words. */
#define STATE_VERSION 1

struct state_record {
    struct sbdf sbdf;
    struct sbdf virt;
    uint16_t domid;
    struct cfg_params params;
    struct sysfs_resource res[SYSFS_RESOURCES];
    struct grants grants;
    struct irq irq;
    enum aer_channel aer; /* an error that is being recovered from */
    uint8_t snapshot[CFG_SIZE_MAX];
};

/* Use run_dir (it exists). The text is kept, not copied. */
void state_open(const char *run_dir);
const char *state_dir(void);

/* Replace the device's record. 0 or a negative errno: the old one stays. */
MUST_USE int state_save(const struct state_record *record);

/* Forget the device: record and shadow file. */
void state_drop(struct sbdf sbdf);

/*
 * -ENOENT: none. -EPROTO: the file is damaged. -ENOTSUP: a newer version wrote
 * it. Nothing is half-filled on failure.
 */
MUST_USE int state_load(struct sbdf sbdf, struct state_record *record);

/* Whose the device is, by a record of any version. 0, or -EPROTO. */
MUST_USE int state_owner(struct sbdf sbdf, uint16_t *domid);

/* Addresses of all records, in malloc'd memory. 0 or a negative errno. */
MUST_USE int state_list(struct sbdf **list, unsigned int *count);

/* Instead of a guest's id: the worker that has none yet. */
#define WORKER_SPARE 0u

/*
 * A guest's worker: which process it is. Its socket is beside it. A record of any
 * version says this much, and nobody else's process is meant by it.
 */
struct state_worker {
    uint16_t domid; /* or WORKER_SPARE */
    pid_t pid;
    uint64_t start;   /* field 22 of /proc/PID/stat */
    char program[32]; /* its version; empty: nobody wrote it down */
};

/* As for devices; the list is of domain ids. Dropping removes the socket too. */
MUST_USE int state_worker_save(const struct state_worker *record);
MUST_USE int state_worker_load(uint16_t domid, struct state_worker *record);
MUST_USE int state_worker_list(uint16_t **list, unsigned int *count);
void state_worker_drop(uint16_t domid);
/* The spare worker is this guest's from now on. */
MUST_USE int state_worker_give(uint16_t domid);

/* The shadow file, made and zeroed if absent. A descriptor or -errno. */
MUST_USE int state_shadow(struct sbdf sbdf);

#endif
