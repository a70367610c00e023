/* SPDX-License-Identifier: MIT */
/*
 * PCI error recovery: the requests that the backend starts. Each gets an answer,
 * whatever it is, for the backend's host waits for it.
 */
#include "private.h"

/* In one step; a backend that goes on is served in the next. */
#define REQUESTS_MAX 8u

static bool step_of(uint32_t cmd, enum pcifront_aer_step *step)
{
    switch (cmd) {
    case PCI_OP_AER_DETECTED:
        *step = PCIFRONT_AER_DETECTED;
        return true;
    case PCI_OP_AER_MMIO:
        *step = PCIFRONT_AER_MMIO_ENABLED;
        return true;
    case PCI_OP_AER_SLOTRESET:
        *step = PCIFRONT_AER_SLOT_RESET;
        return true;
    case PCI_OP_AER_RESUME:
        *step = PCIFRONT_AER_RESUME;
        return true;
    default:
        return false;
    }
}

static struct front_device *device_of(struct pcifront *pf,
                                      const struct pci_aer_op *aer)
{
    struct front_device *d;

    if (aer->domain > UINT16_MAX || aer->bus > UINT8_MAX ||
        aer->devfn > UINT8_MAX)
        return NULL;
    d = front_device_find(pf, (struct pcifront_addr){
                                  .segment = (uint16_t)aer->domain,
                                  .bus = (uint8_t)aer->bus,
                                  .devfn = (uint8_t)aer->devfn,
                              });
    return d != NULL && d->told ? d : NULL;
}

/* What is no channel state is taken for the one in which nothing is touched. */
static enum pcifront_aer_channel channel_of(int32_t err)
{
    return err >= (int32_t)PCIFRONT_CHANNEL_NORMAL &&
                   err <= (int32_t)PCIFRONT_CHANNEL_LOST
               ? (enum pcifront_aer_channel)err
               : PCIFRONT_CHANNEL_FROZEN;
}

static int32_t result_of(enum pcifront_aer_result result)
{
    return result >= PCIFRONT_AER_NONE && result <= PCIFRONT_AER_NO_DRIVER
               ? (int32_t)result
               : (int32_t)PCIFRONT_AER_NONE;
}

static int32_t handle(struct pcifront *pf, const struct pci_aer_op *aer)
{
    struct front_device *d = device_of(pf, aer);
    enum pcifront_aer_result result;
    enum pcifront_aer_step step;

    if (!step_of(aer->cmd, &step)) {
        front_warn(pf, "an unknown step of error recovery");
        return PCIFRONT_AER_NONE;
    }
    if (d == NULL || pf->client == NULL || pf->client->error == NULL)
        return PCIFRONT_AER_NO_DRIVER;
    front_unlock(pf);
    result =
        pf->client->error(pf->arg, pf, &d->info, step, channel_of(aer->err));
    front_lock(pf);
    return result_of(result);
}

void front_aer(struct pcifront *pf)
{
    struct pci_aer_op aer;

    for (unsigned int i = 0; i < REQUESTS_MAX; i++) {
        if (!pf->online || !ring_aer_take(pf->page, &aer))
            return;
        aer.err = handle(pf, &aer);
        ring_aer_reply(pf->page, &aer);
        pf->os->notify(pf->ctx, pf->port);
    }
    pf->restless = true;
}
