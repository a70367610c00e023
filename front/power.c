/* SPDX-License-Identifier: MIT */
/* Device power states, through the PM capability (PM 1.2 3.2.4). */
#include "pciregs.h"
#include "private.h"

/* PM 1.2 5.6.1: into and out of D3hot 10 ms, of D2 200 us. */
#define D3_MS 10u
#define D2_MS 1u

static int find(struct pcifront *pf, struct pcifront_addr addr, uint32_t *at,
                uint32_t *control)
{
    uint16_t cap;
    int err = front_cap(pf, addr, PCI_CAP_ID_PM, &cap);

    if (err < 0)
        return err;
    *at = (uint32_t)cap + PCI_PM_CTRL;
    return front_read(pf, addr, *at, 2, control);
}

static enum pcifront_power state_of(uint32_t control)
{
    return (enum pcifront_power)(control & PCI_PM_CTRL_STATE);
}

static uint32_t delay_ms(enum pcifront_power from, enum pcifront_power to)
{
    if (from == PCIFRONT_D3HOT || to == PCIFRONT_D3HOT)
        return D3_MS;
    return from == PCIFRONT_D2 || to == PCIFRONT_D2 ? D2_MS : 0;
}

static int set(struct pcifront *pf, struct pcifront_addr addr,
               enum pcifront_power state)
{
    enum pcifront_power from;
    uint32_t at, control, wanted;
    int err = find(pf, addr, &at, &control);

    if (err < 0)
        return err;
    from = state_of(control);
    if (from == state)
        return 0;
    /* The status bit beside it is cleared by writing one: write zero. */
    wanted = control & ~(PCI_PM_CTRL_STATE | PCI_PM_CTRL_PME_STATUS);
    err = front_write(pf, addr, at, 2, wanted | (uint32_t)state);
    if (err == PCIFRONT_ERR_DENIED)
        return PCIFRONT_ERR_FAILED;
    if (err == 0)
        err = front_delay(pf, delay_ms(from, state));
    if (err == 0)
        err = front_read(pf, addr, at, 2, &control);
    if (err < 0)
        return err;
    return state_of(control) == state ? 0 : PCIFRONT_ERR_FAILED;
}

int pcifront_power_set(struct pcifront *pf, struct pcifront_addr addr,
                       enum pcifront_power state)
{
    int err;

    if ((unsigned int)state > PCIFRONT_D3HOT)
        return PCIFRONT_ERR_INVALID;
    front_lock(pf);
    err = set(pf, addr, state);
    front_unlock(pf);
    return err;
}

int pcifront_power_get(struct pcifront *pf, struct pcifront_addr addr,
                       enum pcifront_power *state)
{
    uint32_t at, control;
    int err;

    front_lock(pf);
    err = find(pf, addr, &at, &control);
    front_unlock(pf);
    if (err < 0)
        return err;
    *state = state_of(control);
    return 0;
}
