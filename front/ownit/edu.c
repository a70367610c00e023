/* SPDX-License-Identifier: MIT */
/*
 * QEMU's teaching device (its docs/specs/edu.txt): registers, an interrupt on
 * demand, and DMA to and from a buffer of its own.
 */
#include <stddef.h>

#include "clock.h"
#include "cruntime.h"
#include "driver.h"
#include "event.h"
#include "irq.h"
#include "mm.h"
#include "mmio.h"
#include "print.h"

#define VENDOR 0x1234u
#define DEVICE 0x11e8u

#define REG_ID        0x00u
#define REG_LIVE      0x04u
#define REG_FACTORIAL 0x08u
#define REG_STATUS    0x20u
#define REG_CAUSE     0x24u
#define REG_RAISE     0x60u
#define REG_ACK       0x64u
#define REG_DMA_FROM  0x80u
#define REG_DMA_TO    0x88u
#define REG_DMA_BYTES 0x90u
#define REG_DMA_GO    0x98u

#define ID_MASK   0xffu
#define ID_EDU    0xedu
#define BUSY      0x01u
#define GO_START  0x01u
#define GO_READ   0x02u /* from the device into memory */
#define GO_IRQ    0x04u
#define CAUSE_DMA 0x100u

#define BUFFER       0x40000u
#define BUFFER_SKIP  64u
#define BYTES        3999u /* odd on purpose, and inside its 4096 */
#define ROUNDS       5u
#define IRQ_MS       10000u
#define FACTORIAL_MS 5000u

struct edu {
    struct pcifront *pf;
    struct pcifront_addr addr;
    struct pcifront_bar bars[PCIFRONT_BARS];
    void *regs;
    struct irq irq;
    uint8_t *out;
    uint8_t *in;
};

static bool fail(const char *what, const char *reason)
{
    return driver_fail(&driver_edu, what, reason);
}

static bool matches(const struct pcifront_device *device)
{
    return device->vendor == VENDOR && device->device == DEVICE;
}

static bool registers(struct edu *edu)
{
    const uint32_t word = 0x5a5a1234;
    uint64_t deadline = clock_now() + FACTORIAL_MS * CLOCK_MS;

    if ((mmio_read32(edu->regs, REG_ID) & ID_MASK) != ID_EDU)
        return fail("registers", "not an edu's identification");
    mmio_write32(edu->regs, REG_LIVE, word);
    if (mmio_read32(edu->regs, REG_LIVE) != ~word)
        return fail("registers", "the liveness check does not invert");
    mmio_write32(edu->regs, REG_FACTORIAL, 10);
    while ((mmio_read32(edu->regs, REG_STATUS) & BUSY) != 0) {
        if (clock_now() >= deadline)
            return fail("registers", "the factorial takes too long");
        event_wait(NULL, 0, clock_now() + CLOCK_MS);
    }
    if (mmio_read32(edu->regs, REG_FACTORIAL) != 3628800)
        return fail("registers", "10! is wrong");
    return true;
}

/* Wait for the interrupt with that cause and acknowledge it. */
static bool interrupt(struct edu *edu, uint32_t cause)
{
    uint32_t seen;

    if (!irq_wait(&edu->irq, IRQ_MS))
        return fail("interrupt", "none came");
    seen = mmio_read32(edu->regs, REG_CAUSE);
    mmio_write32(edu->regs, REG_ACK, seen);
    irq_done(&edu->irq);
    return seen == cause || fail("interrupt", "it has another cause");
}

static bool interrupts(struct edu *edu)
{
    for (uint32_t i = 1; i <= ROUNDS; i++) {
        mmio_write32(edu->regs, REG_RAISE, i);
        if (!interrupt(edu, i))
            return false;
    }
    return true;
}

static bool transfer(struct edu *edu, uint64_t from, uint64_t to, uint32_t go)
{
    mmio_write64(edu->regs, REG_DMA_FROM, from);
    mmio_write64(edu->regs, REG_DMA_TO, to);
    mmio_write64(edu->regs, REG_DMA_BYTES, BYTES);
    mmio_write64(edu->regs, REG_DMA_GO, go | GO_START | GO_IRQ);
    return interrupt(edu, CAUSE_DMA);
}

/* Memory to device to other memory. Both buffers are one page each. */
static bool dma(struct edu *edu)
{
    edu->out = mm_page_new();
    edu->in = mm_page_new();
    if (edu->out == NULL || edu->in == NULL)
        return fail("dma", "no memory");
    for (uint32_t i = 0; i < BYTES; i++)
        edu->out[i] = (uint8_t)(i * 7 + (i >> 8));
    if (!transfer(edu, mm_machine(edu->out), BUFFER + BUFFER_SKIP, 0) ||
        !transfer(edu, BUFFER + BUFFER_SKIP, mm_machine(edu->in), GO_READ))
        return false;
    if (memcmp(edu->out, edu->in, BYTES) != 0)
        return fail("dma", "the bytes came back different");
    for (uint32_t i = BYTES; i < PAGE_SIZE; i++) {
        if (edu->in[i] != 0)
            return fail("dma", "it wrote too much");
    }
    return true;
}

static bool begin(struct edu *edu)
{
    uint32_t pirq;
    int err = pcifront_bars(edu->pf, edu->addr, edu->bars);

    if (err == 0)
        err = pcifront_command(edu->pf, edu->addr, PCIFRONT_MEMORY, 0);
    if (err == 0)
        err = pcifront_bar_map(edu->pf, &edu->bars[0], 0, PAGE_SIZE,
                               PCIFRONT_UNCACHED, &edu->regs);
    if (err != 0)
        return fail("BAR 0", pcifront_strerror(err));
    err = pcifront_msi_enable(edu->pf, edu->addr, 1, 1, &pirq);
    if (err == 1)
        err = irq_bind(&edu->irq, edu->pf, pirq);
    if (err != 0)
        return fail("MSI", pcifront_strerror(err));
    err = pcifront_command(edu->pf, edu->addr, PCIFRONT_MASTER, 0);
    return err == 0 || fail("bus master", pcifront_strerror(err));
}

/* Whatever begin() got to. No DMA before memory goes back. */
static void end(struct edu *edu)
{
    (void)pcifront_command(edu->pf, edu->addr, 0, PCIFRONT_MASTER);
    irq_unbind(&edu->irq, edu->pf);
    (void)pcifront_irq_disable(edu->pf, edu->addr);
    if (edu->regs != NULL)
        pcifront_bar_unmap(edu->pf, &edu->bars[0], 0, PAGE_SIZE, edu->regs);
    mm_page_free(edu->out);
    mm_page_free(edu->in);
}

static bool run(struct pcifront *pf, const struct pcifront_device *device)
{
    struct edu edu = { .pf = pf, .addr = device->addr };
    bool good = begin(&edu) && registers(&edu) && interrupts(&edu) && dma(&edu);

    if (good)
        print("ownit: edu ok: registers, %u interrupts by MSI, %u bytes by DMA "
              "there and back\n",
              edu.irq.count, BYTES);
    end(&edu);
    return good;
}

const struct driver driver_edu = { "edu", matches, run };
