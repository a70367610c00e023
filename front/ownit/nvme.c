/* SPDX-License-Identifier: MIT */
/* The controller's life (NVMe 1.4 3.1, 7.6). */
#include "nvme.h"

#include <stddef.h>

#include "clock.h"
#include "event.h"
#include "mm.h"
#include "mmio.h"

#define REG_CAP  0x00u
#define REG_CC   0x14u
#define REG_CSTS 0x1cu
#define REG_AQA  0x24u
#define REG_ASQ  0x28u
#define REG_ACQ  0x30u

#define CC_ENABLE   (1u << 0)
#define CC_SHUTDOWN (1u << 14)
#define CC_ENTRIES  (6u << 16 | 4u << 20) /* 64-byte and 16-byte entries */
#define CSTS_READY  (1u << 0)
#define CSTS_FATAL  (1u << 1)
#define CSTS_DOWN   (2u << 2)
#define CSTS_SHST   (3u << 2)

/* Registers and the doorbells of two pairs; the MSI-X table is elsewhere. */
#define REGS_BYTES 0x2000u
#define DOORBELLS  0x1000u
#define STRIDE_MAX ((REGS_BYTES - DOORBELLS) / 4)

static bool wait_status(struct nvme *nvme, uint32_t mask, uint32_t value)
{
    uint64_t deadline = clock_now() + nvme->patience_ns;

    for (;;) {
        uint32_t status = mmio_read32(nvme->regs, REG_CSTS);

        if ((status & mask) == value)
            return true;
        if ((status & CSTS_FATAL) != 0 || clock_now() >= deadline)
            return false;
        event_wait(NULL, 0, clock_now() + CLOCK_MS);
    }
}

static const char *map(struct nvme *nvme)
{
    uint64_t cap;
    int err = pcifront_bars(nvme->pf, nvme->addr, nvme->bars);

    if (err == 0)
        err = pcifront_command(nvme->pf, nvme->addr, PCIFRONT_MEMORY, 0);
    if (err == 0)
        err = pcifront_bar_map(nvme->pf, &nvme->bars[0], 0, REGS_BYTES,
                               PCIFRONT_UNCACHED, &nvme->regs);
    if (err != 0)
        return pcifront_strerror(err);
    cap = mmio_read64(nvme->regs, REG_CAP);
    nvme->stride = 4u << (cap >> 32 & 0xf);
    nvme->patience_ns = ((cap >> 24 & 0xff) + 1) * 500 * CLOCK_MS;
    if (nvme->stride > STRIDE_MAX)
        return "its doorbells are too far apart";
    return NULL;
}

/* One vector for each queue pair, or one for both. */
static const char *vectors(struct nvme *nvme)
{
    uint32_t pirqs[NVME_VECTORS];
    int count = pcifront_msix_enable(nvme->pf, nvme->addr, NULL, 1,
                                     NVME_VECTORS, pirqs);

    if (count < 0)
        return pcifront_strerror(count);
    for (; nvme->vectors < (unsigned int)count; nvme->vectors++) {
        int err = irq_bind(&nvme->irqs[nvme->vectors], nvme->pf,
                           pirqs[nvme->vectors]);

        if (err != 0)
            return pcifront_strerror(err);
    }
    return NULL;
}

static const char *memory(struct nvme *nvme)
{
    bool good = nvme_queue_init(&nvme->admin, nvme->regs, 0, nvme->stride,
                                &nvme->irqs[0]);

    good &= nvme_queue_init(&nvme->io, nvme->regs, 1, nvme->stride,
                            &nvme->irqs[nvme->vectors - 1]);
    nvme->data = mm_page_new();
    return good && nvme->data != NULL ? NULL : "no memory";
}

static const char *enable(struct nvme *nvme)
{
    int err;

    mmio_write32(nvme->regs, REG_CC, 0);
    if (!wait_status(nvme, CSTS_READY, 0))
        return "it cannot be disabled";
    mmio_write32(nvme->regs, REG_AQA,
                 (NVME_ENTRIES - 1) << 16 | (NVME_ENTRIES - 1));
    mmio_write64(nvme->regs, REG_ASQ, mm_machine(nvme->admin.commands));
    mmio_write64(nvme->regs, REG_ACQ, mm_machine(nvme->admin.completions));
    err = pcifront_command(nvme->pf, nvme->addr, PCIFRONT_MASTER, 0);
    if (err != 0)
        return pcifront_strerror(err);
    mmio_write32(nvme->regs, REG_CC, CC_ENTRIES | CC_ENABLE);
    return wait_status(nvme, CSTS_READY, CSTS_READY) ? NULL
                                                     : "it does not get ready";
}

const char *nvme_open(struct nvme *nvme)
{
    const char *wrong = map(nvme);

    if (wrong == NULL)
        wrong = vectors(nvme);
    if (wrong == NULL)
        wrong = memory(nvme);
    return wrong == NULL ? enable(nvme) : wrong;
}

void nvme_close(struct nvme *nvme)
{
    if (nvme->regs != NULL) {
        mmio_write32(nvme->regs, REG_CC, CC_ENTRIES | CC_ENABLE | CC_SHUTDOWN);
        (void)wait_status(nvme, CSTS_SHST, CSTS_DOWN);
        mmio_write32(nvme->regs, REG_CC, 0);
        (void)wait_status(nvme, CSTS_READY, 0);
    }
    /* No DMA before memory goes back. */
    (void)pcifront_command(nvme->pf, nvme->addr, 0, PCIFRONT_MASTER);
    for (unsigned int i = 0; i < NVME_VECTORS; i++)
        irq_unbind(&nvme->irqs[i], nvme->pf);
    (void)pcifront_irq_disable(nvme->pf, nvme->addr);
    if (nvme->regs != NULL)
        pcifront_bar_unmap(nvme->pf, &nvme->bars[0], 0, REGS_BYTES, nvme->regs);
    nvme_queue_fini(&nvme->admin);
    nvme_queue_fini(&nvme->io);
    mm_page_free(nvme->data);
}
