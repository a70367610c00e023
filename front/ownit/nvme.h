/* SPDX-License-Identifier: MIT */
/* An NVMe controller with an admin queue pair and one for I/O. */
#ifndef OWNIT_NVME_H
#define OWNIT_NVME_H

#include "irq.h"
#include "nvme-queue.h"
#include "pcifront.h"

#define NVME_VECTORS 2u

struct nvme {
    struct pcifront *pf;
    struct pcifront_addr addr;
    struct pcifront_bar bars[PCIFRONT_BARS];
    void *regs;
    uint32_t stride; /* between doorbells */
    uint64_t patience_ns;
    struct irq irqs[NVME_VECTORS];
    unsigned int vectors;
    struct nvme_queue admin;
    struct nvme_queue io;
    uint8_t *data; /* one page */
};

/*
 * BAR, vectors, admin queue, controller enabled. NULL, or what went wrong; then
 * as after success, nvme_close().
 */
const char *nvme_open(struct nvme *nvme);

/* Shut the controller down, give everything back. */
void nvme_close(struct nvme *nvme);

#endif
