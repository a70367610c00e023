/* SPDX-License-Identifier: MIT */
/*
 * The list of devices. It changes only in pcifront_step() and its like, of which
 * one runs at a time: while the client is told of a device and the lock is not
 * held, others may look at the list but nobody changes it.
 */
#include "pciregs.h"
#include "private.h"

static uint32_t addr_key(struct pcifront_addr addr)
{
    return (uint32_t)addr.segment << 16 | (uint32_t)addr.bus << 8 | addr.devfn;
}

struct front_device *front_device_find(struct pcifront *pf,
                                       struct pcifront_addr addr)
{
    struct front_device *d = pf->devices;

    while (d != NULL && addr_key(d->info.addr) != addr_key(addr))
        d = d->next;
    return d;
}

static void say(struct pcifront *pf, const struct pcifront_device *device,
                const char *words)
{
    struct front_text t;

    front_text_begin(&t, "");
    front_text_addr(&t, device->addr);
    front_text_add(&t, " ");
    front_text_hex(&t, device->vendor, 4);
    front_text_add(&t, ":");
    front_text_hex(&t, device->device, 4);
    front_text_add(&t, words);
    front_log(pf, PCIFRONT_LOG_INFO, &t);
}

/* Behind others at the same address, which are about to go. */
static void insert(struct pcifront *pf, struct front_device *d)
{
    struct front_device **at = &pf->devices;

    while (*at != NULL && addr_key((*at)->info.addr) <= addr_key(d->info.addr))
        at = &(*at)->next;
    d->next = *at;
    *at = d;
    pf->ndevices++;
}

static void release(struct pcifront *pf, struct front_device *d)
{
    struct front_device **at = &pf->devices;

    while (*at != NULL && *at != d)
        at = &(*at)->next;
    if (*at == NULL)
        return;
    *at = d->next;
    pf->ndevices--;
    pf->os->free(pf->ctx, d, sizeof(*d));
}

static int add(struct pcifront *pf, const struct pcifront_device *info)
{
    struct front_device *d;

    if (pf->ndevices >= PCIFRONT_DEVICES_MAX) {
        front_warn(pf, "too many devices; one is left alone");
        return 0;
    }
    d = pf->os->alloc(pf->ctx, sizeof(*d));
    if (d == NULL)
        return PCIFRONT_ERR_NOMEM;
    *d = (struct front_device){ .info = *info, .seen = true };
    insert(pf, d);
    return 0;
}

/* Reads of four bytes: all that some backends know. */
static int identify(struct pcifront *pf, struct pcifront_device *info,
                    uint32_t ids)
{
    uint32_t value;
    int err = front_read(pf, info->addr, PCI_REVISION_ID, 4, &value);

    if (err < 0)
        return err;
    info->vendor = (uint16_t)ids;
    info->device = (uint16_t)(ids >> 16);
    info->revision = (uint8_t)value;
    info->class_code = value >> 8;
    err = front_read(pf, info->addr, PCI_CACHE_LINE_SIZE, 4, &value);
    if (err < 0)
        return err;
    info->header_type = (uint8_t)(value >> 16 & PCI_HEADER_TYPE_MASK);
    err = front_read(pf, info->addr, PCI_INTERRUPT_LINE, 4, &value);
    if (err < 0)
        return err;
    info->pin = (uint8_t)(value >> 8);
    if (info->pin > 4)
        info->pin = 0;
    return 0;
}

/* Errors that end a scan; others are those of one function. */
static bool is_fatal(int err)
{
    return err != PCIFRONT_ERR_NODEV && err != PCIFRONT_ERR_OFFSET &&
           err != PCIFRONT_ERR_DENIED && err != PCIFRONT_ERR_UNSUPPORTED &&
           err != PCIFRONT_ERR_FAILED;
}

static int look_closer(struct pcifront *pf, struct pcifront_addr addr,
                       uint32_t ids)
{
    struct pcifront_device info = { .addr = addr };
    struct front_text t;
    int err = identify(pf, &info, ids);

    if (err < 0)
        return err;
    if (info.header_type == PCI_HEADER_TYPE_NORMAL)
        return add(pf, &info);
    /* This bus is virtual: nothing is behind a bridge that is shown on it. */
    front_text_begin(&t, "");
    front_text_addr(&t, addr);
    front_text_add(&t, " is a bridge, or worse; left alone");
    front_log(pf, PCIFRONT_LOG_WARN, &t);
    return 0;
}

static int scan_function(struct pcifront *pf, struct pcifront_addr addr)
{
    struct front_device *d = front_device_find(pf, addr);
    uint32_t ids;
    int err = front_read(pf, addr, PCI_VENDOR_ID, 4, &ids);

    /* What is only refused is not gone. */
    if (d != NULL && err < 0 && err != PCIFRONT_ERR_NODEV && !pf->unanswered)
        d->seen = true;
    if (err < 0)
        return err;
    /* PCI 3.0 6.2.1: nobody is there; some hardware says so with zeros. */
    if ((ids & 0xffff) == 0xffff || (ids & 0xffff) == 0)
        return 0;
    if (d != NULL && d->info.vendor == (ids & 0xffff) &&
        d->info.device == ids >> 16) {
        d->seen = true;
        return 0;
    }
    return look_closer(pf, addr, ids);
}

/* Answers to the reads of a scan. */
struct tally {
    unsigned int given;
    unsigned int refused;
    unsigned int missing;
};

/* An error that ends the scan, or 0. */
static int count(struct pcifront *pf, int err, struct tally *tally)
{
    if (err == PCIFRONT_ERR_PROTOCOL && pf->unanswered) {
        tally->missing++;
        return 0;
    }
    tally->given++;
    if (err == 0 || err == PCIFRONT_ERR_NODEV)
        return 0;
    tally->refused++;
    return is_fatal(err) ? err : 0;
}

static int scan_root(struct pcifront *pf, struct front_root root,
                     struct tally *tally)
{
    for (unsigned int i = 0; i < FRONT_DEVFNS; i++) {
        const struct pcifront_addr addr = {
            .segment = root.segment,
            .bus = root.bus,
            .devfn = (uint8_t)i,
        };
        int err = count(pf, scan_function(pf, addr), tally);

        if (err < 0)
            return err;
    }
    return 0;
}

/*
 * Every function of every root, function 0 or not: a virtual slot may hold any
 * functions of a device. NetBSD's backend does not answer for what is not there;
 * one that answers nothing at all is no backend.
 */
int front_scan(struct pcifront *pf)
{
    struct front_root roots[PCIFRONT_ROOTS_MAX];
    struct tally tally = { 0 };
    int n = front_roots(pf, roots);
    int err = n < 0 ? n : 0;

    for (struct front_device *d = pf->devices; d != NULL; d = d->next)
        d->seen = false;
    for (int i = 0; i < n && err == 0; i++)
        err = scan_root(pf, roots[i], &tally);
    if (err == 0 && tally.missing > 0 && tally.given == 0)
        err = PCIFRONT_ERR_PROTOCOL;
    if (tally.refused > 0)
        front_warn(pf, "the backend refuses to say what some devices are");
    return err;
}

void front_devices_announce(struct pcifront *pf)
{
    for (struct front_device *d = pf->devices; d != NULL; d = d->next) {
        if (d->told)
            continue;
        d->told = true;
        say(pf, &d->info, " is there");
        if (pf->client == NULL || pf->client->added == NULL)
            continue;
        front_unlock(pf);
        pf->client->added(pf->arg, pf, &d->info);
        front_lock(pf);
    }
}

void front_device_drop(struct pcifront *pf, struct front_device *d,
                       enum pcifront_removal how)
{
    if (d->told) {
        say(pf, &d->info, how == PCIFRONT_UNPLUG ? " goes" : " is gone");
        if (pf->client != NULL && pf->client->removed != NULL) {
            front_unlock(pf);
            pf->client->removed(pf->arg, pf, &d->info, how);
            front_lock(pf);
        }
    }
    if (how == PCIFRONT_UNPLUG && d->irq != FRONT_IRQ_NONE &&
        front_irq_off(pf, d) < 0)
        front_warn(pf, "vectors of a device that goes could not be freed");
    release(pf, d);
}

void front_devices_drop_unseen(struct pcifront *pf)
{
    struct front_device *d, *next;

    for (d = pf->devices; d != NULL; d = next) {
        next = d->next;
        if (!d->seen)
            front_device_drop(pf, d, PCIFRONT_GONE);
    }
}

void front_devices_drop_all(struct pcifront *pf, enum pcifront_removal how)
{
    while (pf->devices != NULL)
        front_device_drop(pf, pf->devices, how);
}

size_t pcifront_devices(struct pcifront *pf, struct pcifront_device *list,
                        size_t max)
{
    size_t n = 0;

    front_lock(pf);
    for (struct front_device *d = pf->devices; d != NULL; d = d->next) {
        if (n < max)
            list[n] = d->info;
        n++;
    }
    front_unlock(pf);
    return n;
}
